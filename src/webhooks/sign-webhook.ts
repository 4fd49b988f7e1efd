import { ConfigurationError } from '../errors/configuration-error'
import { ownFields } from '../platform/own'
import { checkOptions } from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import { rawBytes, type WebhookBody } from './delivery'
import {
  hmacKeyOf,
  ID_FORM,
  ID_HEADER,
  SIGNATURE_HEADER,
  sign,
  signedMessage,
  TIMESTAMP_FORM,
  TIMESTAMP_HEADER,
  toBase64,
} from './verify-webhook'

/** Options of signing a delivery. */
export interface SignWebhookOptions {
  /**
   * The delivery's id: up to 256 visible ASCII characters, no dot.
   * @default a random UUID
   */
  id?: string | undefined
  /**
   * When the delivery is signed, in whole seconds since 1970.
   * @default the system's time
   */
  timestamp?: number | undefined
}

/** The headers that a signed delivery carries. */
export type WebhookSignatureHeaders = {
  /** The delivery's id. */
  'x-callback-id': string
  /** When it was signed, in whole seconds since 1970. */
  'x-callback-timestamp': string
  /** The signature, in base64. */
  'x-callback-signature': string
}

/**
 * Signs a delivery as the service does, for tests of your own webhook handler. Not for production code.
 *
 * @param body the text or bytes that the test will send
 * @returns the three headers to send with it
 * @throws {ConfigurationError} the secret, the id or the timestamp is malformed
 * @throws {WebhookVerificationError} `bad_body`: the body is a parsed object, or larger than 1 MiB
 *
 * @example
 * const body = JSON.stringify({ id: 'tsk_abc123', status: 'failed', error: 'Generation failed' })
 * const headers = await signWebhook(body, secret)
 * await fetch('http://localhost:3000/webhooks/runapi', { method: 'POST', headers, body })
 */
export const signWebhook = async (
  body: WebhookBody,
  secret: string,
  options?: SignWebhookOptions,
): Promise<WebhookSignatureHeaders> => {
  requireGlobals('a signature', 'crypto.subtle', 'TextEncoder', 'atob', 'btoa')
  const { id = randomId(), timestamp = Math.floor(Date.now() / 1000) } = ownFields(
    checkOptions('options', options, { id: true, timestamp: true }),
  )
  const time = String(timestamp)
  if (!ID_FORM.test(id) || !TIMESTAMP_FORM.test(time))
    throw new ConfigurationError(
      'id must be 1 to 256 visible ASCII characters without a dot, timestamp whole seconds',
    )
  const signature = await sign(signedMessage(id, time, rawBytes(body)), hmacKeyOf(secret))
  return { [ID_HEADER]: id, [TIMESTAMP_HEADER]: time, [SIGNATURE_HEADER]: toBase64(signature) }
}

const randomId = (): string => {
  requireGlobals("a delivery's id", 'crypto.randomUUID')
  return crypto.randomUUID()
}
