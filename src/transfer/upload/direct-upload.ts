import { type UploadedFile, withContent } from '../../contract/uploaded-file'
import { ApiError } from '../../errors/api-error'
import { ConfigurationError } from '../../errors/configuration-error'
import { ServerError } from '../../errors/server-error'
import { call, callLimits } from '../../http/call'
import type { ApiResponse, HttpContext } from '../../http/context'
import { safeCause } from '../../http/redact'
import { malformed, parseObject } from '../../http/request'
import { withRetries } from '../../http/retry'
import { parseRetryAfter } from '../../http/retry-after'
import { combineSignals } from '../../http/shutdown'
import { guarded } from '../../platform/call-back'
import { abortWith, onAbort } from '../../platform/on-abort'
import { own, ownText } from '../../platform/own'
import type { Session } from '../../session'
import { requireGlobals } from '../../settings/globals'
import { type HeaderRecord, headerRecord } from '../../settings/headers'
import { sendsStreams } from '../../transport/fetch'
import { externalRequest, externalUrl } from '../external-request'
import type { Content } from './content'
import { UPLOAD_OPTIONS, type UploadOptions } from './upload-options'

/** Uploads bytes: the service names a place for them, they go there, the service confirms. */
export const uploadContent = async (
  session: Session,
  content: Content,
  options: UploadOptions,
): Promise<UploadedFile> => {
  const { http } = session
  requireGlobals('an upload', 'ReadableStream', 'btoa')
  const limits = callLimits(options, http.settings, UPLOAD_OPTIONS)
  const { timeoutMs, maxRetries } = limits
  const { signal, release } = combineSignals(http.shutdown, limits.signal)
  const { log } = http.settings
  const { onProgress } = options
  const progress =
    onProgress && guarded(onProgress, { name: 'onProgress', log, otherwise: 'the upload goes on' })
  const report = progress && ((sentBytes: number) => progress({ sentBytes, totalBytes: content.size }))
  try {
    const order = {
      filename: content.fileName,
      byte_size: content.size,
      checksum: await content.md5().catch(changed),
      content_type: content.contentType,
    }
    const digest = await http.settings.ledger?.digest(content.chunks()).catch(changed)
    // A place is for one use, so a transfer that broke begins again with a new place.
    const signedId = await withRetries(
      http,
      { operation: 'files.upload', maxRetries, signal },
      async (attempt) => {
        const place = await prepare(session, order, { ...options, maxRetries: 0 })
        await putContent(http, content, { place, attempt, signal, timeoutMs, report })
        return place.signedId
      },
    )
    const confirm = {
      operation: 'files.upload confirm',
      method: 'POST',
      path: '/api/v1/files/confirm',
    } as const
    const body = { signed_id: signedId }
    const response = await call(http, { ...confirm, body, idempotent: false }, options, UPLOAD_OPTIONS)
    return withContent(readUploadedFile(response), digest)
  } finally {
    release()
  }
}

/** The service's unchanged answer to an upload. */
export const readUploadedFile = (response: ApiResponse): UploadedFile => {
  const file = parseObject(response)
  if (/^https?:\/\//i.test(ownText(file, 'url') ?? '')) return file as UploadedFile
  throw malformed(response, 'holds no url of the file')
}

// A Blob whose file was changed or removed rejects when it is read.
const changed = (thrown: unknown): never => {
  throw new ConfigurationError('source: could not be read; the file was changed, or removed, meanwhile', {
    cause: safeCause(thrown, []),
  })
}

/** The place that the service names for the bytes, and the headers to send. */
interface DirectUpload {
  signedId: string
  url: URL
  headers: HeaderRecord
}

const prepare = async ({ http }: Session, order: object, options: UploadOptions): Promise<DirectUpload> => {
  const request = {
    operation: 'files.upload prepare',
    method: 'POST',
    path: '/api/v1/files/prepare',
  } as const
  const response = await call(http, { ...request, body: order, idempotent: true }, options, UPLOAD_OPTIONS)
  const place = parseObject(response)
  const signedId = ownText(place, 'signed_id')
  if (signedId === undefined) throw malformed(response, 'holds no signed_id')
  const refuse = (rule: string): never => {
    throw malformed(response, `its upload_url ${rule}`)
  }
  const url = externalUrl(own(place, 'upload_url'), { base: http.settings.baseUrl() }, refuse)
  return { signedId, url, headers: headersIn(own(place, 'headers'), response) }
}

const headersIn = (headers: unknown, response: ApiResponse): HeaderRecord => {
  try {
    const { 'content-length': _, ...rest } = headerRecord((headers ?? {}) as HeaderRecord)
    return rest
  } catch {
    throw malformed(response, 'its headers are not HTTP headers')
  }
}

interface Put {
  place: DirectUpload
  attempt: number
  signal: AbortSignal
  timeoutMs: number
  report: ((sentBytes: number) => void) | undefined
}

const BYTES_A_SECOND = 128 * 1024

/** Sends the bytes to their place: once, because the place is for one use. */
const putContent = async (
  http: HttpContext,
  content: Content,
  { place, attempt, signal, timeoutMs, report }: Put,
): Promise<void> => {
  const controller = new AbortController()
  const forget = onAbort(signal, (reason) => abortWith(controller, reason))
  let unreadable: unknown
  const inSteps = (report !== undefined || content.isOnDisk) && sendsStreams()
  report?.(0)
  try {
    const response = await externalRequest(http, {
      operation: 'files.upload put',
      url: place.url,
      method: 'PUT',
      headers: { ...place.headers, ...(inSteps && { 'content-length': String(content.size) }) },
      body: inSteps ? counted(content.chunks(), report, (error) => (unreadable = error)) : content.body,
      attempt,
      timeoutMs: timeoutMs + (content.size / BYTES_A_SECOND) * 1_000,
      controller,
    })
    response.body?.cancel().catch(() => {})
    const { status } = response
    if (status < 200 || status > 299) {
      const retryAfterMs = parseRetryAfter(response.header('retry-after'), http.settings.clock.now())
      throw refusal(status, retryAfterMs)
    }
    if (!inSteps) report?.(content.size)
  } catch (error) {
    // The connection broke off because there was nothing to send.
    throw unreadable === undefined || signal.aborted ? error : changed(unreadable)
  } finally {
    forget()
  }
}

const refusal = (status: number, retryAfterMs: number | undefined): ApiError => {
  const Class = status >= 500 && status <= 599 ? ServerError : ApiError
  return new Class(`${status}: the file storage did not take the bytes`, { status, retryAfterMs })
}

const counted = (
  chunks: ReadableStream<Uint8Array>,
  report: Put['report'],
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> => {
  const reader = chunks.getReader()
  let sentBytes = 0
  return new ReadableStream(
    {
      pull: async (out) => {
        const { done, value } = await reader.read().catch((error) => {
          onError(error)
          throw error
        })
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
