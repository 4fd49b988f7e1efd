import type { TaskRef } from '../contract/task-handle'
import type { Command } from './command'
import { finishTask } from './finish-task'
import { interruptible } from './interruption'
import { jsonArgument } from './json-argument'
import { openClient, requireKey } from './open-client'
import { printOnError } from './print-on-error'
import { readOptions } from './read-options'
import { reviveTask } from './revive-task'
import { checkPlace } from './save-videos'
import { SERVICE_HELP, type ServiceValues, serviceOptions } from './service-options'
import { stderrProgress } from './stderr-progress'
import { UsageError } from './usage-error'
import { readWaitOptions, WAIT_HELP, type WaitValues, waitOptions } from './wait-options'

const HELP = `Usage: runapi-video wait <task> [options]
       runapi-video wait <endpoint> <id> [options]

Waits for a task and prints its end as JSON. <task> is what create printed: the JSON itself, a file, or - for stdin.
Ctrl-C prints the task again; the service goes on with it.

${WAIT_HELP}
${SERVICE_HELP}`

const OPTIONS = { ...serviceOptions, ...waitOptions }

export const wait: Command = {
  run: async (args) => {
    const { values, positionals } = readOptions({ args: [...args], options: OPTIONS, allowPositionals: true })
    if (values.help) {
      console.log(HELP)
      return 0
    }
    const [first, id, ...rest] = positionals
    if (first === undefined)
      throw new UsageError('wait: a task is missing: its JSON, a file, - for stdin, or <endpoint> <id>')
    if (rest.length > 0) throw new UsageError('wait: takes <task> or <endpoint> <id>, and nothing after it')

    return interruptible(async (signal) => {
      const given = id === undefined ? await jsonArgument(first, signal) : bareRef(first, id)
      const finish = () => finishGiven(given, values, signal)
      return first === '-' ? printOnError(given, finish) : finish()
    })
  },
}

const bareRef = (endpoint: string, id: string): TaskRef => ({ v: 1, endpoint, id })

const finishGiven = async (
  given: unknown,
  values: ServiceValues & WaitValues,
  signal: AbortSignal,
): Promise<number> => {
  const options = readWaitOptions(values)
  requireKey()
  if (options.save) await checkPlace(options.save)
  const progress = stderrProgress(values)
  const runapi = openClient(values['base-url'], progress)
  try {
    return await finishTask(reviveTask(runapi, given), { ...options, runapi, signal, progress })
  } finally {
    await runapi.close()
  }
}
