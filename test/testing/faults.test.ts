import { createEmulator, type EmulatorOptions, type TaskFaults } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { get, LUMA, lumaBody, post } from './wire'

const STATUS = `${LUMA}/tsk_abc123`
const PENDING = '{"id":"tsk_abc123","status":"pending"}'
const keyed = post(lumaBody, { 'idempotency-key': 'order-1' })

const scripted = (faults: TaskFaults, options: EmulatorOptions = {}) => {
  const emulator = createEmulator(options)
  const { clock } = emulator
  emulator.next({ id: 'tsk_abc123', faults })
  return { emulator, clock }
}

const polled = async (faults: TaskFaults['status'] = []) => {
  const { emulator, clock } = scripted({ status: faults })
  await emulator.fetch(LUMA, keyed)
  return { emulator, clock, poll: (init: RequestInit = {}) => emulator.fetch(STATUS, { ...get, ...init }) }
}

test('a reset create is not carried out', async () => {
  const { emulator } = scripted({ create: ['reset'] })
  const failure = await emulator.fetch(LUMA, keyed).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(TypeError)
  expect(failure).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
  expect(emulator.tasks).toHaveLength(0)
  expect(emulator.requests[0]).not.toHaveProperty('status')
  expect((await (await emulator.fetch(LUMA, keyed)).json()).id).toBe('tsk_abc123')
})

test('a create whose answer is lost was bought, and its repetition is a replay', async () => {
  const { emulator } = scripted({ create: ['lose-answer'] })
  await expect(emulator.fetch(LUMA, keyed)).rejects.toThrow(TypeError)
  expect(emulator.tasks).toMatchObject([{ id: 'tsk_abc123', creates: 1, replays: 0 }])
  const again = await emulator.fetch(LUMA, keyed)
  expect(await again.json()).toMatchObject({ id: 'tsk_abc123', task_replayed: true })
  expect(emulator.tasks).toMatchObject([{ creates: 1, replays: 1 }])
})

test('an answer in the script’s words stands in for the usual one', async () => {
  const { emulator } = scripted({
    create: [{ status: 503, retryAfter: '2', body: '<h1>busy</h1>', contentType: 'text/html' }],
  })
  const response = await emulator.fetch(LUMA, keyed)
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('2')
  expect(response.headers.get('content-type')).toBe('text/html')
  expect(await response.text()).toBe('<h1>busy</h1>')
  expect(emulator.tasks).toHaveLength(0)
  expect(emulator.requests[0]?.status).toBe(503)
})

test('a bare status speaks the service’s words', async () => {
  const { poll } = await polled([{ status: 429, retryAfter: 7 }, { status: 204 }])
  const limited = await poll()
  expect(await limited.json()).toEqual({ error: 'Too many requests' })
  expect(limited.headers.get('retry-after')).toBe('7')
  expect((await poll()).body).toBeNull()
})

test('an answered 5xx can come after the task was bought', async () => {
  const { emulator } = scripted({ create: [{ status: 500, carryOut: true }] })
  expect((await emulator.fetch(LUMA, keyed)).status).toBe(500)
  expect(emulator.tasks).toHaveLength(1)
})

test('headers alone are laid over the usual answer', async () => {
  const { poll } = await polled([{ retryAfter: 30 }])
  const response = await poll()
  expect(response.headers.get('retry-after')).toBe('30')
  expect(await response.text()).toBe(PENDING)
})

test('a status word that nobody knows comes through', async () => {
  const { poll } = await polled([{ body: { id: 'tsk_abc123', status: 'warming_up' } }])
  expect(await (await poll()).json()).toEqual({ id: 'tsk_abc123', status: 'warming_up' })
})

test('the n-th fault strikes the n-th request, and later ones go well', async () => {
  const { emulator, poll } = await polled(['ok', 'reset'])
  expect(await (await poll()).text()).toBe(PENDING)
  await expect(poll()).rejects.toThrow('fetch failed')
  expect(await (await poll()).text()).toBe(PENDING)
  expect(emulator.tasks[0]?.polls).toBe(3)
})

