import { type ClientEvent, RunApiClient } from 'runapi-video'
import { memoryStore, openLedger } from 'runapi-video/ledger'
import { createEmulator, type Fault } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { errorOf } from './purchase'

const params = { prompt: 'Fog over the park', source_video_url: 'https://example.com/park-walk.mp4' }
const idempotencyKey = 'order-1'

const placeWith = (faults: Fault[]) => {
  const emulator = createEmulator({
    fault: ({ request }) => (request.path.endsWith('/modify_video') && faults.shift()) || 'ok',
  })
  const ledger = openLedger(memoryStore(), { limitCents: 1_000 })
  const outcomes: string[] = []
  const onEvent = (event: ClientEvent): void => {
    if (event.type === 'task') outcomes.push(event.outcome)
  }
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({
    apiKey: 'key',
    fetch,
    clock,
    ledger,
    onEvent,
    logLevel: 'off',
    maxRetries: 0,
    timeoutMs: 5_000,
  })
  return { emulator, ledger, runapi, outcomes }
}

const OPEN: [string, Fault][] = [
  ['a lost answer', 'lose-answer'],
  ['a 500 that was carried out', { status: 500, carryOut: true }],
  ['an answer that cannot be read', { body: '<html>', carryOut: true }],
]
const REFUSING = [400, 401, 402, 403, 404, 409, 413, 429]

test.each(OPEN)(
  'after %s, a refusal of the next create with the key says nothing certain',
  async (_, open) => {
    for (const status of REFUSING) {
      for (const again of ['create', 'resume'] as const) {
        const { emulator, ledger, runapi, outcomes } = placeWith([open, { status }])
        await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey }))
        const error = await errorOf(
          again === 'create'
            ? runapi.luma.modifyVideo(params, { idempotencyKey })
            : runapi.resume({ key: idempotencyKey, endpoint: 'luma.modifyVideo' }),
        )
        expect(error).toMatchObject({ code: 'unknown_outcome', idempotencyKey, cause: { status } })
        expect(outcomes).toEqual(['unknown', 'unknown'])
        expect(await ledger.order(idempotencyKey)).toMatchObject({ status: 'unknown' })
        expect(await ledger.totals()).toMatchObject({ unknownCents: 50, leftCents: 950 })
        expect((await runapi.luma.modifyVideo(params, { idempotencyKey })).id).toBe(emulator.tasks[0]?.id)
        expect(emulator.tasks).toHaveLength(1)
      }
    }
  },
)

test.each(OPEN)(
  'a create that follows one of its key through %s does not say that nothing was bought',
  async (_, open) => {
    const { runapi, outcomes } = placeWith([open])
    const create = () => errorOf(runapi.luma.modifyVideo(params, { idempotencyKey }))
    const [, second] = await Promise.all([create(), create()])
    expect(second).toMatchObject({ code: 'unknown_outcome', idempotencyKey })
    expect(outcomes).toEqual(['unknown', 'unknown'])
  },
)

test('a derived client does not take the ledger’s log away from its parent', async () => {
  const memory = memoryStore()
  let isFull = false
  const append: typeof memory.append = (entry, options) =>
    isFull ? Promise.reject(new Error('disk full')) : memory.append(entry, options)
  const { fetch: answer, clock } = createEmulator()
  const fetch: typeof globalThis.fetch = (input, init) => {
    isFull = true
    return answer(input, init)
  }
  const lines: string[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (line: string) => lines.push(line) }
  const ledger = openLedger({ ...memory, append })
  const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, ledger, logger })
  runapi.withOptions({ logLevel: 'off' })
  await runapi.luma.modifyVideo(params)
  expect(lines).toEqual([expect.stringContaining('the ledger could not be written')])
})
