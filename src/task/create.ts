import type { CreateOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import type { VideoResult } from '../contract/task-state'
import { RunApiError } from '../errors/run-api-error'
import { UnknownOutcomeError } from '../errors/unknown-outcome-error'
import { type Delivery, newDelivery } from '../http/context'
import { safeCause } from '../http/redact'
import { request } from '../http/request'
import { requestIdOf } from '../http/request-id-of'
import { combineSignals } from '../http/shutdown'
import type { EndpointDefinition } from '../models/endpoint'
import { abortReason } from '../platform/on-abort'
import { ownFields } from '../platform/own'
import type { Session } from '../session'
import { generateKey, givenKey } from './generate-key'
import { prepareCreate } from './prepare-create'
import { taskFrom } from './task-from'
import { type TaskPromise, taskPromise } from './task-promise'

/**
 * Buys a task. Refuses parameters that break the rules of the model before anything is sent.
 *
 * @throws {ValidationError} when parameters break the rules; nothing was bought
 * @throws {UnknownOutcomeError} when no answer says whether there is a task; call again with its `idempotencyKey`
 * @throws {InsufficientCreditsError} and the other API errors, {ConnectionError}, {MalformedResponseError}: each carries
 * the `idempotencyKey`
 */
export type CreateMethod<Params, R = VideoResult> = (
  params: Params,
  options?: CreateOptions,
) => TaskPromise<R>

/** Makes the method of an endpoint. */
export const createMethod = <Params, R>(
  session: Session,
  definition: EndpointDefinition<string, Params, R>,
): CreateMethod<Params, R> => {
  return (params, options) => {
    // Minted now and not when it is sent, so that the caller can store it first.
    const key = keyOf(options)
    return taskPromise(create(session, definition, { params, options, key }), keyIn({ key }))
  }
}

const keyOf = (options: CreateOptions | undefined): unknown => {
  try {
    const given = givenKey(options)
    return given === undefined ? generateKey() : given
  } catch (error) {
    // Options that cannot be read (a getter, a proxy) are refused where the refusal can reject; so is a missing global.
    return RunApiError.is(error) ? error : null
  }
}

interface Order {
  params: unknown
  options: CreateOptions | undefined
  key: unknown
}

const create = async <R>(
  session: Session,
  definition: EndpointDefinition<string, unknown, R>,
  order: Order,
): Promise<Task<R>> => {
  const delivery = newDelivery()
  const startedAt = session.settings.clock.monotonic()
  try {
    const { body, json, headers, limits } = await prepareCreate(definition, order, session.settings)
    const what = { operation: `${definition.name} create`, method: 'POST', path: definition.path } as const
    const { signal, release } = combineSignals(session.http.shutdown, limits.signal)
    const purchase = { ...what, json, headers, idempotent: true, delivery }
    const answer = await request(session.http, purchase, { ...limits, signal }).finally(release)
    return taskFrom(answer, {
      session,
      definition,
      body,
      idempotencyKey: headers['idempotency-key'] as string,
      startedAt,
    })
  } catch (thrown) {
    const error = explain(thrown, { endpoint: definition.name, order, delivery })
    session.settings.emit?.({
      type: 'task',
      outcome: mayExist(error, delivery) ? 'unknown' : 'not_created',
      endpoint: definition.name,
      idempotencyKey: keyIn(order),
      elapsedMs: session.settings.clock.monotonic() - startedAt,
      ...(RunApiError.is(error) ? { error: error.code, ...requestIdOf(error) } : { error: 'aborted' }),
    })
    throw error
  }
}

const keyIn = ({ key }: Pick<Order, 'key'>): string => (typeof key === 'string' ? key : '')

/** Whether there may be a task that was paid for: no answer came, or one that does not say that there is none. */
const mayExist = (error: unknown, { possiblyReceived }: Delivery): boolean =>
  possiblyReceived ||
  (RunApiError.is(error) && (error.code === 'server' || error.code === 'malformed_response'))

interface Failure {
  endpoint: string
  order: Order
  delivery: Delivery
}

/** The error that tells the caller whether something may have been bought, with the key either way. */
const explain = (error: unknown, { endpoint, order, delivery }: Failure): unknown => {
  const idempotencyKey = keyIn(order)
  // An abort: the caller's own reason, as it is, even where it is an error of ours.
  const { signal } = ownFields(order.options)
  if (signal?.aborted && error === abortReason(signal)) return error
  const isOurs = RunApiError.is(error)
  if (!isOurs && !delivery.sent) return error
  if (isOurs && (!delivery.possiblyReceived || error.code === 'client_closed'))
    // A key that was refused for being no text is none to go on with.
    return error.with({ idempotencyKey: idempotencyKey || undefined })
  return new UnknownOutcomeError(
    `${endpoint}: no answer says whether the task was created; call again with the same parameters and ` +
      'error.idempotencyKey, and it is not bought twice',
    {
      cause: isOurs ? error : safeCause(error, []),
      idempotencyKey,
      requestId: isOurs ? error.requestId : undefined,
    },
  )
}
