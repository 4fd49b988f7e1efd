interface RequestFields {
  /** What the request is for, such as `'luma.modifyVideo create'`. */
  operation: string
  method: 'GET' | 'POST' | 'PUT'
  /** The address without its query. */
  url: string
  /** Counts the attempts of one call, from 0. */
  attempt: number
}

/** An attempt is about to be sent. */
export interface RequestEvent extends RequestFields {
  type: 'request'
  idempotencyKey?: string
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
 * A create ended. `created` and `replayed` come with the `taskId`; `unknown` says that a task may exist and be paid for
 * without this client having seen its id: keep the `idempotencyKey` and call again with it.
 */
export interface TaskEvent {
  type: 'task'
  outcome: 'created' | 'replayed' | 'unknown'
  endpoint: string
  idempotencyKey: string
  taskId?: string
  model?: string
  requestId?: string
}

/** A status request ended: with the task's `status`, or with the `error` code. */
export interface PollEvent {
  type: 'poll'
  endpoint: string
  taskId: string
  ageMs: number
  status?: string
  error?: string
}

/** A wait ended. */
export interface WaitEvent {
  type: 'wait'
  endpoint: string
  taskId: string
  /** `completed`, `failed`, or the code of the error that ended the wait; `aborted` when its signal did. */
  outcome: string
  elapsedMs: number
  polls: number
}

/** What `onEvent` receives: enough for metrics and tracing, and never a secret, a parameter or a result's URL. */
export type ClientEvent = RequestEvent | ResponseEvent | RetryEvent | TaskEvent | PollEvent | WaitEvent
