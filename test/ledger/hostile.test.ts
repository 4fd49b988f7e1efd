import { inspect } from 'node:util'
import { RunApiClient } from 'runapi-video'
import { foldLedger, type LedgerStore, memoryStore, openLedger } from 'runapi-video/ledger'
import { createEmulator } from 'runapi-video/testing'
import { expect, test, vi } from 'vitest'
import { pause, systemClock } from '../../src/platform/clock'
import { buy, entriesOf, errorOf, intend, intendOpen } from './purchase'

const params = { prompt: 'Fog over the park', source_video_url: 'https://example.com/park-walk.mp4' }

test('a ledger works where signals cannot throw by themselves', async () => {
  const prototype = AbortSignal.prototype
  const { throwIfAborted } = prototype
  Reflect.deleteProperty(prototype, 'throwIfAborted')
  try {
    const ledger = openLedger(memoryStore())
    await buy(ledger, 'a', { signal: new AbortController().signal })
    const reason = new Error('enough')
    expect(await errorOf(intend(ledger, 'b', { signal: AbortSignal.abort(reason) }))).toBe(reason)
  } finally {
    Object.defineProperty(prototype, 'throwIfAborted', {
      value: throwIfAborted,
      configurable: true,
      writable: true,
    })
  }
})

test('where there is no randomness, the error names the missing global', async () => {
  const crypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto') as PropertyDescriptor
  Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true })
  try {
    // As a process begins: without the random bytes that an earlier test left over.
    vi.resetModules()
    const fresh = await import('runapi-video/ledger')
    expect(await errorOf(intend(fresh.openLedger(memoryStore()), 'a'))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('crypto.getRandomValues'),
    })
  } finally {
    Object.defineProperty(globalThis, 'crypto', crypto)
  }
})

test('whatever a store throws is a typed error without its secrets', async () => {
  const thrown = [
    undefined,
    null,
    5,
    Symbol('x'),
    Object.create(null),
    { message: {} },
    'postgres://user:hunter2@db/x?password=hunter2',
    new Error('lost postgres://user:hunter2@db/x?password=hunter2', {
      cause: new Error('https://db.io/?token=hunter2'),
    }),
  ]
  for (const each of thrown) {
    const stores: LedgerStore[] = [
      { ...memoryStore(), append: () => Promise.reject(each) },
      { ...memoryStore(), read: () => Promise.reject(each) },
      {
        ...memoryStore(),
        read: () => {
          throw each
        },
      },
    ]
    for (const store of stores) {
      const error = await errorOf(intend(openLedger(store), 'a'))
      expect(error).toMatchObject({ code: 'configuration' })
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
    }
  }
})

test('what priceCents throws is no secret of the error', async () => {
  const priceCents = (): number => {
    throw new Error('lost postgres://user:hunter2@db/x')
  }
  const error = await errorOf(intend(openLedger(memoryStore(), { limitCents: 50, priceCents }), 'a'))
  expect(error).toMatchObject({ code: 'spending_limit' })
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
})

test('the words of a failed generation are kept without the queries of their URLs', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  await buy(ledger, 'a')
  const error = { message: 'cannot read https://a.io/v.mp4?sig=hunter2' }
  ledger.ended({ id: 'tsk_a' }, { status: 'failed', error, raw: {}, receivedAt: '2026-11-27T12:00:00.000Z' })
  await ledger.idle()
  expect(JSON.stringify(await entriesOf(store))).not.toContain('hunter2')
  expect(await ledger.order('a')).toMatchObject({ status: 'failed', error: expect.stringContaining('a.io') })
})

