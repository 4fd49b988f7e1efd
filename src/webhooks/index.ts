export { ConfigurationError } from '../errors/configuration-error'
export {
  WebhookVerificationError,
  type WebhookVerificationReason,
} from '../errors/webhook-verification-error'
export { parseWebhook } from './parse-webhook'
export type { WebhookBody } from './raw-body'
export type { ParseWebhookOptions, UnverifiedWebhook } from './read-delivery'
export { type SignWebhookOptions, signWebhook, type WebhookSignatureHeaders } from './sign-webhook'
export type { WebhookHeaders } from './signed-headers'
export { type VerifyWebhookOptions, verifyWebhook, type WebhookEvent } from './verify-webhook'
