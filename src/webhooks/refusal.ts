import {
  WebhookVerificationError,
  type WebhookVerificationReason,
} from '../errors/webhook-verification-error'

export const refusal = (reason: WebhookVerificationReason, message: string): WebhookVerificationError =>
  new WebhookVerificationError(message, { reason })
