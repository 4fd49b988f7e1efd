import { createEmulator, type TaskScript } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { get, hailuoBody, LUMA, lumaBody, post, TEXT_TO_VIDEO } from './wire'

const started = async (script: TaskScript = {}, url = TEXT_TO_VIDEO, body: object = hailuoBody) => {
  const emulator = createEmulator()
  const { clock } = emulator
  emulator.next({ id: 'tsk_abc123', ...script })
  await emulator.fetch(url, post(body))
  const status = async () => (await emulator.fetch(`${url}/tsk_abc123`, get)).text()
  return { emulator, clock, status }
}

test('a task is pending, then processing, then completed as time passes', async () => {
  const { clock, status } = await started({ takesMs: 60_000 })
  expect(await status()).toBe('{"id":"tsk_abc123","status":"pending"}')
  await clock.sleep(5_000)
  expect(await status()).toBe('{"id":"tsk_abc123","status":"processing"}')
  await clock.sleep(54_999)
  expect(await status()).toBe('{"id":"tsk_abc123","status":"processing"}')
  await clock.sleep(1)
  expect(await status()).toBe(
    '{"id":"tsk_abc123","status":"completed","videos":[{"url":"https://tempfile.runapi.ai/results/tsk_abc123.mp4"}],"usage":{"cost":0.57}}',
  )
})

test('a completed Luma task names its source too', async () => {
  const { status } = await started({ takesMs: 0 }, LUMA, lumaBody)
  expect(JSON.parse(await status())).toEqual({
    id: 'tsk_abc123',
    status: 'completed',
    videos: [{ url: 'https://tempfile.runapi.ai/results/tsk_abc123.mp4' }],
    sources: [{ url: 'https://tempfile.runapi.ai/results/tsk_abc123/input.mp4' }],
    usage: { cost: 0.5 },
  })
})

test('a Luma task takes 62 seconds and a Hailuo task 86', async () => {
  const luma = await started({}, LUMA, lumaBody)
  const hailuo = await started()
  await Promise.all([luma.clock.sleep(61_999), hailuo.clock.sleep(85_999)])
  expect([luma.emulator.tasks[0]?.status, hailuo.emulator.tasks[0]?.status]).toEqual([
    'processing',
    'processing',
  ])
  await Promise.all([luma.clock.sleep(1), hailuo.clock.sleep(1)])
  expect([luma.emulator.tasks[0]?.status, hailuo.emulator.tasks[0]?.status]).toEqual([
    'completed',
    'completed',
  ])
})

test('a failed task says why', async () => {
  const plain = await started({ takesMs: 0, outcome: 'failed' })
  expect(await plain.status()).toBe('{"id":"tsk_abc123","status":"failed","error":"Generation failed"}')
  const worded = await started({ takesMs: 0, outcome: { failed: 'Too dark' } })
  expect(await worded.status()).toBe('{"id":"tsk_abc123","status":"failed","error":"Too dark"}')
  const coded = await started({ takesMs: 0, outcome: { failed: { code: 'nsfw', message: 'No' } } })
  expect(JSON.parse(await coded.status()).error).toEqual({ code: 'nsfw', message: 'No' })
})

test('a script can lay fields over the completed answer', async () => {
  const { status } = await started({
    takesMs: 0,
    outcome: { completed: { status: 'succeeded', usage: undefined } },
  })
  expect(JSON.parse(await status())).toEqual({
    id: 'tsk_abc123',
    status: 'succeeded',
    videos: [{ url: 'https://tempfile.runapi.ai/results/tsk_abc123.mp4' }],
  })
})

test('a task that never ends stays processing', async () => {
  const { clock, status } = await started({ takesMs: Infinity })
  await clock.sleep(10 ** 9)
  expect(JSON.parse(await status()).status).toBe('processing')
})

test('scripts go to tasks in the order in which they came', async () => {
  const emulator = createEmulator({ takesMs: 1 })
  emulator.next({ id: 'a' })
  emulator.next({ id: 'b' })
  await emulator.fetch(LUMA, post({ ...lumaBody, prompt: '' }))
  for (let count = 0; count < 3; count += 1) await emulator.fetch(LUMA, post(lumaBody))
  expect(emulator.tasks.map(({ id }) => id)).toEqual(['a', 'b', expect.stringMatching(/^tsk_/)])
})

test('an unknown task and one of another endpoint do not exist', async () => {
  const { emulator } = await started()
  for (const url of [`${TEXT_TO_VIDEO}/tsk_other`, `${LUMA}/tsk_abc123`, `${TEXT_TO_VIDEO}/`]) {
    const response = await emulator.fetch(url, get)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: 'Not found' })
  }
})

test('another account’s task does not exist', async () => {
  const emulator = createEmulator({ apiKey: ['mine', 'theirs'] })
  emulator.next({ id: 'tsk_abc123' })
  await emulator.fetch(LUMA, post(lumaBody, { authorization: 'Bearer mine' }))
  const asked = (key: string) =>
    emulator.fetch(`${LUMA}/tsk_abc123`, { headers: { authorization: `Bearer ${key}` } })
  expect((await asked('theirs')).status).toBe(404)
  expect((await asked('mine')).status).toBe(200)
})

test('counts polls', async () => {
  const { emulator, status } = await started()
  await status()
  await status()
  expect(emulator.tasks[0]?.polls).toBe(2)
})
