import { endpoints, fieldsOf } from './endpoints'
import { SERVICE_HELP } from './service-options'
import { WAIT_HELP } from './wait-options'

const fieldLine = ([name, allowed]: [string, readonly unknown[]]): string => {
  const flag = `    --${name.replaceAll('_', '-')} <value>`
  return allowed.length === 0 ? flag : `${flag.padEnd(38)} ${allowed.join(', ')}`
}

const endpointHelp = endpoints
  .map((endpoint) => [`  ${endpoint.name}`, ...[...fieldsOf(endpoint)].map(fieldLine)].join('\n'))
  .join('\n')

export const CREATE_HELP = `Usage: runapi-video create <endpoint> [parameters] [options]

Buys a task and prints it as JSON, for wait. The parameters are checked before anything is sent. Flags may be spelt as
the parameter is (--duration_seconds), and cut off between words (--duration); they win over JSON.

${endpointHelp}

  --json <object>        parameters as JSON
  --params <file>        the same from a file; - is stdin, also in place of the option
  --extra-params <json>  fields that are sent unchecked, for parameters newer than this release
  --no-validate          sends the parameters as they are
  --idempotency-key <k>  names this purchase: the same command with the same key buys nothing twice
  --wait                 waits, and prints the end instead; the task is on stderr before
${WAIT_HELP}
${SERVICE_HELP}`
