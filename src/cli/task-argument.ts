import type { RunApiClient } from '../client'
import type { Task } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
import { RunApiError } from '../errors'
import { nearestName } from '../platform/nearest-name'
import { own } from '../platform/own'
import { UsageError } from './exit-code-of'
import { endpointNames, endpointOf } from './params'
import { fileSize, jsonArgument } from './read-json'
import type { Line } from './read-line'

/** The task that the words of a line name: a handle or another document, and the words after it. */
export interface TaskArgument {
  given: unknown
  rest: readonly string[]
  /** Whether it came on stdin, so that it is passed on if the command fails. */
  isPiped: boolean
}

/** Reads `<task>` or `<endpoint> <id>` and at most one more word if the `command` takes one. */
export const readTaskArgument = async (
  command: 'wait' | 'status' | 'download',
  line: Line,
  signal: AbortSignal,
): Promise<TaskArgument> => {
  const [first, ...rest] = line.positionals
  if (first === undefined)
    throw new UsageError(`${command}: a task is missing: its JSON, a file, - for stdin, or <endpoint> <id>`)
  const isEndpoint = endpointNames.includes(first) || nearestName(first, endpointNames) !== undefined
  if (rest.length > (command === 'download' ? 1 : 0) + (isEndpoint ? 1 : 0)) {
    const forms = command === 'download' ? 'what to download and a path' : '<task> or <endpoint> <id>'
    throw new UsageError(`${command}: takes ${forms}, and nothing after that`)
  }
  const named = line.text('endpoint')
  if (named !== undefined) return { given: bareRef(endpointOf(named).name, first), rest, isPiped: false }
  const isFile = first === '-' || /^\s*[[{]/.test(first) || (await fileSize(first)) !== undefined
  if (isFile) return { given: await jsonArgument(first, signal), rest, isPiped: first === '-' }

  const [id, ...behind] = rest
  if (isEndpoint) {
    const { name } = endpointOf(first)
    if (id === undefined)
      throw new UsageError(`${command}: the id of the task is missing: ${command} ${name} <id>`)
    return { given: bareRef(name, id), rest: behind, isPiped: false }
  }
  const isId = /^[\w-]{1,100}$/.test(first)
  if (!isId) throw new UsageError(`${first}: there is no such file`)
  const lines = endpointNames.map((endpoint) => `\n  npx runapi-video ${command} ${endpoint} ${first}`)
  throw new UsageError(
    `${first}: there is no such file. If it is the id of a task, say which endpoint made the task:${lines.join('')}`,
  )
}

const bareRef = (endpoint: string, id: string): TaskRef => ({ v: 1, endpoint, id })

/** The task of a handle, or of what `wait` printed. */
export const reviveTask = (runapi: RunApiClient, given: unknown): Task => {
  try {
    return runapi.task((own(given, 'task') ?? given) as TaskRef)
  } catch (error) {
    if (!RunApiError.is(error)) throw error
    // The user decides where the key goes, never a file.
    if (error.message.startsWith('task.baseUrl:'))
      throw new UsageError('the task lives at another service; pass its baseUrl with --base-url')
    throw new UsageError(
      `this is not a task: ${error.message.replace(/;[^;]*$/, '')}; pass what create printed`,
    )
  }
}
