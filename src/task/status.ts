import { taskIdsIn } from '../contract/task-id'
import { isTerminal, readTaskState, readVideoResult, statusOf, type TaskState } from '../contract/task-state'
import { ApiError } from '../errors/api-error'
import { MalformedResponseError } from '../errors/malformed-response-error'
import { RunApiError } from '../errors/run-api-error'
import {
  type ApiRequest,
  type ApiResponse,
  type Delivery,
  newDelivery,
  type RequestLimits,
} from '../http/context'
import { malformed, parseJson, requestIdOf, sendRequest } from '../http/request'
import type { Semaphore } from '../limits/semaphore'
import { abortReason } from '../platform/on-abort'
import { own, ownText } from '../platform/own'
import { sanitizeMessage } from '../platform/sanitize'
import type { HeaderRecord } from '../settings/headers'
import type { Settings } from '../settings/settings'
import type { PollResult, PollTarget } from '../waiting/subscriber'
import { ageMs, pollerName, type TaskCore } from './task-core'

/** How long after the create a 404 may mean that the service has not caught up yet. */
const GRACE_MS = 10_000

/** Every field is present, even if `undefined`: an absent one could come from a polluted prototype. */
interface StatusLimits extends RequestLimits {
  headers: HeaderRecord | undefined
  /** Bounds the attempts; a wait acquires its slot itself. */
  slots: Semaphore | undefined
  /** Counts the attempts. */
  delivery: Delivery
  /** Receives a successful response before it is read. */
  onResponse: ((response: ApiResponse) => void) | undefined
}

/** Asks for the status once. */
export const askStatus = <R>(core: TaskCore<R>, limits: StatusLimits): Promise<TaskState<R>> => {
  const { emit } = core.session.settings
  return emit ? reportedStatus(core, limits, emit) : readStatus(core, limits)
}

const reportedStatus = async <R>(
  core: TaskCore<R>,
  limits: StatusLimits,
  emit: NonNullable<Settings['emit']>,
): Promise<TaskState<R>> => {
  const { id: taskId, endpoint } = core.ref
  const seen = { type: 'poll', endpoint, taskId } as const
  try {
    const state = await readStatus(core, limits)
    emit({ ...seen, ageMs: ageMs(core), status: state.status, ...requestIdOf(state) })
    return state
  } catch (error) {
    emit({
      ...seen,
      ageMs: ageMs(core),
      ...(RunApiError.is(error) ? { error: error.code, ...requestIdOf(error) } : { error: 'aborted' }),
    })
    throw error
  }
}

const readStatus = async <R>(core: TaskCore<R>, limits: StatusLimits): Promise<TaskState<R>> => {
  const { session, ref, statusPath: path } = core
  const { headers, slots, onResponse, delivery } = limits
  const sent: ApiRequest = {
    operation: `${ref.endpoint} status`,
    method: 'GET',
    path,
    body: undefined,
    headers,
    idempotencyKey: undefined,
    idempotent: true,
    keyOptional: false,
    slots,
    delivery,
    advice: (status) => (status === 404 ? adviceOnUnknownTask(core) : undefined),
  }
  const response = await sendRequest(session.http, sent, limits)
  onResponse?.(response)
  return stateFrom(response, core)
}

const stateFrom = <R>(response: ApiResponse, core: TaskCore<R>): TaskState<R> => {
  const { session, ref, readResult, createdAt } = core
  const { requestId, redact } = response
  const nowMs = session.settings.clock.now()
  // A 202 means "not yet", with or without a body.
  const body = response.status === 202 && response.text.trim() === '' ? {} : parseJson(response)
  if (isOfAnotherTask(body, ref.id)) throw malformed(response, 'the body is about another task')
  const state = readTaskState(body, { readResult, nowMs, requestId, createdAt, redact })
  if ('unreadable' in state) {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
    if (response.status === 202 && isObject && own(body, 'status') === undefined)
      return notYet(core, response, body)
    // A user's reader can be fixed, and then waiting again helps.
    const isFinal = saysCompleted(body) && readResult === (readVideoResult as unknown)
    throw malformed(response, state.unreadable, isFinal)
  }
  warnOfStrangeWord(core, state)
  return remember(core, state)
}

// After the first pause, consecutive polls of our schedules are closer than this.
const RECENT_MS = 20_000

/** Keeps the newest state; a terminal one stays, and is reported to the client's ledger. */
export const remember = <R>(core: TaskCore<R>, state: TaskState<R>): TaskState<R> => {
  if (core.state !== undefined && isTerminal(core.state)) return core.state
  core.state = state
  const { ledger, clock } = core.session.settings
  const now = clock.monotonic()
  // If a task was not polled for long, its end time is unknown.
  const isRecent = core.createdAt && Number(core.seenAt) + RECENT_MS >= now
  if (isTerminal(state)) ledger?.ended(core.ref, state, isRecent ? ageMs(core) : undefined)
  core.seenAt = now
  return state
}