test('a slow answer takes its time, and what was asked is done at once', async () => {
  const { emulator, clock } = scripted({ create: [{ delayMs: 5_000 }] })
  const answered = emulator.fetch(LUMA, keyed)
  await clock.sleep(4_999)
  expect(emulator.tasks).toHaveLength(1)
  expect(emulator.requests[0]).not.toHaveProperty('status')
  await answered
  expect(clock.monotonic()).toBe(5_000)
})

test('a stalled request lets time pass and ends with its signal', async () => {
  const { clock, poll } = await polled(['stall'])
  const controller = new AbortController()
  const answered = poll({ signal: controller.signal })
  await clock.sleep(60_000)
  controller.abort('enough')
  await expect(answered).rejects.toBe('enough')
})

test('a malformed answer is a 200 that ends in the middle', async () => {
  const { poll } = await polled(['malformed'])
  const response = await poll()
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.text()).toBe(PENDING.slice(0, PENDING.length / 2))
})

test('a cut body breaks after its first half', async () => {
  const { poll } = await polled(['cut-body'])
  const reader = (await poll()).body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(PENDING.slice(0, PENDING.length / 2))
  await expect(reader?.read()).rejects.toThrow('fetch failed')
})

test('a stalled body lets time pass and ends with its signal', async () => {
  const { clock, poll } = await polled(['stall-body'])
  const controller = new AbortController()
  const text = (await poll({ signal: controller.signal })).text()
  await clock.sleep(60_000)
  controller.abort(new Error('enough'))
  await expect(text).rejects.toThrow('enough')
})

test('the video’s requests have faults of their own', async () => {
  const { emulator, clock } = scripted({ result: [{ status: 403 }] })
  await emulator.fetch(LUMA, keyed)
  await clock.sleep(62_000)
  const video = () => emulator.fetch('https://tempfile.runapi.ai/results/tsk_abc123.mp4')
  expect([(await video()).status, (await video()).status]).toEqual([403, 200])
})

test('refused creates use up neither script nor fault', async () => {
  const { emulator } = scripted({ create: ['reset'] })
  expect((await emulator.fetch(LUMA, post({ model: 'luma-modify-video' }))).status).toBe(400)
  expect((await emulator.fetch(LUMA, post(lumaBody, { authorization: '' }))).status).toBe(401)
  await expect(emulator.fetch(LUMA, keyed)).rejects.toThrow('fetch failed')
})

test('faults can strike any request by its number', async () => {
  const emulator = createEmulator({ fault: ({ index }) => (index === 1 ? { status: 502 } : undefined) })
  const statuses: number[] = []
  for (let count = 0; count < 3; count += 1) statuses.push((await emulator.fetch(LUMA, keyed)).status)
  expect(statuses).toEqual([200, 502, 200])
})

test('random faults repeat with the seed', async () => {
  const run = async (seed: number) => {
    const emulator = createEmulator({
      seed,
      fault: ({ random }) => (random() < 0.5 ? { status: 500 } : 'ok'),
    })
    const statuses: number[] = []
    for (let count = 0; count < 30; count += 1) statuses.push((await emulator.fetch(LUMA, keyed)).status)
    return statuses.join()
  }
  expect(await run(1)).toBe(await run(1))
  expect(await run(1)).not.toBe(await run(2))
  expect(await run(1)).toMatch(/500/)
  expect(await run(1)).toMatch(/200/)
})

test('every answer takes the latency', async () => {
  const { emulator, clock } = scripted({}, { latencyMs: 40 })
  await emulator.fetch(LUMA, keyed)
  await emulator.fetch(STATUS, get)
  expect(clock.monotonic()).toBe(80)
})

test('an aborted request rejects with the reason at once', async () => {
  const { poll } = await polled()
  await expect(poll({ signal: AbortSignal.abort('before') })).rejects.toBe('before')
  const controller = new AbortController()
  const answered = poll({ signal: controller.signal })
  controller.abort('during')
  await expect(answered).rejects.toBe('during')
})
