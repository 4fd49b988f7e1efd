import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { get, hailuoBody, IMAGE_TO_VIDEO, LUMA, lumaBody, post, TEXT_TO_VIDEO } from './wire'

test('answers a create with the body of the vendor’s page', async () => {
  const emulator = createEmulator({ idField: 'task_id' })
  emulator.next({ id: 'tsk_abc123' })
  const response = await emulator.fetch(LUMA, post(lumaBody))
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(
    '{"task_id":"tsk_abc123","status":"pending","model":"luma-modify-video"}',
  )
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('x-runapi-task-id')).toBe('tsk_abc123')
  expect(response.headers.get('x-request-id')).toMatch(/^req_\w{12}$/)
})

test('names the task both ways unless told otherwise', async () => {
  const emulator = createEmulator()
  emulator.next({ id: 'tsk_abc123' })
  const response = await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody))
  expect(await response.json()).toEqual({
    task_id: 'tsk_abc123',
    id: 'tsk_abc123',
    status: 'pending',
    model: 'hailuo-02-text-to-video-pro',
  })
})

test('finds the API behind a proxy’s prefix on any host', async () => {
  const emulator = createEmulator()
  const response = await emulator.fetch(
    'http://localhost:3000/api/runapi/api/v1/luma/modify_video',
    post(lumaBody),
  )
  expect(response.status).toBe(200)
  expect(emulator.requests[0]?.path).toBe('/api/v1/luma/modify_video')
})

test('gives the original task to a repeated create with the same key and input', async () => {
  const emulator = createEmulator()
  const key = { 'idempotency-key': 'order-1' }
  const first = await (await emulator.fetch(LUMA, post(lumaBody, key))).json()
  const { model, prompt, source_video_url } = lumaBody
  const again = await emulator.fetch(LUMA, post({ source_video_url, prompt, model }, key))
  expect(await again.json()).toEqual({ ...first, task_replayed: true })
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 1, idempotencyKey: 'order-1', costCents: 50 }])
})

test('refuses a key that was used with other input', async () => {
  const emulator = createEmulator()
  const key = { 'idempotency-key': 'order-1' }
  await emulator.fetch(LUMA, post(lumaBody, key))
  const otherBody = await emulator.fetch(LUMA, post({ ...lumaBody, prompt: 'at night' }, key))
  const otherPath = await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody, key))
  expect([otherBody.status, otherPath.status]).toEqual([409, 409])
  expect(await otherBody.json()).toEqual({ error: 'Idempotency key was used with other input' })
  expect(emulator.tasks).toHaveLength(1)
})

test('buys a task for each create without a key', async () => {
  const emulator = createEmulator()
  await emulator.fetch(LUMA, post(lumaBody))
  await emulator.fetch(LUMA, post(lumaBody))
  expect(emulator.tasks.map(({ creates }) => creates)).toEqual([1, 1])
  expect(new Set(emulator.tasks.map(({ id }) => id)).size).toBe(2)
})

test.each([
  ['an empty', ''],
  ['a too long', 'k'.repeat(513)],
  ['a non-ASCII', 'ö'],
])('refuses %s idempotency key', async (_, key) => {
  const emulator = createEmulator()
  const response = await emulator.fetch(LUMA, post(lumaBody, { 'idempotency-key': key }))
  expect(response.status).toBe(400)
  expect(emulator.tasks).toHaveLength(0)
})

test('echoes the client’s request id and keeps it with the task', async () => {
  const emulator = createEmulator()
  const response = await emulator.fetch(LUMA, post(lumaBody, { 'x-client-request-id': 'mine-7' }))
  expect(response.headers.get('x-client-request-id')).toBe('mine-7')
  expect(emulator.tasks[0]?.clientRequestId).toBe('mine-7')
})

test('refuses broken rules with 400, naming the fields', async () => {
  const emulator = createEmulator()
  const { prompt: _, ...rest } = lumaBody
  const response = await emulator.fetch(LUMA, post(rest))
  expect(response.status).toBe(400)
  const body = await response.json()
  expect(body).toEqual({
    error: 'Validation failed: prompt: is required',
    errors: { prompt: ['is required'] },
  })
  expect(emulator.tasks).toHaveLength(0)
})

