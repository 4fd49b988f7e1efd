interface RequestFields {
  /** What the request is for, such as `'luma.modifyVideo create'`. */
  operation: string
  /** The HTTP method. */
  method: 'GET' | 'POST' | 'PUT'
  /** The address without its query. */
  url: string
  /** Counts the attempts of one call, from 0. */
  attempt: number
  /** The key of the create, the same in all events of one create; other requests have none. */
  idempotencyKey?: string
}

/** An attempt is about to be sent. */
export interface RequestEvent extends RequestFields {
  type: 'request'
}

/** An attempt ended: with a `status`, or with an `error` code if no answer came. */
export interface ResponseEvent extends RequestFields {
  type: 'response'
  /** From getting a connection to the end of the body. */
  durationMs: number
  /** The HTTP status, if an answer came. */
  status?: number
  /** The service's `x-request-id`. */
  requestId?: string
  /** The code of the error; `aborted` if its signal ended it. */
  error?: string
}

/** A call will be attempted again after `delayMs`. */
export interface RetryEvent extends RequestFields {
  type: 'retry'
  /** The time until the next attempt. */
  delayMs: number
  /** The code of the error that ended this one. */
  error: string
  /** The HTTP status of this one, if an answer came. */
  status?: number
}

/**
 * A create ended. `created` and `replayed` come with the `taskId`, the other two with the `error` code. `unknown` says
 * that a task may exist and be paid for, but this client has not seen its id: keep the `idempotencyKey` and call again
 * with it. `not_created` says that nothing was bought; with a ledger, not by an earlier create with the key either.
 */
export interface TaskEvent {
  type: 'task'
  /** The outcome, as above. */
  outcome: 'created' | 'replayed' | 'unknown' | 'not_created'
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** Empty if the caller's own key was refused because it is not text. */
  idempotencyKey: string
  /** From the call to its end: all attempts and the delays between them. */
  elapsedMs: number
  /** The service's id of the task. */
  taskId?: string
  /** The model, if it is known. */
  model?: string
  /** The service's `x-request-id`, from the last answer. */
  requestId?: string
  /** The code of the error; `aborted` if the signal ended the create. */
  error?: string
}

/** A status request ended: with the task's `status`, or with the `error` code. */
export interface PollEvent {
  type: 'poll'
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The service's id of the task. */
  taskId: string
  /** The age of the task; for a handle made from a bare id, the age of the handle. */
  ageMs: number
  /** The status of the task: `pending`, `processing`, `completed` or `failed`. */
  status?: string
  /** The service's `x-request-id`. */
  requestId?: string
  /** The code of the error; `aborted` if the wait or the call was ended. */
  error?: string
}

/** A wait ended. */
export interface WaitEvent {
  type: 'wait'
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The service's id of the task. */
  taskId: string
  /** The model, if it is known. */
  model?: string
  /** `completed`, `failed`, or the code of the error that ended the wait; `aborted` if its signal did. */
  outcome: string
  /** How long it took. */
  elapsedMs: number
  /** How many status requests it made, failed ones counted. */
  polls: number
}

/** An event for `onEvent`: enough for metrics and tracing, and never a secret, a parameter or a result's URL. */
export type ClientEvent = RequestEvent | ResponseEvent | RetryEvent | TaskEvent | PollEvent | WaitEvent
