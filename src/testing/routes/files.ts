import { own, ownText } from '../../platform/own'
import { createMd5 } from '../../transfer/upload/md5'
import { mediaTypeOf } from '../../transfer/upload/media-types'
import { json, refusals } from '../answers'
import { clipBytes } from '../clip'
import type { EmulatorState } from '../emulator-state'
import { fileBody, filesOf, isServed, type StoredFile } from '../file-store'
import { readJsonObject } from '../read-request'
import type { Exchange, Route } from '../route'

/** Where files are, beside the results. */
const storageOf = ({ filesUrl }: Exchange): string => filesUrl.replace(/\/results$/, '')

type Announced = Pick<StoredFile, 'name' | 'type' | 'size'> & { checksum?: string }

const announce = (exchange: Exchange, world: EmulatorState, file: Announced): StoredFile => {
  const id = world.mintId('file')
  const url = `${storageOf(exchange)}/temp/${id}/${encodeURIComponent(file.name)}`
  const stored = { ...file, id, url, account: exchange.account }
  filesOf(world).set(id, stored)
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
  answer: (exchange, world) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const source = own(body, 'source')
    const bytes = bytesOf(source)
    if (bytes === undefined) return refusals.invalid({ source: ['must be a URL or base64'] })
    const name = ownText(body, 'file_name') ?? ownText(source, 'url')?.split(/[?#]/)[0]?.split('/').pop()
    const type = mediaTypeOf(name ?? '') ?? 'application/octet-stream'
    const file = announce(exchange, world, { name: name || 'file', type, size: bytes.length })
    return publish(file, bytes, world)
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
  answer: (exchange, world) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const name = ownText(body, 'filename')
    const type = ownText(body, 'content_type')
    const checksum = ownText(body, 'checksum')
    const size = own(body, 'byte_size')
    const errors = {
      ...(name === undefined && { filename: ['is required'] }),
      ...(type === undefined && { content_type: ['is required'] }),
      ...(!/^[\w+/]{22}==$/.test(checksum ?? '') && { checksum: ['must be the base64 of an MD5'] }),
      ...(!(typeof size === 'number' && size > 0) && { byte_size: ['must be above 0'] }),
    }
    if (Object.keys(errors).length > 0) return refusals.invalid(errors)
    const file = announce(exchange, world, {
      name: name as string,
      type: type as string,
      size: size as number,
      checksum: checksum as string,
    })
    return json({
      signed_id: file.id,
      upload_url: `${storageOf(exchange)}/uploads/${file.id}?signature=${world.mintId('sig')}`,
      headers: { 'Content-Type': file.type, 'Content-MD5': file.checksum },
    })
  },
}

/** The PUT to that place: once, with the headers that it was named with, without a key, and the very bytes. */
const putFile: Route = {
  method: 'PUT',
  path: '/uploads/:id',
  open: true,
  answer: ({ params, headers, bytes, record }, world) => {
    const file = filesOf(world).get(params.id ?? '')
    if (file === undefined || file.bytes !== undefined) return storageSays(403, 'AccessDenied')
    if (record.authorized || headers.has('authorization')) return storageSays(400, 'InvalidArgument')
    if (headers.get('content-type') !== file.type || headers.get('content-md5') !== file.checksum) {
      return storageSays(403, 'SignatureDoesNotMatch')
    }
    if (bytes.length !== file.size || md5Of(bytes) !== file.checksum) return storageSays(400, 'BadDigest')
    file.bytes = Uint8Array.from(bytes)
    return new Response(null)
  },
}

/** `POST /api/v1/files/confirm`: makes the uploaded file available; again, it says the same. */
const confirmFile: Route = {
  method: 'POST',
  path: '/api/v1/files/confirm',
  answer: (exchange, world) => {
    const body = readJsonObject(exchange)
    if (body instanceof Response) return body
    const file = filesOf(world).get(ownText(body, 'signed_id') ?? '')
    if (file?.account !== exchange.account) return refusals.notFound()
    if (file.bytes === undefined) return refusals.invalid({ signed_id: ['has no bytes yet'] })
    return file.createdAtMs === undefined ? publish(file, file.bytes, world) : json(fileBody(file))
  },
}

/** The file itself, for an hour. */
const tempFile: Route = {
  method: 'GET',
  path: '/temp/:id/:name',
  open: true,
  answer: ({ params }, world) => {
    const file = filesOf(world).get(params.id ?? '')
    if (!file?.bytes || !isServed(file, world.time.now())) return refusals.notFound()
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
