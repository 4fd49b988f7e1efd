export { ConfigurationError } from '../errors/configuration-error'
export {
  WebhookVerificationError,
  type WebhookVerificationReason,
} from '../errors/webhook-verification-error'
export {
  type ParseWebhookOptions,
  parseWebhook,
  type UnverifiedWebhook,
  type WebhookBody,
} from './delivery'
export { type SignWebhookOptions, signWebhook, type WebhookSignatureHeaders } from './sign-webhook'
export {
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookEvent,
  type WebhookHeaders,
} from './verify-webhook'
