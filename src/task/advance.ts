import type { CreateOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
import {
  type CompletedState,
  type FailedState,
  isTerminal,
  type TaskState,
  type VideoResult,
} from '../contract/task-state'
import { ApiError } from '../errors/api-error'
import { RequestTimeoutError } from '../errors/request-timeout-error'
import { RunApiError } from '../errors/run-api-error'
import { combineSignals } from '../http/shutdown'
import { after } from '../platform/clock'
import { abortReason, abortWith } from '../platform/on-abort'
import { own } from '../platform/own'
import { endpointOf, type Session, sessionOf } from '../session'
import { checkOptions, refuseOption } from '../settings/checks'
import { createMethod } from './create'
import { prepareCreate } from './prepare-create'
import { isNotOfTheService, taskPollTarget } from './status'
import { coreOf, nextDelay } from './task'
import { errorContext } from './task-core'

/** The options of a create that are plain data. */
export type OrderOptions = Pick<CreateOptions, 'clientRequestId' | 'extraParams' | 'tags' | 'validate'>

/** An order as plain JSON, for an engine to store between two steps. */
export interface Order {
  /** The idempotency key. Derive it from your own order, so that a repeated start buys nothing twice. */
  key: string
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The parameters of that endpoint. */
  params: object
  /** Options of the create. */
  options?: OrderOptions
  /** The task, once it is bought: written by `advance`. */
  task?: TaskRef
  /** How often the task was polled: written by `advance`. */
  polls?: number
}

/** The outcome of a step, as plain JSON; store `order`. */
export type Step<R = VideoResult> =
  /** Not done: call again after this many milliseconds. */
  | { order: Order; sleepMs: number }
  | { order: Order; completed: CompletedState<R> }
  /** The generation failed, which is not charged. */
  | { order: Order; failed: FailedState }
  /**
   * This step bought nothing, and no further one will: the error's `toJSON()`. If an earlier step of the order threw, that
   * one may have bought it and lost the answer; a client with a ledger remembers this, and throws an `UnknownOutcomeError`
   * instead.
   */
  | { order: Order; refused: Record<string, unknown> }

/** A `RunApiClient`. */
export interface AdvancingClient {
  /** Revives a handle. */
  task(ref: TaskRef): Task
}

/** Makes a step fit into ten seconds. */
const STEP_MS = 9_500
const ATTEMPT_MS = 8_000
const RATE_LIMIT_MS = 5_000

/**
 * Takes an order one short step further: buys it, or polls its task once. It never does both and never sleeps, so an engine
 * with its own store and timers can run it: store `step.order`, and call again after `step.sleepMs`.
 *
 * It throws only errors that should be retried with the same order: a lost answer, a 5xx, a key that was not accepted. A
 * refusal is a result, because a retry does not help. Once a task is bought, only the service can end the order.
 *
 * @example
 * const step = await advance(runapi, order)
 * if ('sleepMs' in step) await queue.add(step.order, { delay: step.sleepMs })
 */
export const advance = async <R = VideoResult>(runapi: AdvancingClient, order: Order): Promise<Step<R>> => {
  const session = sessionOf(runapi)
  if (!checkOptions('order', order)) refuseOption('order', 'an object', order)
  const { clock } = session.settings
  const controller = new AbortController()
  const late = new RequestTimeoutError(
    'advance: no answer within this step; call it again with the same order',
    {
      idempotencyKey: order.key,
    },
  )
  const cancel = after(clock, STEP_MS, () => abortWith(controller, late))
  try {
    // A database may keep what is absent as null.
    const task = order.task ?? undefined
    return task === undefined
      ? await buy<R>(session, order, controller.signal)
      : await poll<R>(order, runapi.task(task) as unknown as Task<R>, controller.signal)
  } finally {
    cancel()
  }
}

const buy = async <R>(session: Session, order: Order, signal: AbortSignal): Promise<Step<R>> => {
  const { key, params } = order
  const options = order.options ?? undefined
  const definition = endpointOf(session, String(own(order, 'endpoint')))
  const { settings } = session
  try {
    // First the order alone: what is wrong with it stays wrong, while the client's settings can be mended.
    await prepareCreate(definition, { params, options, idempotencyKey: key }, settings)
  } catch (error) {
    return refusedStep(order, error)
  }
  const timeoutMs = Math.min(settings.timeoutMs, ATTEMPT_MS)
  const create = createMethod(session, definition) as (
    params: unknown,
    options: CreateOptions,
  ) => Promise<Task<R>>
  try {
    const task = await create(params, { ...options, idempotencyKey: key, timeoutMs, maxRetries: 0, signal })
    const bought = { ...order, task: task.toJSON(), polls: 0 }
    return stepFrom(bought, task.state) ?? { order: bought, sleepMs: delayOf(task, 0) }
  } catch (error) {
    if (!RunApiError.is(error) || isNotOfTheService(error)) throw error
    if (error.code === 'rate_limit') return { order, sleepMs: pauseAfter(error, settings.random) }
    // A price that did not come may come; an order that has none may be given one.
    if (error.code === 'spending_limit' && own(error, 'priceCents') === undefined) {
      const { cause } = error
      if (RunApiError.is(cause) && REFUSALS.has(cause.code)) return refusedStep(order, error)
      throw error
    }
    if (REFUSALS.has(error.code) || REFUSING_STATUSES.has(own(error, 'status')))
      return refusedStep(order, error)
    throw error
  }
}

// Beyond these a missing or wrong key, path or permission can be mended, and what is unknown must be asked again.
const REFUSALS: ReadonlySet<string> = new Set([
  'validation',
  'bad_request',
  'insufficient_credits',
  'conflict',
  'spending_limit',
])
const REFUSING_STATUSES: ReadonlySet<unknown> = new Set([413, 415])

const refusedStep = <R>(order: Order, error: unknown): Step<R> => {
  if (!RunApiError.is(error)) throw error
  return { order, refused: error.toJSON() }
}

const pauseAfter = (error: RunApiError, random: () => number): number =>
  Math.ceil((error instanceof ApiError ? error.retryAfterMs : undefined) ?? RATE_LIMIT_MS * (0.5 + random()))

const FALLBACK_MS = 10_000

/** The schedule's delay. One that fails or returns none must not lose the task that was just bought. */
const delayOf = <R>(task: Task<R>, attempt: number): number => {
  try {
    const delayMs = nextDelay(task, { attempt })
    if (Number.isFinite(delayMs) && delayMs >= 0) return delayMs
  } catch {}
  return FALLBACK_MS
}

const poll = async <R>(order: Order, task: Task<R>, given: AbortSignal): Promise<Step<R>> => {
  const core = coreOf(task)
  const { http, pollSlots } = core.session
  const polled = { ...order, polls: (order.polls ?? 0) + 1 }
  const sleep = (leastMs = 0): Step<R> => ({
    order: polled,
    sleepMs: Math.max(Math.ceil(leastMs), delayOf(task, polled.polls)),
  })
  const { signal, release } = combineSignals(http.shutdown, given)
  try {
    const releaseSlot = await pollSlots.acquire(signal, STEP_MS)
    const target = taskPollTarget(core)
    const pollResult = await target.poll(signal, target.pollTimeoutMs).finally(releaseSlot)
    if (pollResult.kind === 'state')
      return stepFrom(polled, pollResult.state) ?? sleep(pollResult.notBeforeMs)
    if (pollResult.kind === 'retryable failure') return sleep(pollResult.notBeforeMs)
    const { error } = pollResult
    throw RunApiError.is(error) ? error.with(errorContext(task, core)) : error
  } catch (error) {
    if (given.aborted && error === abortReason(given)) return sleep()
    throw error
  } finally {
    release()
  }
}

const stepFrom = <R>(order: Order, state: TaskState<R> | undefined): Step<R> | undefined => {
  if (!state || !isTerminal(state)) return undefined
  return state.status === 'completed' ? { order, completed: state } : { order, failed: state }
}
