import type { CallOptions, WaitOptions } from '../options'
import { ownFields } from '../own'
import type { CompletedState, TaskState, VideoResult } from '../task-state'
import { pollTask } from './poll-task'
import type { TaskCore } from './task-core'
import type { TaskRef } from './task-ref'
import { updatesOf } from './updates-of'
import { waitForTask } from './wait-for-task'

const inspectCustom = Symbol.for('nodejs.util.inspect.custom')

interface TaskInit {
  replayed: boolean
  requestId?: string | undefined
}

/**
 * A handle of a task that the service works on. It is plain to store (`toJSON()`) and cheap to make again
 * (`runapi.task(ref)`). It is no promise: `await task` gives the task, `await task.wait()` its videos.
 */
export class Task<R = VideoResult> {
  /** The service's id of the task. */
  readonly id: string
  /** The endpoint that made it, such as `'luma.modifyVideo'`. */
  readonly endpoint: string
  /** The model, where it is known. */
  readonly model: string | undefined
  /** When the create returned, as an ISO 8601 string; `undefined` for a handle that was made from a bare id. */
  readonly createdAt: string | undefined
  /** The key of the create; `undefined` for a handle that was made from a bare id. */
  readonly idempotencyKey: string | undefined
  /** Whether the service answered the create with the task of an earlier one of the same key: nothing was bought again. */
  readonly replayed: boolean
  /** The service's `x-request-id` of the create, for its support. */
  readonly requestId: string | undefined
  readonly #core: TaskCore<R>

  /** @internal */
  constructor(core: TaskCore<R>, { replayed, requestId }: TaskInit = { replayed: false }) {
    const { id, endpoint } = core.ref
    const { model, createdAt, idempotencyKey } = ownFields(core.ref)
    this.id = id
    this.endpoint = endpoint
    this.model = model
    this.createdAt = createdAt
    this.idempotencyKey = idempotencyKey
    this.replayed = replayed
    this.requestId = requestId
    this.#core = core
  }

  /** The latest state seen; `undefined` while a revived handle has not asked yet. */
  get state(): TaskState<R> | undefined {
    return this.#core.state
  }

  /**
   * Asks for the status once. A failed generation is a state here, not an exception. A handle that has seen a terminal
   * state answers with it and sends nothing.
   *
   * @throws {NotFoundError} when the service does not know the task, {AuthenticationError} and the other API errors,
   * {ConnectionError}, {MalformedResponseError}; each carries the task
   */
  poll(options?: CallOptions): Promise<TaskState<R>> {
    return pollTask(this, this.#core, options)
  }

  /**
   * Waits for the videos. Waits of one task share one loop of polls.
   *
   * @throws {TaskFailedError} when the service says that the generation failed
   * @throws {WaitTimeoutError} when `timeoutMs` passed; the task goes on
   * @throws {PollFailedError} when more than `maxPollFailures` polls failed in a row
   * @throws {RunApiError} of another kind when the service refuses, such as `AuthenticationError`
   *
   * @example
   * const { videos } = await task.wait({ onUpdate: (state) => console.log(state.status) })
   */
  wait(options?: WaitOptions<TaskState<R>>): Promise<CompletedState<R>> {
    return waitForTask(this, this.#core, options)
  }

  /**
   * The changed states as they come, ended by the terminal one. Leaving the loop stops the polling. A failed generation
   * is the last item; every other end throws what `wait()` throws.
   *
   * @example
   * for await (const state of task.updates()) console.log(state.status)
   */
  updates(options?: Omit<WaitOptions<TaskState<R>>, 'onUpdate'>): AsyncIterable<TaskState<R>> {
    return updatesOf(this, this.#core, options)
  }

  /** The task as plain data without any secret: for storage, queues and other processes. */
  toJSON(): TaskRef {
    return { ...this.#core.ref }
  }

  /** @internal */
  [inspectCustom](
    _depth: number,
    options: object,
    inspect?: (value: unknown, options: object) => string,
  ): string {
    const fields = { ...this.toJSON(), status: this.state?.status }
    return `Task ${inspect ? inspect(fields, options) : JSON.stringify(fields)}`
  }

  /** What `nextDelay` needs; not part of the public surface. @internal */
  static coreOf<R>(task: Task<R>): TaskCore<R> {
    return task.#core
  }
}
