interface RequestFields {
  /** What the request is for, such as `'luma.modifyVideo create'`. */
  operation: string
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
  durationMs: number
  status?: number
  requestId?: string
  error?: string
}

/** A call will be attempted again after `delayMs`. */
export interface RetryEvent extends RequestFields {
  type: 'retry'
  delayMs: number
  error: string
  status?: number
}

/**
 * A create ended. `created` and `replayed` come with the `taskId`, the other two with the `error` code. `unknown` says
 * that a task may exist and be paid for without this client having seen its id: keep the `idempotencyKey` and call again
 * with it. `not_created` says that nothing was bought.
 */
export interface TaskEvent {
  type: 'task'
  outcome: 'created' | 'replayed' | 'unknown' | 'not_created'
  endpoint: string
  /** Empty where the caller's own key was refused for being no text. */
  idempotencyKey: string
  /** From the call to its end: all attempts and the delays between them. */
  elapsedMs: number
  taskId?: string
  model?: string
  /** The service's `x-request-id`, from the last answer. */
  requestId?: string
  /** The code of the error; `aborted` when the signal ended the create. */
  error?: string
}

/** A status request ended: with the task's `status`, or with the `error` code. */
export interface PollEvent {
  type: 'poll'
  endpoint: string
  taskId: string
  ageMs: number
  status?: string
  requestId?: string
  error?: string
}

/** A wait ended. */
export interface WaitEvent {
  type: 'wait'
  endpoint: string
  taskId: string
  model?: string
  /** `completed`, `failed`, or the code of the error that ended the wait; `aborted` when its signal did. */
  outcome: string
  elapsedMs: number
  polls: number
}

/** What `onEvent` receives: enough for metrics and tracing, and never a secret, a parameter or a result's URL. */
export type ClientEvent = RequestEvent | ResponseEvent | RetryEvent | TaskEvent | PollEvent | WaitEvent
