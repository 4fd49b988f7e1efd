import type { VideoResult } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { ownFields } from '../platform/own'
import { checkOptions } from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import {
  type ParseWebhookOptions,
  rawBytes,
  readDelivery,
  type UnverifiedWebhook,
  verificationError,
  type WebhookBody,
} from './delivery'
import { isSigned, keysOf, signedMessage } from './signature'
import { readSignedHeaders, SIGNATURE_HEADER, TIMESTAMP_HEADER, type WebhookHeaders } from './signed-headers'

/** A delivery that the service signed. Plain JSON data. */
export interface WebhookEvent<R = VideoResult> extends UnverifiedWebhook<R> {
  /** The delivery's own id. A delivery can repeat: skip an id that you have handled. */
  id: string
  /** When the service signed the delivery, as an ISO 8601 string. */
  sentAt: string
}

/** How a delivery is checked and read. */
export interface VerifyWebhookOptions<R = VideoResult> extends ParseWebhookOptions<R> {
  /**
   * How far the delivery's timestamp may be from now, into the past or the future, in seconds. Longer makes replays easier.
   * @default 300
   */
  toleranceSeconds?: number | undefined
  /**
   * The time to compare with, as a `Date` or in milliseconds since 1970; for tests and stored deliveries.
   * @default the system's time
   */
  now?: Date | number | undefined
}

/**
 * Checks that the service sent this delivery recently and unchanged, and reads it. Takes the **raw** body: JSON that
 * was parsed and serialised again has another signature. Answer with a 2xx within 10 seconds, or it is delivered again.
 *
 * @param body the request's text or bytes as received, 1 MiB at most
 * @param headers the request's headers; a `Headers`, a plain record or Node's
 * @param secrets the account's Callback Secret (base64), or several, of which one must match
 * @throws {WebhookVerificationError} the request cannot be trusted or read; `reason` says why
 * @throws {ConfigurationError} a secret or an option is wrong, whatever the request holds
 *
 * @example
 * const event = await verifyWebhook(await request.text(), request.headers, env.RUNAPI_CALLBACK_SECRET)
 * if (event.task.status === 'completed') console.log(event.taskId, event.task.videos[0].url)
 */
export const verifyWebhook = async <R = VideoResult>(
  body: WebhookBody,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options?: VerifyWebhookOptions<R>,
): Promise<WebhookEvent<R>> => {
  const {
    toleranceSeconds = 300,
    now = Date.now(),
    result,
  } = ownFields(checkOptions('options', options, { toleranceSeconds: true, now: true, result: true }))
  const nowMs = Number(now)
  if (!(toleranceSeconds >= 0 && Math.abs(nowMs) <= 8.64e15))
    throw new ConfigurationError('toleranceSeconds must be 0 or more, and now a valid Date or milliseconds')
  requireGlobals('a webhook', 'crypto.subtle', 'TextEncoder', 'TextDecoder', 'URL', 'atob')
  const keys = keysOf(secrets)

  const { id, timestamp, signatures } = readSignedHeaders(headers)
  const sentMs = Number(timestamp) * 1000
  const offSeconds = Math.abs(nowMs - sentMs) / 1000
  if (offSeconds > toleranceSeconds)
    throw verificationError(
      'stale',
      `${TIMESTAMP_HEADER} is ${Math.round(offSeconds)} s from now, more than toleranceSeconds (${toleranceSeconds}): a replay, or a wrong clock`,
    )
  const message = signedMessage(id, timestamp, rawBytes(body))
  if (!(await isSigned(message, signatures, keys)))
    throw verificationError(
      'no_match',
      `${SIGNATURE_HEADER} does not match: check the secret, and that body is as received, not parsed and serialised again`,
    )
  const signedBody = message.subarray(id.length + timestamp.length + 2)
  return { id, sentAt: new Date(sentMs).toISOString(), ...readDelivery(signedBody, nowMs, result) }
}
