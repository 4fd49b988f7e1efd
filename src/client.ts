/// <reference lib="esnext.disposable" />
import type { ResumeOptions, RunApiClientOptions } from './contract/options'
import type { Task } from './contract/task-handle'
import type { TaskRef } from './contract/task-ref'
import { isTerminal, type TaskState, type Video, type VideoResult } from './contract/task-state'
import { ConfigurationError } from './errors/configuration-error'
import { type EndpointName, type Families, mapEndpoints } from './models'
import type { EndpointDefinition } from './models/endpoint'
import { type Account, createAccount } from './money/account'
import { createPricing, type Pricing } from './money/pricing'
import { own, ownFields, ownText } from './platform/own'
import { carrySession, createSession, endpointOf, type Session } from './session'
import { checkFunction, checkOptions, refuseOption } from './settings/checks'
import { CLIENT_OPTIONS, resolveSettings } from './settings/settings'
import { type CreateMethod, createMethod, resumeOrder } from './task/create'
import { isTask, TaskHandle } from './task/task'
import { newTaskCore, pollerName } from './task/task-core'
import type { TaskPromise } from './task/task-promise'
import { checkId, parseTaskRef } from './task/task-ref'
import { type Download, download } from './transfer/download/download'
import type { DownloadOptions } from './transfer/download/download-options'
import { createFiles, type Files } from './transfer/upload/files'

type MethodOf<E> =
  E extends EndpointDefinition<string, infer Params, infer R> ? CreateMethod<Params, R> : never

type FamilyMethods = {
  readonly [F in keyof Families]: { readonly [M in keyof Families[F]]: MethodOf<Families[F][M]> }
}

export interface RunApiClient extends FamilyMethods {
  /** Closes the client at the end of an `await using` block, if the runtime has the symbol (Node 20 lacks it). */
  [Symbol.asyncDispose](): Promise<void>
}

/** The part of a verified webhook that `settle` needs: pass the event that `verifyWebhook` returns. */
export interface SettlingEvent<R = unknown> {
  /** The service's id of the task. */
  taskId: string
  /** The state in the webhook. */
  task: TaskState<R>
}

const STATUSES = ['pending', 'processing', 'completed', 'failed']

/** The session that a client inherits from the one whose `withOptions` made it. */
const PARENT = Symbol('parent')