test('a line that was changed by hand makes no room, and never keeps a ledger from opening', async () => {
  const store = memoryStore()
  const ledger = openLedger(store, { limitCents: 1_000 })
  await buy(ledger, 'a', { tags: { customer: 'acme' } })
  await (await intendOpen(ledger, 'b')).failed(new Error('lost'), true)
  await (await intendOpen(ledger, 'c')).failed(new Error('refused'), false)
  ledger.ended(
    { id: 'tsk_a' },
    {
      status: 'completed',
      videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }],
      costUsd: 0.5,
      raw: {},
      receivedAt: '',
    } as never,
    5,
  )
  await ledger.idle()
  await ledger.done('a')
  await ledger.writeOff('b', 'checked')
  const [header, ...entries] = await entriesOf(store)
  const values = [null, undefined, 5, -5, -1e308, Infinity, 'x', '', [], {}, true, { cents: -5 }, { id: 5 }]
  for (const [index, entry] of entries.entries()) {
    for (const field of Object.keys(entry)) {
      for (const value of values) {
        const changed = entries.map((each, at) => (at === index ? { ...each, [field]: value } : each))
        const copy = memoryStore()
        for (const each of [header, ...changed]) await copy.append(each as object, {} as never)
        const totals = await openLedger(copy, { limitCents: 1_000 }).totals({ by: 'customer' })
        for (const sum of [totals.spentCents, totals.reservedCents, totals.unknownCents])
          expect(sum).toBeGreaterThanOrEqual(0)
        expect(totals.leftCents).toBeLessThanOrEqual(1_000)
        for (const ms of await openLedger(copy).durations({ endpoint: 'luma.modifyVideo' }))
          expect(ms).toBeGreaterThanOrEqual(0)
        expect(() => foldLedger([header, ...changed])).not.toThrow()
      }
    }
  }
})

test.each(['nothing', 'the same again'])(
  'a store that always promises more, and gives %s, ends the create within its time',
  async (given) => {
    const memory = memoryStore()
    await intend(openLedger(memory), 'earlier')
    let pages = 0
    const read: LedgerStore['read'] = async (after, options) => {
      const [from] = given === 'nothing' ? (after?.split(':') ?? []) : []
      const { entries, cursor } = await memory.read(from, options)
      return { entries, cursor: `${cursor}:${pages++}`, more: true }
    }
    const ledger = openLedger({ ...memory, read })
    expect(await errorOf(intend(ledger, 'a', { timeoutMs: 50 }))).toMatchObject({ code: 'request_timeout' })
  },
)

test('sums are told while other creates go on and on', async () => {
  const store = memoryStore()
  const pending: (() => void)[] = []
  const append: LedgerStore['append'] = async (entry, options) => {
    await new Promise<void>((resolve) => pending.push(resolve))
    return store.append(entry, options)
  }
  const ledger = openLedger({ ...store, append })
  let goesOn = true
  // Before one write ends the next has begun, so that there is no idle moment.
  const write = async (name: string): Promise<void> => {
    for (let each = 0; goesOn; each++) await intend(ledger, `${name}-${each}`).catch(() => {})
  }
  const writers = [write('a'), write('b')]
  const ticks = setInterval(() => pending.shift()?.(), 5)
  try {
    await pause(systemClock, 20)
    expect(await ledger.totals()).toMatchObject({ spentCents: 0 })
  } finally {
    goesOn = false
    await Promise.all(writers)
    clearInterval(ticks)
  }
})

test('an abort by an error of the library’s own kind is not held up by a store that hangs', async () => {
  const memory = memoryStore()
  let hangs = false
  const append: LedgerStore['append'] = (entry, options) =>
    hangs ? new Promise(() => {}) : memory.append(entry, options)
  const { clock } = createEmulator()
  const controller = new AbortController()
  const reason = await errorOf(new RunApiClient({ apiKey: null }).luma.modifyVideo({} as never))
  const fetch: typeof globalThis.fetch = () => {
    hangs = true
    setTimeout(() => controller.abort(reason), 10)
    return new Promise(() => {})
  }
  const runapi = new RunApiClient({
    apiKey: 'key',
    fetch,
    clock: { ...clock, sleep: () => new Promise(() => {}) },
    ledger: openLedger({ ...memory, append }),
    logLevel: 'off',
  })
  expect(await errorOf(runapi.luma.modifyVideo(params, { signal: controller.signal }))).toBe(reason)
})
