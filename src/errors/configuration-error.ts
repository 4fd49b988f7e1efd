import { RunApiError } from './run-api-error'

/**
 * The client or a call is misconfigured: a missing key, a bad base URL, a wrong option value, a handle of another service.
 * The message names the option, the rule and the fix. Nothing was sent.
 */
export class ConfigurationError extends RunApiError {
  override get name(): string {
    return 'ConfigurationError'
  }
  get code(): 'configuration' {
    return 'configuration'
  }
}