/**
 * The client. Creating one does no I/O and reads no environment; a missing key is an error at the first request.
 *
 * @throws {ConfigurationError} for an option with an invalid value
 *
 * @example
 * const runapi = new RunApiClient() // reads RUNAPI_API_KEY
 * const { videos } = await runapi.hailuo.textToVideo({ model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' }).wait()
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface above adds the methods of the families
export class RunApiClient {
  /** The account of the client's key: its owner and its balance. */
  readonly account: Account
  /** Temporary files at the service, as inputs of tasks. */
  readonly files: Files
  /** Prices: quotes and the price list. */
  readonly pricing: Pricing
  readonly #options: RunApiClientOptions
  readonly #session: Session

  constructor(options?: RunApiClientOptions) {
    const settings = resolveSettings(options)
    this.#options = ownFields(options)
    const parent = (options as { [PARENT]?: Session } | undefined)?.[PARENT]
    this.#session = createSession(settings, parent)
    carrySession(this, this.#session)
    // A derived client may be short-lived, or silent: the ledger reports to the one that it was given to.
    if (!parent) settings.ledger?.attach(settings)
    this.account = createAccount(this.#session)
    this.files = createFiles(this.#session)
    this.pricing = createPricing(this.#session)
    Object.assign(
      this,
      mapEndpoints((endpoint) => createMethod(this.#session, endpoint)),
    )
  }

  /**
   * Revives a handle, without a request: from `task.toJSON()`, from its JSON text, or from an endpoint's name and a
   * bare id.
   *
   * @throws {ConfigurationError} for a ref that was altered, or whose task belongs to another service
   *
   * @example
   * const task = runapi.task(await store.get('order-17'))
   */
  task<R = VideoResult>(ref: TaskRef | Task<R> | string): Task<R>
  task(endpoint: EndpointName, id: string): Task
  task<R = VideoResult>(endpoint: string, id: string): Task<R>
  task(given: unknown, id?: unknown): Task<unknown> {
    const base = this.#session.settings.baseUrl()
    const ref =
      id === undefined
        ? parseTaskRef(isTask(given) ? given.toJSON() : given, base)
        : ({ v: 1, endpoint: String(given), id: checkId(id), baseUrl: base.href } satisfies TaskRef)
    return new TaskHandle(newTaskCore(this.#session, endpointOf(this.#session, ref.endpoint), ref))
  }

  /**
   * Turns your own definition of an endpoint into a method, for RunAPI endpoints that this package does not list. From
   * then on this client can revive its tasks.
   *
   * @throws {ConfigurationError} for a definition without a name, a path or a Standard Schema
   *
   * @example
   * const textToImage = runapi.endpoint({ name: 'flux.textToImage', path: '/api/v1/flux/text_to_image', params: schema })
   */
  endpoint<Params, R = VideoResult>(
    definition: EndpointDefinition<string, Params, R>,
  ): CreateMethod<Params, R> {
    checkDefinition(definition)
    this.#session.endpoints.set(definition.name, definition)
    return createMethod(this.#session, definition)
  }

  /**
   * Resumes an order of the client's ledger, such as one of `ledger.unfinished()`: returns its task, or sends it again
   * with its own key and body if its outcome is unknown. Register an endpoint of your own first.
   *
   * @throws {ConfigurationError} without a ledger, for an order of another service, and for one that is no longer open
   * @throws {UnknownOutcomeError} for an order whose outcome has been unknown for more than a day, unless `resendUnknown` is true
   *
   * @example
   * for (const order of await ledger.unfinished()) await runapi.resume(order).wait()
   */
  resume<R = VideoResult>(
    order: { readonly key: string; readonly endpoint: string },
    options?: ResumeOptions,
  ): TaskPromise<R> {
    return resumeOrder(this.#session, order, options)
  }

  /**
   * Starts downloading a result, on any runtime: you get the bytes as a stream. No key is sent, redirects are followed to
   * public https addresses only, and the stream ends without an error only after the whole file. To save to a disk, use
   * `downloadVideo` of `runapi-video/node`.
   *
   * @throws {ResultExpiredError} when the URL has expired, {DownloadError} for anything else; reading the body throws them too
   *
   * @example
   * const { body, contentType } = await runapi.download(videos[0])
   * return new Response(body, { headers: { 'content-type': contentType ?? 'video/mp4' } })
   */
  download(video: Video, options?: DownloadOptions): Promise<Download> {
    return download(this.#session, video, options)
  }

  /**
   * Hands a webhook to the waits of its task, including those of clients made by `withOptions`: after a terminal state
   * they end at once, without another poll. Pass the event from `verifyWebhook`, never an unsigned delivery. Returns whether
   * any of these clients was waiting for the task. In runtimes where a promise belongs to the request that made it
   * (Workers, edge) nothing is handed over, and the waits keep polling.
   *
   * @throws {ConfigurationError} for anything but a webhook event
   *
   * @example
   * runapi.settle(await verifyWebhook(await request.text(), request.headers, secret))
   */
  settle(event: SettlingEvent): boolean {
    const taskId = ownText(event, 'taskId')
    if (taskId === undefined || !STATUSES.includes(ownText(own(event, 'task'), 'status') ?? ''))
      throw new ConfigurationError('event: must be what verifyWebhook gave, unchanged')
    const { pollers, settings } = this.#session
    const { task: state } = event
    const isAwaited = pollers.deliverNews(pollerName(settings, taskId), state, isTerminal(state))
    settings.ledger?.ended({ id: taskId }, state)
    return isAwaited
  }

  /**
   * Returns a client with other options that shares this one's sockets, limits, retry budget and running waits. It is
   * closed with this one; closing it ends only its own calls.
   *
   * @example
   * const patient = runapi.withOptions({ timeoutMs: 120_000 })
   */
  withOptions(overrides: RunApiClientOptions): RunApiClient {
    const given = ownFields(checkOptions('options', overrides, CLIENT_OPTIONS))
    for (const name of ['clock', 'ledger', 'maxConnections', 'maxConcurrentPolls'] as const) {
      if (name in given && given[name] !== this.#options[name])
        throw new ConfigurationError(`${name}: is shared; make a new RunApiClient to change it`)
    }
    const options = { ...this.#options, ...given, [PARENT]: this.#session }
    return new RunApiClient(options)
  }

  /**
   * Releases the sockets and stops the timers. Calls and waits that are pending reject with a `ClientClosedError` that
   * carries the key or the task; so do later calls. Clients made by `withOptions` are closed with this one; closing one of
   * them ends only its own calls. Resolves when the ledger has finished writing.
   */
  async close(): Promise<void> {
    await this.#session.close()
    await this.#session.settings.ledger?.idle()
  }
}

const isTypical = (range: unknown): boolean => {
  const [fromMs, toMs, ...more] = Array.isArray(range) ? range : []
  return more.length === 0 && fromMs > 0 && toMs >= fromMs && Number.isFinite(toMs)
}

const checkDefinition = (definition: EndpointDefinition<string, unknown, unknown>): void => {
  if (typeof definition !== 'object' || definition === null) refuseOption('endpoint', 'an object', definition)
  const { name, path, params, result, schedule, typicalMs } = definition
  if (typeof name !== 'string' || name === '')
    throw new ConfigurationError("endpoint.name: must be text such as 'flux.textToImage'")
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw new ConfigurationError('endpoint.path: must begin with / and have no query')
  }
  if (typeof params?.['~standard']?.validate !== 'function') {
    throw new ConfigurationError('endpoint.params: must be a Standard Schema, such as one of zod or valibot')
  }
  if (result !== undefined) checkFunction('endpoint.result', result)
  if (schedule !== undefined) checkFunction('endpoint.schedule', schedule)
  if (typicalMs !== undefined && !isTypical(typicalMs))
    throw new ConfigurationError(
      'endpoint.typicalMs: must be two numbers of milliseconds above 0, the shorter first',
    )
}

// Node 20 lacks the symbol; if there is one, `await using` works.
if (Symbol.asyncDispose) {
  Object.defineProperty(RunApiClient.prototype, Symbol.asyncDispose, {
    value(this: RunApiClient) {
      return this.close()
    },
    configurable: true,
    writable: true,
  })
}
