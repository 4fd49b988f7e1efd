import type { OpenIntent } from '../contract/ledger'
import type { CreateOptions, ResumeOptions } from '../contract/options'
import type { CreatedTask } from '../contract/task-handle'
import type { VideoResult } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { RunApiError } from '../errors/run-api-error'
import { leavesOutcomeOpen } from '../errors/status'
import { UnknownOutcomeError } from '../errors/unknown-outcome-error'
import { type ApiRequest, type Delivery, newDelivery } from '../http/context'
import { safeCause } from '../http/redact'
import { requestIdOf, sendRequest } from '../http/request'
import { combineSignals } from '../http/shutdown'
import type { EndpointDefinition } from '../models/endpoint'
import { abortReason } from '../platform/on-abort'
import { own, ownFields } from '../platform/own'
import { endpointOf, type Session } from '../session'
import { generateKey, givenKey } from './generate-key'
import { prepareCreate } from './prepare-create'
import { intend, knownTask } from './purchase'
import { emitTask, taskFrom } from './task-from'
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
    // Generated now and not when it is sent, so that the caller can store it first.
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

/** Makes `runapi.resume`. Its refusals reject, as those of a create. */
export const resumeOrder = <R>(
  session: Session,
  given: { readonly key: string; readonly endpoint: string },
  options: ResumeOptions | undefined,
): TaskPromise<R> => {
  const key = own(given, 'key')
  const resume = async (): Promise<CreatedTask<R>> => {
    if (!session.settings.ledger) throw new ConfigurationError('resume: needs the client option ledger')
    const definition = endpointOf(session, String(own(given, 'endpoint'))) as EndpointDefinition<
      string,
      unknown,
      R
    >
    return create(session, definition, { params: undefined, options, key, isResumed: true })
  }
  return taskPromise(resume(), keyIn({ key }))
}

interface Order {
  params: unknown
  options: (CreateOptions & ResumeOptions) | undefined
  key: unknown
  /** Whether the ledger has the body. */
  isResumed?: boolean
}

const create = async <R>(
  session: Session,
  definition: EndpointDefinition<string, unknown, R>,
  order: Order,
): Promise<CreatedTask<R>> => {
  const delivery = newDelivery()
  const { settings, http } = session
  const { ledger } = settings
  const creation = {
    session,
    definition,
    idempotencyKey: keyIn(order),
    startedAt: settings.clock.monotonic(),
  }
  let intent: OpenIntent | undefined
  let release = (): void => {}
  try {
    const prepared = await prepareCreate(definition, order, settings)
    const { headers, limits } = prepared
    let { body, json } = prepared
    const { signal, release: forget } = combineSignals(http.shutdown, limits.signal)
    release = forget
    if (ledger) {
      const decided = await intend(ledger, creation, prepared, { ...limits, signal })
      if (decided.task) return knownTask(decided.task, creation)
      intent = decided
      body = intent.body
      json = JSON.stringify(body)
    }
    const purchase: ApiRequest = {
      operation: `${definition.name} create`,
      method: 'POST',
      path: definition.path,
      json,
      headers,
      idempotent: true,
      keyOptional: false,
      slots: undefined,
      delivery,
      wayOut: wayOutOfCreate,
    }
    const response = await sendRequest(http, purchase, { ...limits, signal })
    // Answered with a success: whatever keeps the task from being read, it may be there.
    delivery.possiblyReceived.add('malformed_response')
    const task = taskFrom(response, creation, body)
    if (intent) await intent.bought(task.toJSON())
    if (task.state) ledger?.ended(task, task.state)
    return task
  } catch (thrown) {
    const known = await intent?.failed(thrown, delivery.possiblyReceived.size > 0)
    if (known?.task) return knownTask(known.task, creation)
    // This attempt alone would say that nothing was bought.
    if (known?.mayExist) delivery.possiblyReceived.add('another_attempt')
    const error = explain(thrown, { endpoint: definition.name, order, delivery })
    const mayExist =
      delivery.possiblyReceived.size > 0 || (RunApiError.is(error) && error.code === 'unknown_outcome')
    emitTask(creation, {
      outcome: mayExist ? 'unknown' : 'not_created',
      ...(RunApiError.is(error) ? { error: error.code, ...requestIdOf(error) } : { error: 'aborted' }),
    })
    throw error
  } finally {
    release()
  }
}

const keyIn = ({ key }: Pick<Order, 'key'>): string => (typeof key === 'string' ? key : '')

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
  if (isOurs && errorDescribesOutcome(error, delivery))
    // A key that was refused for being no text is none to go on with.
    return error.with({ idempotencyKey: idempotencyKey || undefined })
  if (delivery.possiblyReceived.size === 0) return error
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

const wayOutOfCreate = (status: number): string | undefined => {
  if (leavesOutcomeOpen(status))
    return 'the task may exist: call again with the same parameters and error.idempotencyKey, and it is not bought twice'
  if (status === 409)
    return 'where other parameters used this idempotency key, give the order a key of its own'
  return undefined
}

/** Whether the error alone tells the truth about all attempts: each is settled, or left open in the very way it names. */
const errorDescribesOutcome = ({ code }: RunApiError, { possiblyReceived }: Delivery): boolean =>
  possiblyReceived.size === 0 ||
  code === 'client_closed' ||
  ((code === 'server' || code === 'malformed_response') &&
    possiblyReceived.size === 1 &&
    possiblyReceived.has(code))