const adviceOnUnknownTask = ({ session, ref }: TaskCore<unknown>): string =>
  `${ref.endpoint} has no task ${ref.id} here: it may be older than what the service keeps, or belong to another ` +
  `account or endpoint; check the id, the API key, and the path in baseUrl (${session.settings.baseUrl().href})`

const isOfAnotherTask = (body: unknown, id: string): boolean => {
  const named = taskIdsIn(body)
  return named.length > 0 && !named.includes(id)
}

const notYet = <R>(core: TaskCore<R>, { requestId }: ApiResponse, raw: object): TaskState<R> => {
  const { state, session } = core
  return remember(core, {
    status: state?.status === 'processing' ? 'processing' : 'pending',
    receivedAt: new Date(session.settings.clock.now()).toISOString(),
    raw: raw as Readonly<Record<string, unknown>>,
    ...(requestId !== undefined && { requestId }),
  })
}

const saysCompleted = (body: unknown): boolean => statusOf(ownText(body, 'status') ?? '') === 'completed'

/** Whether it is the error of an answer that says completed and contains no result. */
export const saysCompletedOnly = (error: unknown): boolean =>
  error instanceof MalformedResponseError && error.saysCompleted === true

/**
 * Whether the answer came from something in between, such as a proxy, a login page or a bot check: the service's own
 * refusals are JSON.
 */
export const isNotOfTheService = (error: unknown): boolean => {
  if (!(error instanceof ApiError)) return false
  const { status, body } = error
  const isText = typeof body === 'string' && body.trim() !== ''
  return isText && ((status >= 400 && status <= 499) || [302, 303, 307].includes(status))
}

const warnOfStrangeWord = (core: TaskCore<unknown>, { rawStatus }: TaskState<unknown>): void => {
  const { settings, strangeWords } = core.session
  if (rawStatus === undefined || statusOf(rawStatus) !== undefined || strangeWords.has(rawStatus)) return
  // A service that sends a new word each time must not fill up memory.
  if (strangeWords.size >= 100) return
  strangeWords.add(rawStatus)
  settings.log('warn', 'a status word is not known and counts as still going', {
    endpoint: core.ref.endpoint,
    taskId: core.ref.id,
    status: sanitizeMessage(rawStatus).slice(0, 100),
  })
}

/** The task as something to wait for. Failures are paced by the schedule, so a poll is one attempt. */
export const taskPollTarget = <R>(core: TaskCore<R>): PollTarget<TaskState<R>> => ({
  name: pollerName(core.session.settings, core.ref.id),
  via: [core.session.access, core.statusPath, core.readResult],
  pollTimeoutMs: core.session.settings.timeoutMs,
  ageMs: () => ageMs(core),
  poll: async (signal, timeoutMs) => {
    // An unreadable answer may still have a `Retry-After`.
    let notBeforeMs: number | undefined
    const onResponse = ({ retryAfterMs }: ApiResponse): void => {
      notBeforeMs = retryAfterMs
    }
    try {
      const state = await askStatus(core, {
        signal,
        timeoutMs,
        maxRetries: 0,
        headers: undefined,
        slots: undefined,
        delivery: newDelivery(),
        onResponse,
      })
      return { kind: 'state', label: state.status, state, isTerminal: isTerminal(state), notBeforeMs }
    } catch (error) {
      if (signal.aborted) throw abortReason(signal)
      return failureFrom(error, core, notBeforeMs)
    }
  },
})

/** Whether the service may not know the task yet, so soon after the create. */
const isEarly = (error: unknown, core: TaskCore<unknown>): boolean =>
  RunApiError.is(error) && error.code === 'not_found' && core.bornAt !== undefined && ageMs(core) < GRACE_MS

const failureFrom = (
  error: unknown,
  core: TaskCore<unknown>,
  notBeforeMs: number | undefined,
): PollResult<never> => {
  if (!RunApiError.is(error)) return { kind: 'failure', label: 'error', error }
  const label = error instanceof ApiError ? String(error.status) : error.code
  const early = isEarly(error, core)
  if (!early && !error.retryable && !isNotOfTheService(error)) return { kind: 'failure', label, error }
  return {
    kind: 'retryable failure',
    label,
    error,
    counts: !early,
    notBeforeMs: error instanceof ApiError ? error.retryAfterMs : notBeforeMs,
  }
}
