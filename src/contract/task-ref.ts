/**
 * A task as plain data, without any secret: store it, send it to another process, and revive it there with
 * `runapi.task(ref)`.
 */
export interface TaskRef {
  /** The version of this form. */
  v: 1
  /** The endpoint that made it, such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The service's id of the task. */
  id: string
  /** The model, if it is known. */
  model?: string
  /** The key of the create; absent for a handle made from a bare id. */
  idempotencyKey?: string
  /** When the create returned, as an ISO 8601 string. */
  createdAt?: string
  /** The service that knows the task. */
  baseUrl?: string
  /** The path of the status, if the service named another one than usual. */
  statusPath?: string
}
