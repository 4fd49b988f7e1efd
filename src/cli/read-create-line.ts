import type { CreateOptions } from '../contract/options'
import { endpointOf } from './endpoints'
import { parseJson } from './json-argument'
import { paramFlags } from './param-flags'
import { readOptions } from './read-options'
import { asObject, type GivenParams } from './read-params'
import { serviceOptions } from './service-options'
import { UsageError } from './usage-error'
import { readWaitOptions, waitOptions } from './wait-options'

const OPTIONS = {
  ...serviceOptions,
  ...waitOptions,
  json: { type: 'string' },
  params: { type: 'string' },
  'extra-params': { type: 'string' },
  'no-validate': { type: 'boolean' },
  'idempotency-key': { type: 'string' },
  wait: { type: 'boolean' },
} as const

/** What the line of a create says, checked; `undefined` where it asks for help. */
export const readCreateLine = (args: readonly string[]) => {
  const parsed = readOptions({
    args: [...args],
    // Their names are known at run time only, and the flags of this command win.
    options: { ...(paramFlags as Readonly<Record<never, never>>), ...OPTIONS },
    allowPositionals: true,
    tokens: true,
  })
  const { values, positionals } = parsed
  if (values.help) return undefined
  const [name, stdin, ...rest] = positionals
  if (rest.length > 0 || (stdin !== undefined && stdin !== '-'))
    throw new UsageError(`create: takes one endpoint, parameters as flags, and - for parameters on stdin`)
  if (stdin !== undefined && values.params !== undefined)
    throw new UsageError('create: --params and - are two places for the same parameters')
  const flags = parsed.tokens.flatMap((token) =>
    token.kind === 'option' && token.value !== undefined ? [{ name: token.name, value: token.value }] : [],
  )
  const given: GivenParams = { json: values.json, file: stdin ?? values.params, flags }
  return {
    values,
    endpoint: endpointOf(name),
    given,
    options: createOptions(values),
    waiting: waitingOf(values),
  }
}

interface CreateValues {
  'extra-params'?: string | undefined
  'no-validate'?: boolean | undefined
  'idempotency-key'?: string | undefined
}

const createOptions = (values: CreateValues): CreateOptions => {
  const { 'extra-params': extra, 'idempotency-key': idempotencyKey } = values
  return {
    validate: !values['no-validate'],
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(extra !== undefined && {
      extraParams: asObject(parseJson('--extra-params', extra), '--extra-params') as Record<string, unknown>,
    }),
  }
}

/** How to wait; `undefined` where nobody waits. */
const waitingOf = (values: Parameters<typeof readWaitOptions>[0] & { wait?: boolean | undefined }) => {
  const waiting = readWaitOptions(values)
  if (values.wait || waiting.save) return waiting
  for (const name of ['timeout-ms', 'poll-ms'] as const)
    if (values[name] !== undefined) throw new UsageError(`--${name} belongs to --wait`)
  return undefined
}
