import { createHash } from 'node:crypto'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { post } from './wire'

const FILES = 'https://runapi.ai/api/v1/files'
const BYTES = 'hello bytes'
const MD5 = createHash('md5').update(BYTES).digest('base64')
const order = { filename: 'in.mp4', byte_size: 11, checksum: MD5, content_type: 'video/mp4' }

const prepared = async () => {
  const emulator = createEmulator()
  const { clock } = emulator
  const ticket = await (await emulator.fetch(`${FILES}/prepare`, post(order))).json()
  const put = (init: RequestInit = {}) =>
    emulator.fetch(ticket.upload_url, { method: 'PUT', headers: ticket.headers, body: BYTES, ...init })
  const confirm = () => emulator.fetch(`${FILES}/confirm`, post({ signed_id: ticket.signed_id }))
  return { emulator, clock, ticket, put, confirm }
}

test('prepare names a place and its headers', async () => {
  const { ticket } = await prepared()
  expect(ticket).toEqual({
    signed_id: expect.any(String),
    upload_url: expect.stringMatching(/^https:\/\/tempfile\.runapi\.ai\/uploads\/\w+\?signature=\w+$/),
    headers: { 'Content-Type': 'video/mp4', 'Content-MD5': MD5 },
  })
})

test('bytes that were put are confirmed, and served for an hour', async () => {
  const { emulator, clock, put, confirm } = await prepared()
  expect((await confirm()).status).toBe(400)
  expect((await put()).status).toBe(200)
  const file = await (await confirm()).json()
  expect(file).toEqual({
    file_name: 'in.mp4',
    url: expect.stringMatching(/^https:\/\/tempfile\.runapi\.ai\/temp\/\w+\/in\.mp4$/),
    size_bytes: 11,
    mime_type: 'video/mp4',
    created_at: '2026-01-01T00:00:00.000Z',
    expires_at: '2026-01-01T01:00:00.000Z',
  })
  const served = await emulator.fetch(file.url)
  expect(served.headers.get('content-type')).toBe('video/mp4')
  expect(await served.text()).toBe(BYTES)
  await clock.sleep(3_600_000)
  expect((await emulator.fetch(file.url)).status).toBe(404)
})

test.each<[string, RequestInit, number]>([
  ['other bytes', { body: 'other bytes' }, 400],
  ['fewer bytes', { body: 'hello' }, 400],
  ['without its headers', { headers: {} }, 403],
  ['with the key', { headers: { authorization: 'Bearer test-key' } }, 400],
])('the place refuses %s', async (_, init, status) => {
  const { put, confirm } = await prepared()
  expect((await put(init)).status).toBe(status)
  expect((await confirm()).status).toBe(400)
})

test('a media type need not be announced: the name tells it, and the upload needs no headers', async () => {
  const emulator = createEmulator()
  const { content_type: _, ...rest } = order
  const place = await (await emulator.fetch(`${FILES}/prepare`, post(rest))).json()
  expect(place.headers).toEqual({})
  expect((await emulator.fetch(place.upload_url, { method: 'PUT', body: 'other bytes' })).status).toBe(400)
  expect((await emulator.fetch(place.upload_url, { method: 'PUT', body: BYTES })).status).toBe(200)
  const confirmed = await emulator.fetch(`${FILES}/confirm`, post({ signed_id: place.signed_id }))
  expect(await confirmed.json()).toMatchObject({
    file_name: 'in.mp4',
    mime_type: 'video/mp4',
    size_bytes: 11,
  })
})

test('the place is for one use', async () => {
  const { put } = await prepared()
  await put()
  expect((await put()).status).toBe(403)
})

test("another account's file does not exist", async () => {
  const emulator = createEmulator({ apiKey: ['test-key', 'other-key'] })
  const { signed_id } = await (await emulator.fetch(`${FILES}/prepare`, post(order))).json()
  const init = post({ signed_id }, { authorization: 'Bearer other-key' })
  expect((await emulator.fetch(`${FILES}/confirm`, init)).status).toBe(404)
})

test('files are made from a URL and from base64', async () => {
  const emulator = createEmulator()
  const make = async (body: object) => (await emulator.fetch(FILES, post(body))).json()
  const fromUrl = await make({ source: { type: 'url', url: 'https://example.com/in.png?a=b' } })
  expect(fromUrl).toMatchObject({ file_name: 'in.png', mime_type: 'image/png' })
  const fromBase64 = await make({ source: { type: 'base64', data: btoa(BYTES) }, file_name: 'a.mov' })
  expect(fromBase64).toMatchObject({ file_name: 'a.mov', mime_type: 'video/quicktime', size_bytes: 11 })
  expect(await (await emulator.fetch(fromBase64.url)).text()).toBe(BYTES)
  for (const source of [undefined, {}, { type: 'url', url: 'in.png' }, { type: 'base64', data: '%' }]) {
    expect((await emulator.fetch(FILES, post({ source }))).status).toBe(400)
  }
})

test('what is announced must be complete', async () => {
  const emulator = createEmulator()
  const response = await emulator.fetch(`${FILES}/prepare`, post({ byte_size: 0, checksum: 'x' }))
  expect(response.status).toBe(400)
  expect(Object.keys((await response.json()).errors).sort()).toEqual(['byte_size', 'checksum', 'filename'])
})
