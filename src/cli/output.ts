import type { Task } from '../contract/task-handle'
import type { CompletedState, TaskState } from '../contract/task-state'
import type { DownloadedVideo } from '../node'
import type { Line } from './read-line'

/** Writes a line on stderr. */
export const say = (text: string): void => {
  console.error(text)
}

/** What a command prints: JSON for programs, lines for people. */
export interface Document {
  json: unknown
  lines: readonly string[]
}

/**
 * Prints a command's result on stdout: lines at a terminal, else one JSON document. It may be about a task that was paid
 * for, so if nobody reads stdout any more it goes to stderr. Returns the exit code.
 */
export const print = ({ json, lines }: Document, line: Line): Promise<0 | 1> => {
  const isForPeople = process.stdout.isTTY === true && !line.flag('json')
  const text = isForPeople ? lines.join('\n') : JSON.stringify(json)
  if (text === '') return Promise.resolve(0)
  return new Promise((resolve) => {
    process.stdout.write(`${text}\n`, (error) => {
      if (error) say(`runapi-video: stdout is closed; this was for it:\n${text}`)
      resolve(error ? 1 : 0)
    })
  })
}

const printedFor = new WeakSet<object>()

/** Returns the result of `work`. If it fails, the document is printed, once: nothing else tells of a paid task. */
export const printOnError = async <T>(document: Document, line: Line, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    if (!printedFor.has(error)) await print(document, line)
    printedFor.add(error)
    throw error
  }
}

/** The document from stdin, passed on unchanged to the next command of a pipe. */
export const givenDocument = (json: unknown): Document => ({ json, lines: [] })

/** A handle of a task that continues. People get the command that waits for it with the error. */
export const handleDocument = (task: Task): Document => ({ json: task.toJSON(), lines: [] })

/** The state of a task. Other fields of the answer stay out: they may contain anything. */
export const stateDocument = (task: Task, { raw: _, ...state }: TaskState): Document => ({
  json: { ...state, task: task.toJSON() },
  lines: [`${task.endpoint} ${task.id}: ${wordsOf(state as TaskState)}`],
})

const wordsOf = (state: TaskState): string =>
  state.status === 'failed' ? `failed: ${state.error.message}` : state.status

/** The result of a task, with the files if it was saved. */
export const resultDocument = (
  task: Task,
  { raw: _, status, videos, ...rest }: CompletedState,
  files?: readonly DownloadedVideo[],
): Document => ({
  json: { status, videos, ...rest, task: task.toJSON(), ...(files && { files }) },
  lines: [...(files ? files.map(fileLine) : videos.map(({ url }) => url)), ...closingLines(rest)],
})

export const fileLine = ({ path, bytes }: DownloadedVideo): string => `${path} (${size(bytes)})`

const closingLines = (rest: object): string[] => {
  const { costUsd, expiresAt } = rest as { costUsd?: number; expiresAt?: string }
  return [
    ...(costUsd === undefined ? [] : [`Cost: $${costUsd.toFixed(2)}`]),
    ...(expiresAt === undefined
      ? []
      : [`The service keeps it until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC.`]),
  ]
}

/** A number of bytes, for people. */
export const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} bytes`
  const isSmall = bytes < 999_500
  return isSmall ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** An amount of US cents, for people. */
export const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`
