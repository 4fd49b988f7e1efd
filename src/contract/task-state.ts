import { own, ownText } from '../platform/own'
import { isMarkup, toOneLine } from '../platform/sanitize'

/** A generated video. The URL needs no key and lives 7 days (vendor's docs). */
export interface Video {
  /** An http(s) URL of the file. */
  url: string
}

/** The result of a completed video task. */
export interface VideoResult {
  /** At least one. */
  videos: [Video, ...Video[]]
  /** The service's copies of the input videos; sent by Luma only. */
  sources?: Video[]
}

/** The service's report of a failed generation. */
export interface TaskFailure {
  /** The service's own code, if it sent one. Its list is not published. */
  code?: string
  /** The service's reason in words. */
  message: string
}

interface StateBase {
  /** The service's own word for the status, if it sent one. */
  rawStatus?: string
  /** The service's `x-request-id` of the answer. */
  requestId?: string
  /** When the answer came, as an ISO 8601 string. */
  receivedAt: string
  /** The unchanged answer, including fields that this release does not know. */
  raw: Readonly<Record<string, unknown>>
}

/** The task is bought, but the service has not started it. */
export interface PendingState extends StateBase {
  status: 'pending'
}

/** The service is working on the task. An unknown status word is treated as this one: see `rawStatus`. */
export interface ProcessingState extends StateBase {
  status: 'processing'
}

/** The task is done: the result of its endpoint, and its cost. */
export type CompletedState<R = VideoResult> = StateBase &
  R & {
    status: 'completed'
    /** The cost of the task in US dollars, if the service reports it. */
    costUsd?: number
    /**
     * Download the videos before this time, an ISO 8601 string: seven days after the create, because their URLs live for
     * seven days (vendor's docs). Absent if the time of the create is not known: for a handle made from a bare id, for
     * a replayed create, and in a webhook.
     */
    expiresAt?: string
  }

/** The generation failed. RunAPI says that failed generations are not charged. */
export interface FailedState extends StateBase {
  status: 'failed'
  /** Why. */
  error: TaskFailure
}

/** The state of a task, as plain JSON data; a union on `status`. */
export type TaskState<R = VideoResult> = PendingState | ProcessingState | CompletedState<R> | FailedState

/** Reads the result of a completed task; `undefined` if the answer contains none. */
export type ResultReader<R> = (raw: Readonly<Record<string, unknown>>) => R | undefined

export interface StateContext<R> {
  readResult: ResultReader<R>
  nowMs: number
  requestId?: string | undefined
  /** When the create returned, as an ISO 8601 string, if that is known. */
  createdAt?: string | undefined
  /** Removes secrets that the service may echo. */
  redact?: (text: string) => string
}

/** An answer that is not a task state, and why. */
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
const RESULT_LIFE_MS = 7 * 24 * 3_600_000

/** The status behind the service's word, compared trimmed and without case; `undefined` for an unknown word. */
export const statusOf = (word: string): Status | undefined =>
  (Object.keys(WORDS) as Status[]).find((status) => WORDS[status].includes(word.trim().toLowerCase()))

export const isTerminal = <R>(state: TaskState<R>): state is CompletedState<R> | FailedState =>
  state.status === 'completed' || state.status === 'failed'

/** Reads one status answer. An unknown word means that it still runs. */
export const readTaskState = <R>(body: unknown, context: StateContext<R>): TaskState<R> | Unreadable => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { unreadable: 'it is not a JSON object' }
  const raw = body as Readonly<Record<string, unknown>>
  const rawStatus = ownText(raw, 'status')
  const known = rawStatus === undefined ? undefined : (statusOf(rawStatus) ?? 'processing')
  let result: R | undefined
  try {
    // Only a completed task has a result; a reader need not cope with the others.
    if (known === undefined || known === 'completed') result = context.readResult(raw)
  } catch {
    return { unreadable: 'the reader of its result threw' }
  }
  const status = known ?? (result && 'completed')
  const base: StateBase = { receivedAt: isoTime(context.nowMs), raw }
  if (rawStatus !== undefined) base.rawStatus = context.redact?.(rawStatus) ?? rawStatus
  if (context.requestId !== undefined) base.requestId = context.requestId

  switch (status) {
    case undefined:
      return { unreadable: 'it has neither a status nor a result' }
    case 'completed': {
      if (result === undefined) return { unreadable: 'it says completed and holds no result URL' }
      const costUsd = readCostUsd(raw)
      const expiresAt = expiryOf(context.createdAt)
      return {
        ...base,
        ...result,
        status,
        ...(costUsd !== undefined && { costUsd }),
        ...(expiresAt !== undefined && { expiresAt }),
      }
    }
    case 'failed':
      return { ...base, status, error: readFailure(raw, context.redact) }
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

export const isWebUrl = (text: string): boolean => {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

const readFailure = (
  raw: Readonly<Record<string, unknown>>,
  redact = (text: string): string => text,
): TaskFailure => {
  const error = own(raw, 'error')
  const reasons = [
    own(error, 'message'),
    error,
    own(raw, 'error_message'),
    own(raw, 'message'),
    own(error, 'error_message'),
    own(error, 'detail'),
  ]
  const plain = (text: unknown): string | undefined =>
    typeof text === 'string' ? plainReason(text, redact) : undefined
  const code = plain(own(error, 'code')) ?? plain(own(raw, 'code'))
  const message = reasons.map(plain).find((reason) => reason !== undefined)
  return { ...(code !== undefined && { code }), message: message ?? 'the service gave no reason' }
}

/** One line of at most 300 characters; `undefined` for a blank text and for HTML. */
const plainReason = (text: string, redact: (text: string) => string): string | undefined =>
  isMarkup(text) ? undefined : toOneLine(redact(text)) || undefined

/** Seven days after the create; `undefined` if that time is unknown, or out of a Date's range. */
const expiryOf = (createdAt: string | undefined): string | undefined => {
  const expiry = new Date(Date.parse(createdAt ?? '') + RESULT_LIFE_MS)
  return Number.isNaN(expiry.getTime()) ? undefined : expiry.toISOString()
}

// `usage.cost` since 2026-09-28, a `billing` object in cents before that (vendor's changelog).
const readCostUsd = (raw: Readonly<Record<string, unknown>>): number | undefined => {
  const dollars = own(own(raw, 'usage'), 'cost')
  if (isAmount(dollars)) return dollars
  const billing = own(raw, 'billing')
  const charged = own(own(billing, 'settlement'), 'charged_amount_cents')
  const cents = isAmount(charged) ? charged : own(own(billing, 'reservation'), 'amount_cents')
  return isAmount(cents) ? cents / 100 : undefined
}

/** Whether it can be an amount of money. */
export const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const isoTime = (ms: number): string => new Date(ms).toISOString()
