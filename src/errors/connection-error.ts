import { ownInit, RunApiError, type RunApiErrorInit } from './run-api-error'

export interface ConnectionErrorInit extends RunApiErrorInit {
  retryable?: boolean
}

/** No answer came: name resolution, connection or TLS failed, or the connection broke in the middle of an answer. */
export class ConnectionError extends RunApiError {
  readonly #retryable: boolean

  constructor(message: string, init?: ConnectionErrorInit) {
    super(message, init)
    this.#retryable = ownInit(init).retryable ?? true
  }
  override get name(): string {
    return 'ConnectionError'
  }
  get code(): 'connection' | 'request_timeout' {
    return 'connection'
  }
  /** `false` for an invalid certificate: a retry would not change it. */
  override get retryable(): boolean {
    return this.#retryable
  }
}
