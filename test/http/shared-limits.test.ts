import { type RunApiClient, schedules } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { endingPlace } from '../support/ending-place'
import { answers, params, rejection, scriptedClient } from '../support/scripted-fetch'

test('a poll() gives its slot back while it pauses between two attempts', async () => {
  const here = endingPlace()
  const runapi = here.client({ maxConcurrentPolls: 1 })
  const [slow, quick] = [await here.create(runapi), await here.create(runapi)]
  here.emulator.next({ takesMs: 6_000 })
  const startedAt = here.emulator.clock.monotonic()
  here.strikePolls({ status: 503, retryAfter: 60 }, 'ok')
  const polled = slow.poll()
  await quick.wait({ schedule: schedules.fixed(10_000), timeoutMs: 200_000 }).catch(() => {})
  const polls = here.events.filter(({ type }) => type === 'poll')
  await polled
  expect(polls[0]).toMatchObject({ taskId: quick.id, ageMs: 10_000 })
  expect(here.emulator.clock.monotonic() - startedAt).toBeGreaterThanOrEqual(60_000)
})

test('of many poll() no more are under way than maxConcurrentPolls', async () => {
  let underWay = 0
  let most = 0
  const emulator = createEmulator()
  const { clock } = emulator
  const { runapi } = scriptedClient(
    async ({ method }) => {
      if (method === 'GET') most = Math.max(most, ++underWay)
      await clock.sleep(100)
      if (method === 'GET') underWay--
      return answers(200, { status: 'processing' })({})
    },
    { maxConcurrentPolls: 3, clock },
  )
  await Promise.all(Array.from({ length: 10 }, (_, n) => runapi.task('luma.modifyVideo', `tsk_${n}`).poll()))
  expect(most).toBe(3)
})

const THROTTLED: Readonly<Record<string, (runapi: RunApiClient) => Promise<unknown>>> = {
  create: (runapi) => runapi.luma.modifyVideo(params),
  'poll()': (runapi) => runapi.task('luma.modifyVideo', 'tsk_other').poll(),
  'price list': (runapi) => runapi.pricing.schedules(),
  balance: (runapi) => runapi.account.balance(),
  'upload by URL': (runapi) => runapi.files.upload('https://example.com/in.png'),
  'upload of bytes': (runapi) => runapi.files.upload(new Uint8Array(8)),
}

test.each(Object.entries(THROTTLED))(
  'a 429 on a %s slows the waits of the client, for at most a minute',
  async (_, call) => {
    let throttled = true
    const polledAt: number[] = []
    const { runapi, clock } = scriptedClient(({ method }) => {
      if (throttled) return answers(429, {}, { 'retry-after': '86400' })({})
      if (method === 'GET') polledAt.push(clock.monotonic())
      return answers(200, { id: 'tsk_1', status: 'completed', videos: [{ url: 'https://a.example/a.mp4' }] })(
        {},
      )
    })
    expect(await rejection(call(runapi))).toMatchObject({ code: 'rate_limit' })
    throttled = false
    const startedAt = clock.monotonic()
    await runapi.task('luma.modifyVideo', 'tsk_1').wait()
    expect((polledAt[0] ?? 0) - startedAt).toBeGreaterThanOrEqual(60_000)
    expect((polledAt[0] ?? 0) - startedAt).toBeLessThan(90_000)
  },
)
