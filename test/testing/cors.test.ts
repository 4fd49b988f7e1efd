import { createEmulator, type Emulator } from 'runapi-video/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lumaBody, post } from './wire'

const PATH = '/api/v1/luma/modify_video'
let emulator: Emulator
let url: string
beforeEach(async () => {
  emulator = createEmulator()
  url = (await emulator.listen()).url
})
afterEach(() => emulator.close())

test('a preflight is answered with what a page may send', async () => {
  const answer = await fetch(url + PATH, { method: 'OPTIONS', headers: { origin: 'http://localhost:3000' } })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  const allowed = answer.headers.get('access-control-allow-headers')?.split(', ')
  expect(allowed).toEqual(['authorization', 'content-type', 'idempotency-key', 'x-client-request-id'])
  expect(answer.headers.get('access-control-allow-methods')).toContain('POST')
})

test('a page may upload with the headers that the upload was given', async () => {
  const body = {
    filename: 'a.png',
    byte_size: 1,
    checksum: 'DMF1ucDxtqgxw5niaXcmYQ==',
    content_type: 'image/png',
  }
  const prepared = await fetch(`${url}/api/v1/files/prepare`, post(body))
  const { upload_url, headers } = await prepared.json()
  const answer = await fetch(upload_url, { method: 'OPTIONS' })
  const allowed = answer.headers.get('access-control-allow-headers')?.split(', ')
  expect(allowed).toEqual(expect.arrayContaining(Object.keys(headers).map((name) => name.toLowerCase())))
  expect(answer.headers.get('access-control-allow-methods')).toContain('PUT')
})

test('a preflight is not a request to the service', async () => {
  await fetch(url + PATH, { method: 'OPTIONS' })
  expect(emulator.requests).toEqual([])
})

test.each([
  { title: 'an answer', init: post(lumaBody) },
  { title: 'a refusal', init: { method: 'POST' } },
])('a page may read $title and its headers', async ({ init }) => {
  const answer = await fetch(url + PATH, init)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  const exposed = answer.headers.get('access-control-expose-headers')?.split(', ')
  expect(exposed).toEqual(['x-request-id', 'retry-after', 'location', 'x-runapi-task-id', 'etag'])
})
