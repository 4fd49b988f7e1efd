import type { UploadedFile } from '../../contract/uploaded-file'
import { ConfigurationError } from '../../errors/configuration-error'
import { type Answer, malformed, objectOf } from '../../http/answer'
import { call, callLimits } from '../../http/call'
import { withRetries } from '../../http/retry'
import { combineSignals } from '../../http/shutdown'
import { guarded } from '../../platform/call-back'
import { own, ownText } from '../../platform/own'
import type { Session } from '../../session'
import { requireGlobals } from '../../settings/globals'
import { type HeaderRecord, headerRecord } from '../../settings/headers'
import { externalUrl } from '../external-request'
import type { Content } from './content'
import { type DirectUpload, putContent } from './put-content'
import { readUploadedFile } from './read-uploaded-file'
import type { UploadOptions } from './upload-options'

/** Uploads bytes: the service names a place for them, they go there, the service confirms. */
export const uploadContent = async (
  session: Session,
  content: Content,
  options: UploadOptions,
): Promise<UploadedFile> => {
  const { http } = session
  requireGlobals('an upload', 'ReadableStream', 'btoa')
  const limits = callLimits(options, http.settings)
  const { timeoutMs, maxRetries } = limits
  const { signal, release } = combineSignals(http.shutdown, limits.signal)
  const { log } = http.settings
  const { onProgress } = options
  const report =
    onProgress && guarded(onProgress, { name: 'onProgress', log, otherwise: 'the upload goes on' })
  try {
    const checksum = await readable(content.md5())
    const order = {
      filename: content.fileName,
      byte_size: content.size,
      checksum,
      content_type: content.contentType,
    }
    // A place is for one use, so a transfer that broke begins again with a new place.
    const signedId = await withRetries(
      http,
      { operation: 'files.upload', maxRetries, signal },
      async (attempt) => {
        const ticket = await prepare(session, order, { ...options, maxRetries: 0 })
        const put = { ticket, attempt, signal, timeoutMs }
        await putContent(http, content, {
          ...put,
          report: report && ((sentBytes) => report({ sentBytes, totalBytes: content.size })),
        })
        return ticket.signedId
      },
    )
    const what = { operation: 'files.upload confirm', method: 'POST', path: '/api/v1/files/confirm' } as const
    const body = { signed_id: signedId }
    return readUploadedFile(await call(http, { ...what, body, idempotent: false }, options))
  } finally {
    release()
  }
}

// The name is what a Blob whose file was changed or removed rejects with.
const readable = async (md5: Promise<string>): Promise<string> => {
  try {
    return await md5
  } catch (cause) {
    throw new ConfigurationError('source: could not be read; the file may have changed', { cause })
  }
}

const prepare = async ({ http }: Session, order: object, options: UploadOptions): Promise<DirectUpload> => {
  const what = { operation: 'files.upload prepare', method: 'POST', path: '/api/v1/files/prepare' } as const
  const answer = await call(http, { ...what, body: order, idempotent: true }, options)
  const said = objectOf(answer)
  const signedId = ownText(said, 'signed_id')
  if (signedId === undefined) throw malformed(answer, 'holds no signed_id')
  const refuse = (rule: string): never => {
    throw malformed(answer, `its upload_url ${rule}`)
  }
  const url = externalUrl(own(said, 'upload_url'), { base: http.settings.baseUrl() }, refuse)
  return { signedId, url, headers: headersIn(own(said, 'headers'), answer) }
}

const headersIn = (headers: unknown, answer: Answer): HeaderRecord => {
  try {
    const { 'content-length': _, ...rest } = headerRecord((headers ?? {}) as HeaderRecord)
    return rest
  } catch {
    throw malformed(answer, 'its headers are no HTTP headers')
  }
}
