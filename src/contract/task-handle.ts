import type { CallOptions, WaitOptions } from './options'
import type { TaskRef } from './task-ref'
import type { CompletedState, TaskState, VideoResult } from './task-state'

/** The promise of a wait. It has the task too, because the reason of an abort does not carry it. */
export interface WaitPromise<R = VideoResult> extends Promise<CompletedState<R>> {
  /** The handle of the task. */
  readonly task: Task<R>
}

/**
 * A handle of a task at the service. It is easy to store (`toJSON()`) and cheap to recreate (`runapi.task(ref)`). It is
 * not a promise: `await task` returns the task, `await task.wait()` its videos.
 */
export interface Task<R = VideoResult> {
  /** The service's id of the task. */
  readonly id: string
  /** The endpoint that made it, such as `'luma.modifyVideo'`. */
  readonly endpoint: string
  /** The model, if it is known. */
  readonly model: string | undefined
  /** When the create returned, as an ISO 8601 string; `undefined` for a handle made from a bare id. */
  readonly createdAt: string | undefined
  /** The key of the create; `undefined` for a handle made from a bare id. */
  readonly idempotencyKey: string | undefined
  /** Whether the service answered the create with the task of an earlier one with the same key: nothing was bought again. */
  readonly replayed: boolean
  /** The service's `x-request-id` of the create, for its support. */
  readonly requestId: string | undefined
  /** The latest state seen; `undefined` until a revived handle has polled. */
  readonly state: TaskState<R> | undefined
  /**
   * Polls once. A failed generation is returned, not thrown. A handle that has seen a terminal state returns it without a
   * request.
   *
   * @throws {NotFoundError} if the service does not know the task, {AuthenticationError} and the other API errors,
   * {ConnectionError}, {MalformedResponseError}; each carries the task
   */
  poll(options?: CallOptions): Promise<TaskState<R>>
  /**
   * Waits for the videos. All waits for one task share one polling loop. If the signal aborts, the wait rejects with its
   * reason; the promise has the task.
   *
   * @throws {TaskFailedError} if the service says that the generation failed
   * @throws {WaitTimeoutError} when `timeoutMs` has passed; the task continues
   * @throws {PollFailedError} if more than `maxPollFailures` polls in a row failed
   * @throws {RunApiError} of another kind if the service refuses, such as `AuthenticationError`
   *
   * @example
   * const { videos } = await task.wait({ onUpdate: (state) => console.log(state.status) })
   */
  wait(options?: WaitOptions<TaskState<R>>): WaitPromise<R>
  /**
   * Yields each changed state, ending with the terminal one. Leave the loop to stop polling. A failed generation is the
   * last item; every other ending throws the same error as `wait()`.
   *
   * @example
   * for await (const state of task.updates()) console.log(state.status)
   */
  updates(options?: Omit<WaitOptions<TaskState<R>>, 'onUpdate'>): AsyncIterable<TaskState<R>>
  /** Returns the task as plain data without any secret: for storage, queues and other processes. */
  toJSON(): TaskRef
}

/** The handle of a task that this client has just bought, with the fields that every create knows. */
export interface CreatedTask<R = VideoResult> extends Task<R> {
  /** The model; the name of the endpoint if it has no models. */
  readonly model: string
  /** When the create returned, as an ISO 8601 string. */
  readonly createdAt: string
  /** The key of the create. */
  readonly idempotencyKey: string
}
