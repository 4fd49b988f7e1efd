import type { VideoResult } from '../contract/task-state'
import { ownFields } from '../platform/own'
import { checkOptions } from '../settings/checks'
import { requireGlobals } from '../settings/globals'
import { rawBytes, type WebhookBody } from './raw-body'
import { type ParseWebhookOptions, readDelivery, type UnverifiedWebhook } from './read-delivery'

/**
 * Reads an **unsigned** delivery, which is only a hint: anyone can send one, so fetch the task again by the id that
 * you stored when you created it, and act on that answer alone. Not for signed deliveries: use `verifyWebhook`.
 *
 * @param body the request's raw text or bytes, 1 MiB at most
 * @throws {WebhookVerificationError} `bad_body`: it holds no task
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
  return readDelivery(
    rawBytes(body),
    Date.now(),
    ownFields(checkOptions('options', options, { result: true })).result,
  )
}
