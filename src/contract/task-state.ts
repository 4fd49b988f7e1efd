import { own, ownText } from '../platform/own'

/** A generated video. The URL needs no key and lives 7 days (vendor's docs). */
export interface Video {
  /** An http(s) URL of the file. */
  url: string
}

/** What a completed video task gives. */
export interface VideoResult {
  /** At least one. */
  videos: [Video, ...Video[]]
  /** The input videos as the service kept them; sent by Luma only. */
  sources?: Video[]
}

/** What the service says about a failed generation. */
export interface TaskFailure {
  /** The service's own code, where it sent one. Its list is not published. */
  code?: string
  /** The service's reason in words. */
  message: string
}

interface StateBase {
  /** The service's own word for the status, when it sent one. */
  rawStatus?: string
  /** The service's `x-request-id` of the answer. */
  requestId?: string
  /** When the answer came, as an ISO 8601 string. */
  receivedAt: string
  /** The answer as it came, with fields that this release does not know. */
  raw: Readonly<Record<string, unknown>>
}

/** The task is bought, and the service has not begun. */
export interface PendingState extends StateBase {
  status: 'pending'
}

/** The service works on the task. So reads a status word that is not known: see `rawStatus`. */
export interface ProcessingState extends StateBase {
  status: 'processing'
}

/** The task is done: the result of its endpoint, and what it cost. */
export type CompletedState<R = VideoResult> = StateBase &
  R & {
    status: 'completed'
    /** What the task cost, in US dollars, where the service says so. */
    cost?: number
    /**
     * When the videos' URLs expire at the latest, as an ISO 8601 string: seven days after this client first saw the
     * task completed. An upper bound, because the task may have been completed before that.
     */
    expiresAt: string
  }

/** The generation failed. RunAPI says that it does not charge it. */
export interface FailedState extends StateBase {
  status: 'failed'
  /** Why. */
  error: TaskFailure
}

/** Where a task stands, as plain JSON data; a union on `status`. */
export type TaskState<R = VideoResult> = PendingState | ProcessingState | CompletedState<R> | FailedState

/** Reads the result of a completed task; `undefined` when the answer holds none. */
export type ResultReader<R> = (raw: Readonly<Record<string, unknown>>) => R | undefined

export interface StateContext<R> {
  readResult: ResultReader<R>
  nowMs: number
  requestId?: string | undefined
  /** Removes secrets that the service echoes. */
  clean?: (text: string) => string
}

/** An answer that is no task state, and why. */
export interface Unreadable {
  unreadable: string
}

type Status = TaskState['status']

const WORDS: Record<Status, readonly string[]> = {
  pending: ['pending', 'queued'],
  processing: ['processing', 'running'],
  completed: ['completed', 'complete', 'succeeded', 'success', 'finished'],
  failed: ['failed', 'error', 'canceled', 'cancelled', 'timeout', 'generate_failed', 'create_task_failed'],
}
const STATUS_OF = new Map(
  Object.entries(WORDS).flatMap(([status, words]) => words.map((word) => [word, status as Status])),
)

const RESULT_LIFE_MS = 7 * 24 * 3_600_000

/** The status behind the service's word, compared trimmed and without case; `undefined` for a word that is not known. */
export const statusOf = (word: string): Status | undefined => STATUS_OF.get(word.trim().toLowerCase())

export const isTerminal = <R>(state: TaskState<R>): state is CompletedState<R> | FailedState =>
  state.status === 'completed' || state.status === 'failed'

/** Reads one status answer. A word that is not known means "still going". */
export const readTaskState = <R>(body: unknown, context: StateContext<R>): TaskState<R> | Unreadable => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { unreadable: 'it is no JSON object' }
  const raw = body as Readonly<Record<string, unknown>>
  const rawStatus = ownText(raw, 'status')
  const said = rawStatus === undefined ? undefined : (statusOf(rawStatus) ?? 'processing')
  let result: R | undefined
  try {
    // Only a completed task has a result; a reader need not cope with the others.
    if (said === undefined || said === 'completed') result = context.readResult(raw)
  } catch {
    return { unreadable: 'the reader of its result threw' }
  }
  const status = said ?? (result && 'completed')
  const base: StateBase = { receivedAt: isoTime(context.nowMs), raw }
  if (rawStatus !== undefined) base.rawStatus = context.clean?.(rawStatus) ?? rawStatus
  if (context.requestId !== undefined) base.requestId = context.requestId

  switch (status) {
    case undefined:
      return { unreadable: 'it has neither a status nor a result' }
    case 'completed': {
      if (result === undefined) return { unreadable: 'it says completed and holds no result URL' }
      const cost = readCost(raw)
      const expiresAt = isoTime(context.nowMs + RESULT_LIFE_MS)
      return { ...base, ...result, status, expiresAt, ...(cost !== undefined && { cost }) }
    }
    case 'failed':
      return { ...base, status, error: readFailure(raw, context.clean) }
    default:
      // Spread into a new object, each state of a wait would hold a hidden class of its own.
      return Object.assign(base, { status })
  }
}

/** Reads `videos` and `sources`: the result of every video endpoint. */
export const readVideoResult: ResultReader<VideoResult> = (raw) => {
  const [first, ...rest] = readVideos(own(raw, 'videos'))
  if (first === undefined) return undefined
  const sources = readVideos(own(raw, 'sources'))
  return { videos: [first, ...rest], ...(sources.length > 0 && { sources }) }
}

const readVideos = (list: unknown): Video[] => {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) => {
    const url = ownText(entry, 'url')
    return url !== undefined && isWebUrl(url) ? [{ url }] : []
  })
}

const isWebUrl = (text: string): boolean => {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

const readFailure = (
  raw: Readonly<Record<string, unknown>>,
  clean = (text: string): string => text,
): TaskFailure => {
  const error = own(raw, 'error')
  const message =
    ownText(error, 'message') ??
    ownText(raw, 'error') ??
    ownText(raw, 'error_message') ??
    ownText(raw, 'message')
  const code = ownText(error, 'code') ?? ownText(raw, 'code')
  return {
    ...(code !== undefined && { code: clean(code) }),
    message: clean(message ?? 'the service gave no reason'),
  }
}

// `usage.cost` since 2026-09-28, a `billing` object in cents before that (vendor's changelog).
const readCost = (raw: Readonly<Record<string, unknown>>): number | undefined => {
  const dollars = own(own(raw, 'usage'), 'cost')
  if (isAmount(dollars)) return dollars
  const billing = own(raw, 'billing')
  const charged = own(own(billing, 'settlement'), 'charged_amount_cents')
  const cents = isAmount(charged) ? charged : own(own(billing, 'reservation'), 'amount_cents')
  return isAmount(cents) ? cents / 100 : undefined
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const isoTime = (ms: number): string => new Date(ms).toISOString()
