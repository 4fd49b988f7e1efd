import type { Task } from '../contract/task-handle'
import type { TaskState } from '../contract/task-state'

/** The library's own code for each kind of error; stable across releases, unlike messages. */
export type RunApiErrorCode =
  | 'configuration'
  | 'validation'
  | 'spending_limit'
  | 'api'
  | 'bad_request'
  | 'authentication'
  | 'insufficient_credits'
  | 'permission_denied'
  | 'not_found'
  | 'conflict'
  | 'rate_limit'
  | 'server'
  | 'connection'
  | 'request_timeout'
  | 'unknown_outcome'
  | 'malformed_response'
  | 'task_failed'
  | 'wait_timeout'
  | 'poll_failed'
  | 'result_missing'
  | 'client_closed'
  | 'webhook_verification'
  | 'download'
  | 'result_expired'

/** The context that every error of this library may carry: all you need to continue. */
export interface RunApiErrorInit {
  /** The error that caused this one, with secrets removed. */
  cause?: unknown
  /** The key of the create that failed, or that made the task. Call again with it and nothing is bought twice. */
  idempotencyKey?: string | undefined
  /** The service's `x-request-id`, to quote to its support. */
  requestId?: string | undefined
  /** The handle of the task that was paid for: `poll()`, `wait()` or store its `toJSON()`. */
  task?: Task | undefined
  /** The latest state seen of the task. */
  lastState?: TaskState | undefined
  /** How long the wait had taken, in milliseconds. */
  elapsedMs?: number | undefined
  /** How many status requests the wait had made, failed ones counted. */
  polls?: number | undefined
}

const brand = Symbol.for('runapi-video.error')
const inspectCustom = Symbol.for('nodejs.util.inspect.custom')

/**
 * The root of every error that this library throws. An abort is not one of them: `signal.reason` is rethrown as is.
 *
 * @example
 * try {
 *   await task.wait()
 * } catch (error) {
 *   if (RunApiError.is(error)) console.error(error.code, error.message, error.task?.toJSON())
 *   else throw error
 * }
 */
export abstract class RunApiError extends Error {
  /** The key of the create that failed, or that made the task. Call again with it and nothing is bought twice. */
  declare readonly idempotencyKey?: string
  /** The service's `x-request-id`, to quote to its support. */
  declare readonly requestId?: string
  /** The handle of the task that was paid for: `poll()`, `wait()` or store its `toJSON()`. */
  declare readonly task?: Task
  /** How long the wait or the poll had taken, in milliseconds. */
  declare readonly elapsedMs?: number
  /** How many status requests the wait had made, failed ones counted. */
  declare readonly polls?: number
  // It contains what the service sent, so it is hidden from everything that walks enumerable properties.
  /** The latest state seen of the task. Not enumerable, and not in `toJSON()`. */
  declare readonly lastState?: TaskState
  readonly #init: RunApiErrorInit

  constructor(message: string, given?: RunApiErrorInit) {
    const init = ownInit(given)
    super(message, 'cause' in init ? { cause: init.cause } : undefined)
    this.#init = init
    const { idempotencyKey, requestId, task, elapsedMs, polls } = init
    Object.assign(this, withoutUndefined({ idempotencyKey, requestId, task, elapsedMs, polls }))
    hide(this, 'lastState', init.lastState)
  }

  /** Which error this is, for `switch`. */
  abstract get code(): RunApiErrorCode

  /** Whether the same call may succeed later, with the same idempotency key if it has one. */
  get retryable(): boolean {
    return false
  }

  /** @internal */
  get [brand](): true {
    return true
  }

  /** Whether `error` is an error of this library; works across copies and module formats, unlike `instanceof`. */
  static is(error: unknown): error is RunApiError {
    return typeof error === 'object' && error !== null && (error as { [brand]?: unknown })[brand] === true
  }

  /** Returns this error with more context: same class, message and stack. */
  with(context: RunApiErrorInit): this {
    const Class = this.constructor as new (message: string, init: RunApiErrorInit) => this
    const copy = new Class(this.message, { ...this.#init, ...withoutUndefined({ ...context }) })
    if (this.stack !== undefined) hide(copy, 'stack', this.stack)
    return copy
  }

  /** Returns plain data for logs: no secret, and nothing of the service's answer except its message. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, retryable } = this
    return { name, code, message, retryable, ...this.details() }
  }

  /** @internal */
  [inspectCustom](
    _depth: number,
    options: object,
    inspect?: (value: unknown, options: object) => string,
  ): string {
    const details = this.details()
    const cause = this.cause === undefined ? {} : { cause: this.cause }
    const text = this.stack ?? `${this.name}: ${this.message}`
    return inspect ? `${text} ${inspect({ ...details, ...cause }, options)}` : text
  }

  /** The fields of this class that are safe to print. */
  protected details(): Record<string, unknown> {
    const { idempotencyKey, requestId, task, elapsedMs, polls } = this.#init
    return withoutUndefined({ idempotencyKey, requestId, task: task?.toJSON(), elapsedMs, polls })
  }
}

/** The init without a prototype, so that a polluted `Object.prototype` adds nothing to an error. */
export const ownInit = <Init extends RunApiErrorInit>(given: Init | undefined): Init =>
  Object.assign(Object.create(null), given)

/** Sets a property that is read by name only, never listed. */
export const hide = (target: object, name: PropertyKey, value: unknown): void => {
  // Without a prototype, because a polluted one may have a `get`.
  const descriptor = { __proto__: null, value, configurable: true, writable: true }
  Object.defineProperty(target, name, descriptor)
}

export const withoutUndefined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