test('lists every broken field of a Hailuo model', async () => {
  const emulator = createEmulator()
  const body = {
    model: 'hailuo-2.3-image-to-video-pro',
    prompt: 'x',
    first_frame_image_url: 'https://example.com/a.png',
    last_frame_image_url: 'https://example.com/b.png',
    output_resolution: '512p',
  }
  const response = await emulator.fetch(IMAGE_TO_VIDEO, post(body))
  expect(response.status).toBe(400)
  const { error, errors } = await response.json()
  expect(Object.keys(errors).sort()).toEqual(['last_frame_image_url', 'output_resolution'])
  // Agents that use MCP see this text alone.
  expect(error).toContain('last_frame_image_url: only Hailuo 02 image-to-video models take it')
  expect(error).toContain('output_resolution: must be 768p or 1080p')
})

test('needs the model on the wire although the client may leave it out', async () => {
  const { model: _, ...rest } = lumaBody
  const response = await createEmulator().fetch(LUMA, post(rest))
  expect(await response.json()).toEqual({
    error: 'Validation failed: model: is required',
    errors: { model: ['is required'] },
  })
})

test('takes any parameters when validation is off', async () => {
  const emulator = createEmulator({ validate: false })
  const response = await emulator.fetch(LUMA, post({ ...lumaBody, newer_field: 1 }))
  expect(response.status).toBe(200)
})

test.each([
  ['malformed JSON', post('{"model":'), 400],
  ['JSON that is not an object', post('[]'), 400],
  ['another media type', post(lumaBody, { 'content-type': 'text/plain' }), 415],
  ['a missing key', post(lumaBody, { authorization: '' }), 401],
  ['a scheme other than Bearer', post(lumaBody, { authorization: 'Basic abc' }), 401],
])('refuses %s', async (_, init, status) => {
  const response = await createEmulator().fetch(LUMA, init)
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ error: expect.any(String) })
})

test('accepts only the given key when one is given', async () => {
  const emulator = createEmulator({ apiKey: 'right' })
  const wrong = await emulator.fetch(LUMA, post(lumaBody))
  const right = await emulator.fetch(LUMA, post(lumaBody, { authorization: 'Bearer right' }))
  expect([wrong.status, right.status]).toEqual([401, 200])
  expect(emulator.requests.map(({ authorized }) => authorized)).toEqual([false, true])
})

test('knows no other routes', async () => {
  const emulator = createEmulator()
  for (const url of [LUMA, 'https://runapi.ai/api/v1/luma/create', 'https://runapi.ai/']) {
    expect((await emulator.fetch(url, get)).status).toBe(404)
  }
})

test('answers 402 when the credits do not suffice, and refunds failed tasks', async () => {
  const emulator = createEmulator({ balanceCents: 100 })
  const { clock } = emulator
  emulator.next({ takesMs: 1_000, outcome: 'failed' })
  await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody))
  const refused = await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody))
  expect(refused.status).toBe(402)
  expect(await refused.json()).toEqual({ message: 'No credits' })
  await clock.sleep(1_000)
  expect((await emulator.fetch(TEXT_TO_VIDEO, post(hailuoBody))).status).toBe(200)
  expect(emulator.tasks.map(({ costCents }) => costCents)).toEqual([0, 57])
})

test('records what came without the key', async () => {
  const emulator = createEmulator()
  await emulator.fetch(LUMA, post(lumaBody, { 'idempotency-key': 'order-1' }))
  expect(emulator.requests).toHaveLength(1)
  expect(emulator.requests[0]).toMatchObject({
    method: 'POST',
    url: LUMA,
    path: '/api/v1/luma/modify_video',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'order-1' },
    authorized: true,
    body: lumaBody,
    status: 200,
  })
  expect(JSON.stringify([emulator.requests, emulator.tasks])).not.toContain('test-key')
})

test('serves an endpoint that only its definition describes', async () => {
  const params = {
    '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) },
  }
  const definition = { name: 'kling.textToVideo', path: '/api/v1/kling/text_to_video', params }
  const emulator = createEmulator({ endpoints: [definition] })
  const response = await emulator.fetch('https://runapi.ai/api/v1/kling/text_to_video', post({ model: 'k' }))
  expect(response.status).toBe(200)
  expect(emulator.tasks[0]).toMatchObject({ endpoint: 'kling.textToVideo', model: 'k' })
})

