import type { CallOptions, WaitOptions } from './options'
import type { TaskRef } from './task-ref'
import type { CompletedState, TaskState, VideoResult } from './task-state'

/** The promise of a wait. It has the task too, because the reason of an abort does not carry it. */
export interface WaitPromise<R = VideoResult> extends Promise<CompletedState<R>> {
  /** The handle of the task that is waited for. */
  readonly task: Task<R>
}

/**
 * A handle of a task that the service works on. It is easy to store (`toJSON()`) and cheap to make again
 * (`runapi.task(ref)`). It is not a promise: `await task` returns the task, `await task.wait()` its videos.
 */
export interface Task<R = VideoResult> {
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
  /** The latest state seen; `undefined` while a revived handle has not asked yet. */
  readonly state: TaskState<R> | undefined
  /**
   * Polls once. A failed generation is returned, not thrown. A handle that has seen a terminal state returns it without a
   * request.
   *
   * @throws {NotFoundError} when the service does not know the task, {AuthenticationError} and the other API errors,
   * {ConnectionError}, {MalformedResponseError}; each carries the task
   */
  poll(options?: CallOptions): Promise<TaskState<R>>
  /**
   * Waits for the videos. Waits of one task share one loop of polls. An abort of the signal rejects with its reason; the
   * promise has the task.
   *
   * @throws {TaskFailedError} when the service says that the generation failed
   * @throws {WaitTimeoutError} when `timeoutMs` passed; the task continues
   * @throws {PollFailedError} when more than `maxPollFailures` polls failed in a row
   * @throws {RunApiError} of another kind when the service refuses, such as `AuthenticationError`
   *
   * @example
   * const { videos } = await task.wait({ onUpdate: (state) => console.log(state.status) })
   */
  wait(options?: WaitOptions<TaskState<R>>): WaitPromise<R>
  /**
   * The changed states as they come, ending with the terminal one. Leave the loop to stop polling. A failed generation
   * is the last item; every other end throws what `wait()` throws.
   *
   * @example
   * for await (const state of task.updates()) console.log(state.status)
   */
  updates(options?: Omit<WaitOptions<TaskState<R>>, 'onUpdate'>): AsyncIterable<TaskState<R>>
  /** The task as plain data without any secret: for storage, queues and other processes. */
  toJSON(): TaskRef
}

/** The handle of a task that this client has just bought: what a create knows of it is there. */
export interface CreatedTask<R = VideoResult> extends Task<R> {
  /** The model; the name of the endpoint where it has none. */
  readonly model: string
  /** When the create returned, as an ISO 8601 string. */
  readonly createdAt: string
  /** The key of the create. */
  readonly idempotencyKey: string
}
