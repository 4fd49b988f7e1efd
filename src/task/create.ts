import type { OpenIntent, Purchase, PurchaseRequest } from '../contract/ledger'
import type { CreateOptions, ResumeOptions } from '../contract/options'
import type { CreatedTask } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
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
import { requestQuote } from '../money/pricing'
import { abortReason } from '../platform/on-abort'
import { own, ownFields, ownText } from '../platform/own'
import { endpointOf, type Session } from '../session'
import {
  type CreateCall,
  type PreparedCreate,
  prepareCreate,
  prepareResume,
  readOrGenerateKey,
} from './prepare-create'
import { TaskHandle } from './task'
import { newTaskCore } from './task-core'
import { type Creation, emitTask, taskFrom } from './task-from'
import { type TaskPromise, taskPromise } from './task-promise'
import { parseTaskRef } from './task-ref'

/**
 * Buys a task. Refuses parameters that break the rules of the model before anything is sent.
 *
 * @throws {ValidationError} if parameters break the rules; nothing was bought
 * @throws {UnknownOutcomeError} if no answer says whether there is a task; call again with its `idempotencyKey`
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
    // Generated now rather than on sending, so that the caller can store it first.
    const call = { params, options, ...readOrGenerateKey(options) }
    const prepare = (): Promise<PreparedCreate> => prepareCreate(definition, call, session.settings)
    return taskPromise(create(session, definition, call, prepare), textOf(call))
  }
}

/** Implements `runapi.resume`. Its refusals reject, like those of a create. */
export const resumeOrder = <R>(
  session: Session,
  order: { readonly key: string; readonly endpoint: string },
  options: ResumeOptions | undefined,
): TaskPromise<R> => {
  const idempotencyKey = own(order, 'key')
  const call = { options, idempotencyKey }
  const resume = async (): Promise<CreatedTask<R>> => {
    const { settings } = session
    if (!settings.ledger) throw new ConfigurationError('resume: needs the client option ledger')
    const endpoint = ownText(order, 'endpoint')
    if (endpoint === undefined) throw new ConfigurationError('order: must be one of ledger.unfinished()')
    const definition = endpointOf(session, endpoint) as EndpointDefinition<string, unknown, R>
    return create(session, definition, call, () => prepareResume(idempotencyKey, options, settings))
  }
  return taskPromise(resume(), textOf(call))
}

type KeyedCall = Pick<CreateCall, 'options' | 'idempotencyKey'>

const textOf = ({ idempotencyKey }: KeyedCall): string =>
  typeof idempotencyKey === 'string' ? idempotencyKey : ''

const create = async <R>(
  session: Session,
  definition: EndpointDefinition<string, unknown, R>,
  call: KeyedCall,
  prepare: () => PreparedCreate | Promise<PreparedCreate>,
): Promise<CreatedTask<R>> => {
  const delivery = newDelivery()
  const { settings, http } = session
  const { ledger } = settings
  const creation = {
    session,
    definition,
    idempotencyKey: textOf(call),
    startedAt: settings.clock.monotonic(),
  }
  let intent: OpenIntent | undefined
  let release = (): void => {}
  try {
    const prepared = await prepare()
    const { idempotencyKey, headers, limits } = prepared
    let { params, body } = prepared
    const { signal, release: forget } = combineSignals(http.shutdown, limits.signal)
    release = forget
    if (ledger) {
      const decided = await ledger.intend(purchaseOf(creation, prepared), { ...limits, signal })
      if (decided.task) return replayKnownTask(decided.task, creation)
      intent = decided
      params = intent.body
      body = JSON.stringify(params)
    }
    const apiRequest: ApiRequest = {
      operation: `${definition.name} create`,
      method: 'POST',
      path: definition.path,
      body,
      headers,
      idempotencyKey,
      idempotent: true,
      keyOptional: false,
      slots: undefined,
      delivery,
      advice: adviceAfterCreate,
    }
    const response = await sendRequest(http, apiRequest, { ...limits, signal })
    // The answer was a success: even if the task cannot be read, it may exist.
    delivery.possiblyReceived.add('malformed_response')
    const task = taskFrom(response, creation, params)
    await intent?.bought(task.toJSON(), task.state)
    return task
  } catch (thrown) {
    const known = await intent?.failed(thrown, delivery.possiblyReceived.size > 0)
    if (known?.task) return replayKnownTask(known.task, creation)
    // By this attempt alone, nothing was bought.
    if (known?.mayExist) delivery.possiblyReceived.add('another_attempt')
    const error = explain(thrown, { endpoint: definition.name, call, delivery })
    const code = RunApiError.is(error) ? error.code : 'aborted'
    const mayExist =
      delivery.possiblyReceived.size > 0 ||
      code === 'unknown_outcome' ||
      // Parameters that break a rule, or that another order of the key did not have, were never bought.
      (!intent && code !== 'validation' && ledger?.mayExist(creation.idempotencyKey))
    emitTask(creation, {
      outcome: mayExist ? 'unknown' : 'not_created',
      error: code,
      ...(RunApiError.is(error) && requestIdOf(error)),
    })
    throw error
  } finally {
    release()
  }
}

/** The ledger's part before anything is sent. */
const purchaseOf = (
  { session, definition }: Creation<unknown>,
  { asked, tags, body: json = '', idempotencyKey: key, resendUnknown }: PreparedCreate,
): Purchase => {
  const { name: endpoint, priceIgnores } = definition
  const quote: PurchaseRequest['quote'] = (params, signal) =>
    requestQuote(session, definition, params, { signal })
  const request = asked && { asked, json, priceIgnores, quote }
  return { key, endpoint, baseUrl: session.settings.baseUrl().href, tags, request, resendUnknown }
}

/** The handle of a task that the ledger knows, reported as a replay. */
const replayKnownTask = <R>(given: TaskRef, creation: Creation<R>): CreatedTask<R> => {
  const { session, definition } = creation
  const ref = parseTaskRef(given, session.settings.baseUrl())
  const { id, model } = ref
  emitTask(creation, { outcome: 'replayed', taskId: id, ...(model !== undefined && { model }) })
  return new TaskHandle(newTaskCore(session, definition, ref), {
    replayed: true,
  }) as unknown as CreatedTask<R>
}

interface Failure {
  endpoint: string
  call: KeyedCall
  delivery: Delivery
}

/** The error that tells the caller whether something may have been bought, with the key either way. */
const explain = (error: unknown, { endpoint, call, delivery }: Failure): unknown => {
  const idempotencyKey = textOf(call)
  // An abort: the caller's own reason, unchanged, even if it is an error of ours.
  const { signal } = ownFields(call.options)
  if (signal?.aborted && error === abortReason(signal)) return error
  const isOurs = RunApiError.is(error)
  if (isOurs && errorDescribesOutcome(error, delivery))
    // A key that is not a string cannot be reused.
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

const adviceAfterCreate = (status: number): string | undefined => {
  if (leavesOutcomeOpen(status))
    return 'the task may exist: call again with the same parameters and error.idempotencyKey, and it is not bought twice'
  if (status === 409)
    return 'where other parameters used this idempotency key, give the order a key of its own'
  return undefined
}

/** Whether the error alone tells the truth about all attempts: each is settled, or open in exactly the way that it names. */
const errorDescribesOutcome = ({ code }: RunApiError, { possiblyReceived }: Delivery): boolean =>
  possiblyReceived.size === 0 ||
  code === 'client_closed' ||
  ((code === 'server' || code === 'malformed_response') &&
    possiblyReceived.size === 1 &&
    possiblyReceived.has(code))