test('shows an endpoint of one’s own what came, objects under names of URLs too', async () => {
  const seen: unknown[] = []
  const validate = (value: unknown) => {
    seen.push(value)
    return { value }
  }
  const params = { '~standard': { version: 1 as const, vendor: 'test', validate } }
  const definition = { name: 'kling.imageToVideo', path: '/api/v1/kling/image_to_video', params }
  const emulator = createEmulator({ endpoints: [definition] })
  const body = { image_url: { url: 'https://example.com/a.png', detail: 'high' } }
  await emulator.fetch('https://runapi.ai/api/v1/kling/image_to_video', post(body))
  expect(seen).toEqual([body])
})

test('refuses a file’s object where the wire has its URL', async () => {
  const body = { ...lumaBody, source_video_url: { url: 'https://example.com/a.mp4' } }
  const response = await createEmulator().fetch(LUMA, post(body))
  expect(response.status).toBe(400)
  expect((await response.json()).error).toContain('source_video_url')
})

test('gives UUIDs as ids when asked, the same for the same seed', async () => {
  const idWith = async (seed: number) => {
    const emulator = createEmulator({ ids: 'uuid', seed })
    await emulator.fetch(LUMA, post(lumaBody))
    return emulator.tasks[0]?.id
  }
  expect(await idWith(7)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(await idWith(7)).toBe(await idWith(7))
  expect(await idWith(7)).not.toBe(await idWith(8))
})

test('buys again once it has forgotten its keys, and takes the next script', async () => {
  const emulator = createEmulator()
  const key = { 'idempotency-key': 'order-1' }
  emulator.next({ id: 'tsk_first' })
  await emulator.fetch(LUMA, post(lumaBody, key))
  emulator.forgetKeys()
  emulator.next({ id: 'tsk_second' })
  const again = await (await emulator.fetch(LUMA, post(lumaBody, key))).json()
  expect(again).toMatchObject({ task_id: 'tsk_second' })
  expect(again).not.toHaveProperty('task_replayed')
  expect(emulator.tasks).toMatchObject([
    { id: 'tsk_first', creates: 1, replays: 0 },
    { id: 'tsk_second', creates: 1, replays: 0 },
  ])
  expect(emulator.spentCents).toBe(100)
  expect(() => emulator.assertNothingBoughtTwice()).toThrow('luma.modifyVideo, 2 times')
})

test('forgetting keys leaves an order that was not bought yet its script', async () => {
  const emulator = createEmulator()
  const key = { 'idempotency-key': 'order-1' }
  emulator.next({ id: 'tsk_first', faults: { create: ['reset'] } })
  await expect(emulator.fetch(LUMA, post(lumaBody, key))).rejects.toThrow('fetch failed')
  emulator.forgetKeys()
  await emulator.fetch(LUMA, post(lumaBody, key))
  expect(emulator.tasks.map(({ id }) => id)).toEqual(['tsk_first'])
})

test('a key lives as long as the option says, on virtual time', async () => {
  const emulator = createEmulator({ idempotencyKeyLifeMs: 60_000 })
  const { clock } = emulator
  const create = async (body: object) => {
    const response = await emulator.fetch(LUMA, post(body, { 'idempotency-key': 'order-1' }))
    return response.status
  }
  const other = { ...lumaBody, prompt: 'at night' }
  expect(await create(lumaBody)).toBe(200)
  await clock.sleep(59_999)
  expect([await create(lumaBody), await create(other)]).toEqual([200, 409])
  expect(emulator.tasks).toMatchObject([{ replays: 1 }])
  await clock.sleep(1)
  expect([await create(other), await create(lumaBody)]).toEqual([200, 409])
  expect(emulator.tasks).toHaveLength(2)
})

test('gives the same ids for the same seed and others for another', async () => {
  const idWith = async (seed: number) => {
    const emulator = createEmulator({ seed })
    await emulator.fetch(LUMA, post(lumaBody))
    return emulator.tasks[0]?.id
  }
  expect(await idWith(7)).toBe(await idWith(7))
  expect(await idWith(7)).not.toBe(await idWith(8))
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'refuses the unknown field %s by its name',
  async (field) => {
    const emulator = createEmulator()
    const body = JSON.stringify(lumaBody).replace(/}$/, `,"${field}":1}`)
    const response = await emulator.fetch(LUMA, post(body))
    expect(response.status).toBe(400)
    const { errors } = JSON.parse(await response.text()) as { errors: object }
    expect(Object.entries(errors)).toEqual([[field, [expect.stringContaining('not')]]])
    expect(emulator.tasks).toHaveLength(0)
  },
)
