import { readTaskId } from '../contract/task-id'
import {
  type ResultReader,
  readTaskState,
  readVideoResult,
  type TaskState,
  type VideoResult,
} from '../contract/task-state'
import {
  WebhookVerificationError,
  type WebhookVerificationReason,
} from '../errors/webhook-verification-error'
import { ownFields } from '../platform/own'
import { checkOptions } from '../settings/checks'
import { requireGlobals } from '../settings/globals'

/** A request's raw body: its text, or its bytes (a Node `Buffer` is a `Uint8Array`). */
export type WebhookBody = string | Uint8Array | ArrayBuffer

// A delivery is a few hundred bytes. Nothing beyond this is hashed or parsed.
const MAX_BYTES = 2 ** 20

/** The bytes of a raw body. */
export const rawBytes = (body: unknown): Uint8Array => {
  const bytes = bytesOf(body)
  if (!bytes)
    throw verificationError(
      'bad_body',
      'body must be the raw text or bytes, such as `await request.text()`, not a parsed object',
    )
  if (bytes.length > MAX_BYTES) throw verificationError('bad_body', 'body is larger than 1 MiB')
  return bytes
}

const bytesOf = (body: unknown): Uint8Array | undefined => {
  // A UTF-16 unit is at least one byte, so a text that is cut here is still too large.
  if (typeof body === 'string') return new TextEncoder().encode(body.slice(0, MAX_BYTES + 1))
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  // Not `instanceof`, which fails for a buffer of another realm (jsdom, edge sandboxes).
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]')
    return new Uint8Array(body as ArrayBuffer)
  return undefined
}

/** The content of a delivery's body, without any proof that the service sent it. */
export interface UnverifiedWebhook<R = VideoResult> {
  /** The task's id, as the create returned it. */
  taskId: string
  /** The state that the delivery claims. */
  task: TaskState<R>
}

/** Options of reading a delivery. */
export interface ParseWebhookOptions<R = VideoResult> {
  /**
   * Reads the result of a completed task, for endpoints of your own whose results are not videos.
   * @default reads `videos` and `sources`
   */
  result?: ResultReader<R> | undefined
}

/** Reads the task in a delivery's bytes. */
export const readDelivery = <R>(
  bytes: Uint8Array,
  nowMs: number,
  // Without a reader of the caller's own, R is VideoResult: the default of both.
  readResult = readVideoResult as unknown as ResultReader<R>,
): UnverifiedWebhook<R> => {
  const body = parseJson(bytes)
  const taskId = readTaskId(body)
  const state = readTaskState(body, { nowMs, readResult })
  if ('unreadable' in state) throw noTask(state.unreadable)
  if (taskId === undefined) throw noTask('it has no task id')
  return { taskId, task: state }
}

// What is not JSON reads as `undefined`, which is not a task. The parser's message would quote the body.
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

const noTask = (why: string): Error => verificationError('bad_body', `the body is not a RunAPI task: ${why}`)

/**
 * Reads an **unsigned** delivery, which is only a hint: anyone can send one, so fetch the task again by the id that
 * you stored when you created it, and act on that answer alone. Not for signed deliveries: use `verifyWebhook`.
 *
 * @param body the request's raw text or bytes, 1 MiB at most
 * @throws {WebhookVerificationError} `bad_body`: it contains no task
 *
 * @example
 * const { taskId } = parseWebhook(await request.text())
 * const stored = orders.get(taskId)
 * if (stored) state = await runapi.task(stored.task).poll()
 */
export const parseWebhook = <R = VideoResult>(
  body: WebhookBody,
  options?: ParseWebhookOptions<R>,
): UnverifiedWebhook<R> => {
  requireGlobals('a webhook', 'TextEncoder', 'TextDecoder', 'URL')
  const { result } = ownFields(checkOptions('options', options, { result: true }))
  return readDelivery(rawBytes(body), Date.now(), result)
}

/** The error of a delivery that cannot be trusted or read. */
export const verificationError = (
  reason: WebhookVerificationReason,
  message: string,
): WebhookVerificationError => new WebhookVerificationError(message, { reason })
