interface RequestFields {
  /** What the request is for, such as `'luma.modifyVideo create'`. */
  operation: string
  /** The HTTP method. */
  method: 'GET' | 'POST' | 'PUT'
  /** The address without its query. */
  url: string
  /** Counts the attempts of one call, from 0. */
  attempt: number
  /** The key of the create, which is the same in all events of one create; other requests have none. */
  idempotencyKey?: string
}

/** An attempt is about to be sent. */
export interface RequestEvent extends RequestFields {
  type: 'request'
}

/** An attempt ended: with a `status`, or with the `error` code of why no answer came. */
export interface ResponseEvent extends RequestFields {
  type: 'response'
  /** From its place among the connections to the end of the body. */
  durationMs: number
  /** The HTTP status, where an answer came. */
  status?: number
  /** The service's `x-request-id`. */
  requestId?: string
  /** The code of the error; `aborted` when its signal ended it. */
  error?: string
}

/** A call will be attempted again after `delayMs`. */
export interface RetryEvent extends RequestFields {
  type: 'retry'
  /** How long it is until the next attempt. */
  delayMs: number
  /** The code of the error that ended this one. */
  error: string
  /** The HTTP status of this one, where an answer came. */
  status?: number
}

/**
 * A create ended. `created` and `replayed` come with the `taskId`, the other two with the `error` code. `unknown` says
 * that a task may exist and be paid for without this client having seen its id: keep the `idempotencyKey` and call again
 * with it. `not_created` says that nothing was bought; with a ledger, neither by an earlier create with the key.
 */
export interface TaskEvent {
  type: 'task'
  /** How it ended, as above. */
  outcome: 'created' | 'replayed' | 'unknown' | 'not_created'
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** Empty where the caller's own key was refused for not being text. */
  idempotencyKey: string
  /** From the call to its end: all attempts and the delays between them. */
  elapsedMs: number
  /** The service's id of the task. */
  taskId?: string
  /** The model, where it is known. */
  model?: string
  /** The service's `x-request-id`, from the last answer. */
  requestId?: string
  /** The code of the error; `aborted` when the signal ended the create. */
  error?: string
}

/** A status request ended: with the task's `status`, or with the `error` code. */
export interface PollEvent {
  type: 'poll'
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The service's id of the task. */
  taskId: string
  /** How old the task is; for a handle of a bare id, how old the handle is. */
  ageMs: number
  /** The status of the task: `pending`, `processing`, `completed` or `failed`. */
  status?: string
  /** The service's `x-request-id`. */
  requestId?: string
  /** The code of the error; `aborted` when the wait or the call was ended. */
  error?: string
}

/** A wait ended. */
export interface WaitEvent {
  type: 'wait'
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The service's id of the task. */
  taskId: string
  /** The model, where it is known. */
  model?: string
  /** `completed`, `failed`, or the code of the error that ended the wait; `aborted` when its signal did. */
  outcome: string
  /** How long it took. */
  elapsedMs: number
  /** How many status requests it made, failed ones counted. */
  polls: number
}

/** What `onEvent` receives: enough for metrics and tracing, and never a secret, a parameter or a result's URL. */
export type ClientEvent = RequestEvent | ResponseEvent | RetryEvent | TaskEvent | PollEvent | WaitEvent
