import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { rejection } from '../support/scripted-fetch'

const CREATE = 'https://runapi.ai/api/v1/luma/modify_video'
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

// No fetch option: what MSW has put in the place of the global fetch must be used.
const client = () => new RunApiClient({ apiKey: 'test-key', clock: createEmulator().clock, logLevel: 'off' })

// Bodies and request as the vendor's pages show them.
const params = {
  model: 'luma-modify-video',
  prompt: 'Transform the scene into a foggy autumn morning with golden light filtering through trees',
  source_video_url: 'https://example.com/park-walk.mp4',
} as const
const CREATED = '{ "task_id": "tsk_abc123", "status": "pending", "model": "luma-modify-video" }'
const COMPLETED = `{ "id": "tsk_abc123", "status": "completed", "videos": [ { "url": "https://tempfile.runapi.ai/x.mp4" } ],
  "sources": [ { "url": "https://example.com/input.mp4" } ], "usage": { "cost": 0.5 } }`

test('the documented create and its status are spoken over the global fetch, also where a user mocks it', async () => {
  const seen: unknown[] = []
  const polls = ['{ "id": "tsk_abc123", "status": "processing" }', COMPLETED]
  server.use(
    http.post(CREATE, async ({ request }) => {
      seen.push(
        request.headers.get('authorization'),
        request.headers.get('content-type'),
        await request.json(),
      )
      return new HttpResponse(CREATED, { headers: { 'content-type': 'application/json' } })
    }),
    http.get(`${CREATE}/tsk_abc123`, () => new HttpResponse(polls.shift())),
  )
  const { videos, sources, costUsd } = await client().luma.modifyVideo(params).wait()
  expect(seen).toEqual(['Bearer test-key', 'application/json', params])
  expect([videos[0].url, sources?.[0]?.url, costUsd]).toEqual([
    'https://tempfile.runapi.ai/x.mp4',
    'https://example.com/input.mp4',
    0.5,
  ])
})

test('a network error, a 503 and a success are three attempts with one key', async () => {
  const keys: (string | null)[] = []
  const answers = [
    () => HttpResponse.error(),
    () => HttpResponse.json({ error: 'Service unavailable' }, { status: 503 }),
    () => new HttpResponse('{ "id": "tsk_abc123", "task_replayed": true }', { status: 201 }),
  ]
  server.use(
    http.post(CREATE, ({ request }) => {
      keys.push(request.headers.get('idempotency-key'))
      return answers.shift()?.()
    }),
  )
  const task = await client().luma.modifyVideo(params)
  expect(task).toMatchObject({ id: 'tsk_abc123', replayed: true })
  expect(keys).toEqual(Array(3).fill(task.idempotencyKey))
})

test.each([
  [400, '{ "error": "Validation failed", "errors": { "prompt": ["is required"] } }', 'bad_request'],
  [402, '{ "message": "No credits" }', 'insufficient_credits'],
  [409, '{ "error": { "code": "source_task_not_ready", "message": "wait" } }', 'conflict'],
])('the documented %i is typed', async (status, body, code) => {
  server.use(http.post(CREATE, () => new HttpResponse(body, { status })))
  expect(await rejection(client().luma.modifyVideo(params))).toMatchObject({ status, code })
})

test('a redirect is not followed through a mocked fetch', async () => {
  server.use(
    http.post(
      CREATE,
      () => new HttpResponse(null, { status: 307, headers: { location: 'https://evil.example/' } }),
    ),
    http.all('https://evil.example/*', () => {
      throw new Error('the redirect was followed')
    }),
  )
  expect(await rejection(client().luma.modifyVideo(params))).toMatchObject({ code: 'api', status: 307 })
})
