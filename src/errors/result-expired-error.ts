import { DownloadError } from './download-error'

/** The server no longer serves the result (403, 404 or 410): its URL lives for 7 days from the task's completion. */
export class ResultExpiredError extends DownloadError {
  declare readonly status: number

  override get name(): string {
    return 'ResultExpiredError'
  }
  override get code(): 'result_expired' {
    return 'result_expired'
  }
}
