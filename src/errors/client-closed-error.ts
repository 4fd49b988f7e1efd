import { RunApiError } from './run-api-error'

/** The client was closed while, or before, this call ran. A pending wait's error carries the task, a pending create's the key. */
export class ClientClosedError extends RunApiError {
  override get name(): string {
    return 'ClientClosedError'
  }
  get code(): 'client_closed' {
    return 'client_closed'
  }
}
