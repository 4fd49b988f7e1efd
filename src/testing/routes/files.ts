import { own, ownText } from '../../platform/own'
import { createMd5 } from '../../transfer/upload/md5'
import { mediaTypeOf } from '../../transfer/upload/media-types'
import { json, refusals } from '../answers'
import { clipBytes } from '../clip'
import type { EmulatorState } from '../emulator-state'
import type { Exchange, Route } from '../route'
import { readJsonObject } from '../route'

/** Where files are, beside the results. */
const storageOf = ({ filesUrl }: Exchange): string => filesUrl.replace(/\/results$/, '')

type Announced = Pick<StoredFile, 'name' | 'type' | 'size' | 'checksum' | 'headers'>

const announce = (exchange: Exchange, state: EmulatorState, file: Announced): StoredFile => {
  const id = state.generateId('file')
  const url = `${storageOf(exchange)}/temp/${id}/${encodeURIComponent(file.name)}`
  const stored = { ...file, id, url, account: exchange.account }
  filesOf(state).set(id, stored)
  return stored
}

const publish = (file: StoredFile, bytes: Uint8Array<ArrayBuffer>, { time }: EmulatorState): Response => {
  file.bytes = bytes
  file.createdAtMs = time.now()
  return json(fileBody(file))
}

/** `POST /api/v1/files`: from a URL, whose file the emulator does not fetch but makes up, or from base64. */
const createFile: Route = {
  method: 'POST',
  path: '/api/v1/files',
  answer: (exchange, state) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const source = own(body, 'source')
    const bytes = bytesOf(source)
    if (bytes === undefined) return refusals.invalid({ source: ['must be a URL or base64'] })
    const name = ownText(body, 'file_name') ?? ownText(source, 'url')?.split(/[?#]/)[0]?.split('/').pop()
    const type = mediaTypeOf(name ?? '') ?? 'application/octet-stream'
    const file = announce(exchange, state, { name: name || 'file', type, size: bytes.length })
    return publish(file, bytes, state)
  },
}

const bytesOf = (source: unknown): Uint8Array<ArrayBuffer> | undefined => {
  const type = ownText(source, 'type')
  if (type === 'url') return /^https?:\/\/\S+$/i.test(ownText(source, 'url') ?? '') ? clipBytes() : undefined
  if (type !== 'base64') return undefined
  try {
    return Uint8Array.from(atob(ownText(source, 'data') ?? '%'), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** `POST /api/v1/files/prepare`: names a place for bytes that are announced with their length and their MD5. */
const prepareFile: Route = {
  method: 'POST',
  path: '/api/v1/files/prepare',
  answer: (exchange, state) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const name = ownText(body, 'filename')
    const type = ownText(body, 'content_type')
    const checksum = ownText(body, 'checksum')
    const size = own(body, 'byte_size')
    const errors = {
      ...(name === undefined && { filename: ['is required'] }),
      ...(type === undefined && own(body, 'content_type') != null && { content_type: ['must be text'] }),
      ...(!/^[\w+/]{22}==$/.test(checksum ?? '') && { checksum: ['must be the base64 of an MD5'] }),
      ...(!(typeof size === 'number' && size > 0) && { byte_size: ['must be above 0'] }),
    }
    if (Object.keys(errors).length > 0) return refusals.invalid(errors)
    const file = announce(exchange, state, {
      name: name as string,
      type: type ?? mediaTypeOf(name as string) ?? 'application/octet-stream',
      headers: type === undefined ? {} : { 'content-type': type, 'content-md5': checksum as string },
      size: size as number,
      checksum: checksum as string,
    })
    return json({
      signed_id: file.id,
      upload_url: `${storageOf(exchange)}/uploads/${file.id}?signature=${state.generateId('sig')}`,
      headers: type === undefined ? {} : { 'Content-Type': type, 'Content-MD5': file.checksum },
    })
  },
}

/** The PUT to that place: once, with the headers that it was named with, without a key, and the very bytes. */
const putFile: Route = {
  method: 'PUT',
  path: '/uploads/:id',
  open: true,
  answer: ({ params, headers, bytes, record }, state) => {
    const file = filesOf(state).get(params.id ?? '')
    if (file === undefined || file.bytes !== undefined) return storageSays(403, 'AccessDenied')
    if (record.authorized || headers.has('authorization')) return storageSays(400, 'InvalidArgument')
    const isSigned = Object.entries(file.headers ?? {}).every(([name, value]) => headers.get(name) === value)
    if (!isSigned) return storageSays(403, 'SignatureDoesNotMatch')
    if (bytes.length !== file.size || md5Of(bytes) !== file.checksum) return storageSays(400, 'BadDigest')
    file.bytes = Uint8Array.from(bytes)
    return new Response(null)
  },
}

/** `POST /api/v1/files/confirm`: makes the uploaded file available; again, it says the same. */
const confirmFile: Route = {
  method: 'POST',
  path: '/api/v1/files/confirm',
  answer: (exchange, state) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const file = filesOf(state).get(ownText(body, 'signed_id') ?? '')
    if (file?.account !== exchange.account) return refusals.notFound()
    if (file.bytes === undefined) return refusals.invalid({ signed_id: ['has no bytes yet'] })
    return file.createdAtMs === undefined ? publish(file, file.bytes, state) : json(fileBody(file))
  },
}

/** The file itself, for an hour. */
const tempFile: Route = {
  method: 'GET',
  path: '/temp/:id/:name',
  open: true,
  answer: ({ params }, state) => {
    const file = filesOf(state).get(params.id ?? '')
    if (!file?.bytes || !isServed(file, state.time.now())) return refusals.notFound()
    return new Response(file.bytes, {
      headers: { 'content-type': file.type, 'content-length': String(file.bytes.length) },
    })
  },
}

export const fileRoutes: readonly Route[] = [createFile, prepareFile, putFile, confirmFile, tempFile]

const md5Of = (bytes: Uint8Array): string => {
  const md5 = createMd5()
  md5.update(bytes)
  return btoa(String.fromCharCode(...md5.digest()))
}

const storageSays = (status: number, code: string): Response =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, {
    status,
    headers: { 'content-type': 'application/xml' },
  })

/** A temporary file of the service: announced, then uploaded, then confirmed. */
interface StoredFile {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** Base64 of the MD5 that was announced. */
  readonly checksum?: string
  /** What the upload must carry, by lower-case name: nothing if no media type was announced. */
  readonly headers?: Readonly<Record<string, string>>
  readonly url: string
  bytes?: Uint8Array<ArrayBuffer>
  /** When it was made available, in the emulator's time. */
  createdAtMs?: number
}

const stores = new WeakMap<EmulatorState, Map<string, StoredFile>>()

/** The files that were announced, by their id. */
const filesOf = (state: EmulatorState): Map<string, StoredFile> => {
  const known = stores.get(state) ?? new Map<string, StoredFile>()
  stores.set(state, known)
  return known
}

const LIFE_MS = 3_600_000

const isServed = ({ createdAtMs }: StoredFile, nowMs: number): boolean =>
  createdAtMs !== undefined && nowMs < createdAtMs + LIFE_MS

/** The service's description of an available file. */
const fileBody = ({ name, url, size, type, createdAtMs = 0 }: StoredFile): Record<string, unknown> => ({
  file_name: name,
  url,
  size_bytes: size,
  mime_type: type,
  created_at: new Date(createdAtMs).toISOString(),
  expires_at: new Date(createdAtMs + LIFE_MS).toISOString(),
})
