import { ApiError } from '../../errors/api-error'
import { ServerError } from '../../errors/server-error'
import type { HttpContext } from '../../http/context'
import { parseRetryAfter } from '../../http/retry-after'
import { abortWith, onAbort } from '../../platform/on-abort'
import type { HeaderRecord } from '../../settings/headers'
import { sendsStreams } from '../../transport/open-stream'
import { externalRequest } from '../external-request'
import type { Content } from './content'

/** Where the service says that the bytes go, and with which headers. */
export interface DirectUpload {
  signedId: string
  url: URL
  headers: HeaderRecord
}

interface Put {
  ticket: DirectUpload
  attempt: number
  signal: AbortSignal
  timeoutMs: number
  report: ((sentBytes: number) => void) | undefined
}

const BYTES_A_SECOND = 128 * 1024

/** Sends the bytes to their place: once, because the place is for one use. */
export const putContent = async (
  http: HttpContext,
  content: Content,
  { ticket, attempt, signal, timeoutMs, report }: Put,
): Promise<void> => {
  const controller = new AbortController()
  const forget = onAbort(signal, (reason) => abortWith(controller, reason))
  const inSteps = (report !== undefined || content.isOnDisk) && sendsStreams()
  report?.(0)
  try {
    const answer = await externalRequest(http, {
      operation: 'files.upload put',
      url: ticket.url,
      method: 'PUT',
      headers: { ...ticket.headers, ...(inSteps && { 'content-length': String(content.size) }) },
      body: inSteps ? counted(content.chunks(), report) : content.body,
      attempt,
      timeoutMs: timeoutMs + (content.size / BYTES_A_SECOND) * 1_000,
      controller,
    })
    answer.body?.cancel().catch(() => {})
    const { status } = answer
    if (status < 200 || status > 299) {
      const retryAfterMs = parseRetryAfter(answer.header('retry-after'), http.settings.clock.now())
      throw refusal(status, retryAfterMs)
    }
    if (!inSteps) report?.(content.size)
  } finally {
    forget()
  }
}

const refusal = (status: number, retryAfterMs: number | undefined): ApiError => {
  const Class = status >= 500 && status <= 599 ? ServerError : ApiError
  return new Class(`${status}: the file storage did not take the bytes`, { status, retryAfterMs })
}

const counted = (chunks: ReadableStream<Uint8Array>, report: Put['report']): ReadableStream<Uint8Array> => {
  const reader = chunks.getReader()
  let sentBytes = 0
  return new ReadableStream(
    {
      pull: async (out) => {
        const { done, value } = await reader.read()
        if (done) return out.close()
        out.enqueue(value)
        sentBytes += value.byteLength
        report?.(sentBytes)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
