import { type ClientEvent, type CreateOptions, RunApiClient } from 'runapi-video'
import { type LedgerStore, memoryStore, openLedger } from 'runapi-video/ledger'
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

type Prior = 'nothing' | 'unknown' | 'bought' | 'refused' | 'written_off'

/** A store that fails, or hangs, on demand. */
const frailStore = () => {
  const memory = memoryStore()
  let fault: 'append fails' | 'read fails' | 'append hangs' | 'read hangs' | undefined
  const meet = (verb: string): Promise<void> => {
    if (fault === `${verb} hangs`) return new Promise(() => {})
    return fault === `${verb} fails` ? Promise.reject(new Error('disk full')) : Promise.resolve()
  }
  const store: LedgerStore = {
    append: async (entry, options) => {
      await meet('append')
      await memory.append(entry, options)
    },
    read: async (after, options) => {
      await meet('read')
      return memory.read(after, options)
    },
  }
  const set = (next: typeof fault): void => {
    fault = next
  }
  return { store, set }
}

const ENDS = [
  'aborted before it begins',
  'aborted while the store hangs',
  'append fails',
  'read fails',
  'append hangs',
  'read hangs',
  'closed',
  'a bad option',
  'broken parameters',
  'other parameters',
] as const

test.each(ENDS)(
  'a create that ends before it is sent (%s) is true about earlier ones of its key',
  async (end) => {
    for (const prior of ['nothing', 'unknown', 'bought', 'refused', 'written_off'] satisfies Prior[]) {
      const { store, set } = frailStore()
      const first: Fault =
        prior === 'refused'
          ? { status: 402 }
          : prior === 'unknown' || prior === 'written_off'
            ? 'lose-answer'
            : 'ok'
      let isFirst = true
      const emulator = createEmulator({
        fault: ({ request }) => {
          const isCreate = request.path.endsWith('/modify_video')
          const fault = isFirst && isCreate ? first : 'ok'
          if (isCreate) isFirst = false
          return fault
        },
      })
      const ledger = openLedger(store)
      const outcomes: string[] = []
      const onEvent = (event: ClientEvent): void => {
        if (event.type === 'task') outcomes.push(event.outcome)
      }
      const { fetch } = emulator
      const options = { apiKey: 'key', fetch, ledger, onEvent, logLevel: 'off', maxRetries: 0 } as const
      const runapi = new RunApiClient(options)
      if (prior !== 'nothing') await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey }))
      if (prior === 'written_off') await ledger.writeOff(idempotencyKey, 'looked')
      // Nothing is read again before the next create.
      await ledger.idle()
      outcomes.length = 0

      const controller = new AbortController()
      const reason = new Error('enough')
      const given: CreateOptions = { idempotencyKey, signal: controller.signal, timeoutMs: 200 }
      if (end === 'aborted before it begins') controller.abort(reason)
      if (end === 'aborted while the store hangs') {
        set('read hangs')
        setTimeout(() => controller.abort(reason), 10)
      }
      if (/^(append|read)/.test(end)) set(end as 'read fails')
      if (end === 'closed') await runapi.close()
      if (end === 'a bad option') Object.assign(given, { maxRetries: -1 })
      const asked =
        end === 'broken parameters'
          ? { ...params, prompt: 7 as never }
          : end === 'other parameters'
            ? { ...params, prompt: 'Snow' }
            : params
      const error = await errorOf(runapi.luma.modifyVideo(asked, given))

      const isOpen = prior === 'unknown' || prior === 'bought'
      const isValid = end !== 'broken parameters' && end !== 'other parameters'
      const name = `${prior}, ${end}`
      // A task that the ledger knows is given without a write.
      if (error.none) {
        const isKnown = prior === 'bought' && end.startsWith('append')
        const isAllowed = end === 'other parameters' && !isOpen
        expect({ name, isRight: isKnown || isAllowed }).toEqual({ name, isRight: true })
        continue
      }
      expect({ name, outcomes }).toEqual({ name, outcomes: [isOpen && isValid ? 'unknown' : 'not_created'] })
      if (end.startsWith('aborted')) expect(error).toBe(reason)
      else if (/^(append|read)/.test(end) && isOpen) {
        const code = end.endsWith('hangs') ? 'request_timeout' : 'configuration'
        expect({ name, ...pick(error) }).toEqual({ name, code: 'unknown_outcome', cause: code })
        expect(error).toMatchObject({ idempotencyKey, retryable: true })
      } else {
        // What was written off may be sold to somebody who asks for something else, and the service refuses that.
        const codes = ['configuration', 'request_timeout', 'client_closed', 'validation', 'conflict']
        expect({ name, isPlain: codes.includes(String(error.code)) }).toEqual({ name, isPlain: true })
      }
    }
  },
)

const pick = (error: Record<string, unknown>) => ({
  code: error.code,
  cause: (error.cause as { code?: string } | undefined)?.code,
})

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
