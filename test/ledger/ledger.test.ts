import { ConfigurationError, ConflictError, RunApiError, ValidationError } from 'runapi-video'
import { type LedgerStore, memoryStore, openLedger } from 'runapi-video/ledger'
import { expect, test } from 'vitest'
import { pause, systemClock } from '../../src/platform/clock'
import {
  buy,
  completed,
  entriesOf,
  errorOf,
  intend,
  intendOpen,
  processes,
  purchaseOf,
  taskRef,
} from './purchase'

const conflict = () => new ConflictError('409: in use', { status: 409, body: '' } as never)
const settings = { clock: systemClock, log: () => {} }

test('an intent is in the store before it is given, and the header before it', async () => {
  const store = memoryStore()
  const intent = await intendOpen(openLedger(store), 'a', { tags: { customer: 'acme' } })
  const [header, intended] = await entriesOf(store)
  expect(header).toEqual({ type: 'header', format: 'runapi-video ledger', version: 1 })
  expect(intended).toMatchObject({
    type: 'intended',
    key: 'a',
    endpoint: 'luma.modifyVideo',
    model: 'luma-modify-video',
    baseUrl: 'https://runapi.ai',
    body: { model: 'luma-modify-video', prompt: 'a' },
    tags: { customer: 'acme' },
  })
  expect(intended).not.toHaveProperty('cents')
  expect(intent.body).toEqual({ model: 'luma-modify-video', prompt: 'a' })
})

test('a key that was bought gives its task, whatever became of it', async () => {
  const ledger = openLedger(memoryStore())
  await buy(ledger, 'a')
  expect(await intend(ledger, 'a')).toEqual({ task: taskRef('a') })
  ledger.ended(taskRef('a'), completed(0.57))
  await ledger.idle()
  expect(await intend(ledger, 'a')).toEqual({ task: taskRef('a') })
})

test('another process knows what one has bought', async () => {
  const [one, two] = processes(2) as [ReturnType<typeof openLedger>, ReturnType<typeof openLedger>]
  await buy(one, 'a')
  expect(await intend(two, 'a')).toEqual({ task: taskRef('a') })
})

test('a key that was used for something else is refused and names the parameter', async () => {
  const ledger = openLedger(memoryStore())
  await buy(ledger, 'a')
  const error = await errorOf(intend(ledger, 'a', { asked: { prompt: 'another' } }))
  expect(error).toBeInstanceOf(ValidationError)
  expect(error.issues).toMatchObject([
    { field: 'idempotencyKey', message: expect.stringContaining('another prompt') },
  ])
})

test('while a create of the key is under way too', async () => {
  const ledger = openLedger(memoryStore())
  await intendOpen(ledger, 'a')
  expect(await errorOf(intend(ledger, 'a', { asked: { prompt: 'another' } }))).toBeInstanceOf(ValidationError)
})

test('what was refused may be asked for anew, with other parameters', async () => {
  const ledger = openLedger(memoryStore())
  await (await intendOpen(ledger, 'a')).failed(new ValidationError('400', { issues: [] }), false)
  const again = await intendOpen(ledger, 'a', { asked: { prompt: 'better' } })
  expect(again.body).toMatchObject({ prompt: 'better' })
})

test('what is unknown is sent again with the body of the first time', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  const url = 'https://example.com/a.mp4'
  const first = await intendOpen(ledger, 'a', { asked: { source_video_url: `${url}?signature=1` } })
  await first.failed(new RunApiErrorOfTest(), true)
  const again = await intendOpen(ledger, 'a', { asked: { source_video_url: `${url}?signature=2` } })
  expect(again.body).toMatchObject({ source_video_url: `${url}?signature=1` })
  expect((await entriesOf(store)).map(({ type }) => type)).toEqual(['header', 'intended', 'unknown', 'sent'])
})

class RunApiErrorOfTest extends RunApiError {
  constructor() {
    super('lost')
  }
  get code(): 'connection' {
    return 'connection'
  }
}

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['fields in another order', { prompt: 'a', watermark: true }, { watermark: true, prompt: 'a' }],
  ['a URL that was signed anew', { v_url: 'https://x.io/a?s=1#t' }, { v_url: 'https://x.io/a?s=2' }],
  ['another callback', { prompt: 'a', callback_url: 'https://x.io/1' }, { prompt: 'a' }],
  [
    'a file that was uploaded again',
    { v_url: { url: 'https://file.runapi.ai/temp/1', file_name: 'a.mp4', size_bytes: 5 } },
    { v_url: { url: 'https://file.runapi.ai/temp/2', file_name: 'a.mp4', size_bytes: 5 } },
  ],
  [
    'a file by its URL',
    { v_url: { url: 'https://file.runapi.ai/temp/1', file_name: 'a.mp4', size_bytes: 5 } },
    { v_url: 'https://file.runapi.ai/temp/1' },
  ],
  ['nested fields in another order', { style: { a: 1, b: [2] } }, { style: { b: [2], a: 1 } }],
  ['a field that is undefined', { prompt: 'a', watermark: undefined }, { prompt: 'a' }],
])('%s is the same order', async (_, asked, again) => {
  const ledger = openLedger(memoryStore())
  await (await intendOpen(ledger, 'a', { asked })).bought(taskRef('a'))
  expect(await intend(ledger, 'a', { asked: again })).toEqual({ task: taskRef('a') })
})

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['prompt', { prompt: 'a' }, { prompt: 'b' }],
  ['watermark', { prompt: 'a', watermark: true }, { prompt: 'a' }],
  ['watermark', { prompt: 'a' }, { prompt: 'a', watermark: false }],
  ['v_url', { v_url: 'https://x.io/a' }, { v_url: 'https://x.io/b' }],
  ['duration_seconds', { duration_seconds: 6 }, { duration_seconds: '6' }],
  [
    'v_url',
    { v_url: { url: 'https://file.runapi.ai/temp/1', file_name: 'a.mp4', size_bytes: 5 } },
    { v_url: { url: 'https://file.runapi.ai/temp/2', file_name: 'b.mp4', size_bytes: 5 } },
  ],
])('another %s is another order', async (name, asked, other) => {
  const ledger = openLedger(memoryStore())
  await (await intendOpen(ledger, 'a', { asked })).bought(taskRef('a'))
  const error = await errorOf(intend(ledger, 'a', { asked: other }))
  expect(error.issues).toMatchObject([{ message: expect.stringContaining(`another ${name};`) }])
})

test('an order of another service is never sent, one of another loopback port is', async () => {
  const store = memoryStore()
  await intendOpen(openLedger(store), 'a', { baseUrl: 'http://127.0.0.1:4010' })
  const error = await errorOf(intend(openLedger(store), 'a'))
  expect(error).toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('http://127.0.0.1:4010'),
  })
  expect(await intendOpen(openLedger(store), 'a', { baseUrl: 'http://localhost:4011' })).toMatchObject({
    body: {},
  })
})

test('creates of one key share one flight: the second gets the task of the first', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  const first = await intendOpen(ledger, 'a')
  const second = intend(ledger, 'a')
  await first.bought(taskRef('a'))
  expect(await second).toEqual({ task: taskRef('a') })
  expect((await entriesOf(store)).filter(({ type }) => type === 'intended')).toHaveLength(1)
})

test('the second gets the error of the first, but not an abort of it', async () => {
  const ledger = openLedger(memoryStore())
  const error = new ValidationError('400', { issues: [] })
  const first = await intendOpen(ledger, 'a')
  const second = errorOf(intend(ledger, 'a'))
  await first.failed(error, false)
  expect(await second).toBe(error)

  const aborted = await intendOpen(ledger, 'b')
  const other = intend(ledger, 'b')
  await aborted.failed(new Error('enough'), false)
  expect(await other).toMatchObject({ body: { prompt: 'b' } })
})

test('after a conflict the task of another process is waited for', async () => {
  const [one, two] = processes(2) as [ReturnType<typeof openLedger>, ReturnType<typeof openLedger>]
  const first = await intendOpen(one, 'a')
  const second = await intendOpen(two, 'a')
  const known = second.failed(conflict(), false)
  await pause(systemClock, 50)
  await first.bought(taskRef('a'))
  expect(await known).toEqual({ task: taskRef('a'), mayExist: false })
})

test('where nobody else may be sending, a conflict is a refusal', async () => {
  const ledger = openLedger(memoryStore())
  const intent = await intendOpen(ledger, 'a')
  expect(await intent.failed(conflict(), false)).toEqual({ task: undefined, mayExist: false })
  expect(await ledger.order('a')).toMatchObject({ status: 'refused' })
})

test('a limit is kept to the cent, and the error says what is left', async () => {
  const ledger = openLedger(memoryStore(), { limitCents: 120 })
  await buy(ledger, 'a')
  await buy(ledger, 'b')
  const error = await errorOf(intend(ledger, 'c'))
  expect(error).toMatchObject({ code: 'spending_limit', limitCents: 120, leftCents: 20, priceCents: 50 })
  expect(await ledger.totals()).toEqual({
    spentCents: 0,
    reservedCents: 100,
    unknownCents: 0,
    unpriced: 0,
    leftCents: 20,
  })
  await buy(ledger, 'd', { cents: 20, asked: { prompt: 'd', watermark: true } })
})

test('of many processes at once exactly as many buy as the limit allows', async () => {
  const ledgers = processes(4, { limitCents: 1_000 })
  const creates = ledgers.flatMap((ledger, process) =>
    Array.from({ length: 10 }, (_, n) => buy(ledger, `${process}-${n}`)),
  )
  const settled = await Promise.allSettled(creates)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  for (const ledger of ledgers)
    expect(await ledger.totals()).toMatchObject({ reservedCents: 1_000, leftCents: 0 })
})

test('every intent is held to the limit that it carries, and counts for the others', async () => {
  const store = memoryStore()
  const frugal = openLedger(store, { limitCents: 60 })
  const generous = openLedger(store, { limitCents: 1_000 })
  await buy(generous, 'a')
  expect(await errorOf(intend(frugal, 'b'))).toMatchObject({ code: 'spending_limit', leftCents: 10 })
  await buy(generous, 'c')
})

test.each<[string, () => Promise<unknown>]>([
  ['a quote that is refused', () => Promise.reject(new ValidationError('no', { issues: [] }))],
  ['a quote without an amount', async () => ({ pricing_status: 'unavailable' })],
  ['a quote in another currency', async () => ({ currency: 'EUR', reservation_amount_cents: 50 })],
  ['a quote that is no amount', async () => ({ reservation_amount_cents: -1 })],
  ['a quote that never comes', () => new Promise(() => {})],
])('%s leaves no price, so a ledger with a limit refuses', async (_, quote) => {
  const store = memoryStore()
  const error = await errorOf(intend(openLedger(store, { limitCents: 100 }), 'a', { quote, timeoutMs: 300 }))
  expect(error).toMatchObject({ code: 'spending_limit', message: expect.stringContaining('priceCents') })
  expect(error).not.toHaveProperty('priceCents')
  expect(await entriesOf(store)).toEqual([])
})

test('without a limit no price is asked for, and the order counts as unpriced', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  await buy(ledger, 'a', { quote: () => Promise.reject(new Error('asked')) })
  expect(await ledger.totals()).toMatchObject({ unpriced: 1, reservedCents: 0 })
  const error = await errorOf(intend(openLedger(store, { limitCents: 100 }), 'b'))
  expect(error).toMatchObject({ code: 'spending_limit', message: expect.stringContaining('without a price') })
})

test('priceCents takes the place of the quote', async () => {
  const quote = () => Promise.reject(new Error('asked'))
  const priced = openLedger(memoryStore(), {
    limitCents: 100,
    priceCents: async ({ params, tags }) => (params.prompt === 'a' ? Number(tags?.cents) : undefined),
  })
  await buy(priced, 'a', { quote, tags: { cents: '70' } })
  expect(await priced.totals()).toMatchObject({ reservedCents: 70 })
  expect(await errorOf(intend(priced, 'b', { quote }))).toMatchObject({ code: 'spending_limit' })
  const wrong = openLedger(memoryStore(), { limitCents: 100, priceCents: () => Number.NaN })
  expect(await errorOf(intend(wrong, 'c'))).toMatchObject({ cause: { code: 'configuration' } })
})

test.each<[string, () => never, RegExp]>([
  [
    'an error',
    () => {
      throw new Error('no table of prices')
    },
    /priceCents: threw: no table of prices/,
  ],
  [
    'no error',
    () => {
      throw undefined
    },
    /priceCents: threw\)/,
  ],
  [
    'an error of the library',
    () => {
      throw new ConfigurationError('logger: must be an object')
    },
    /\(logger: must/,
  ],
])('where priceCents throws %s, the refusal says so', async (_, priceCents, words) => {
  const ledger = openLedger(memoryStore(), { limitCents: 100, priceCents })
  const error = await errorOf(intend(ledger, 'a'))
  expect(error).toMatchObject({ code: 'spending_limit', message: expect.stringMatching(words) })
})

test('exact quotes are kept for five minutes, by all parameters but prompts', async () => {
  let asked = 0
  let nowMs = Date.parse('2026-11-27T12:00:00Z')
  const quote = async () => {
    asked++
    return { reservation_amount_cents: 1, estimate_basis: 'exact' }
  }
  const ledger = openLedger(memoryStore(), { limitCents: 100, clock: { ...systemClock, now: () => nowMs } })
  const ask = (key: string, params: object) =>
    intend(ledger, key, { quote, asked: { prompt: key, ...params } })
  await ask('a', { watermark: true, source_video_url: 'https://x.io/1' })
  await ask('b', { watermark: true, source_video_url: 'https://x.io/1', callback_url: 'https://x.io/2' })
  expect(asked).toBe(1)
  await ask('c', { watermark: true, source_video_url: 'https://x.io/2' })
  await ask('d', { watermark: false, source_video_url: 'https://x.io/1' })
  expect(asked).toBe(3)
  nowMs += 5 * 60_000
  await ask('e', { watermark: true, source_video_url: 'https://x.io/1' })
  expect(asked).toBe(4)
})

test('an abort ends the intent at once, and what lands later is taken back', async () => {
  const memory = memoryStore()
  let land: (() => void) | undefined
  const store: LedgerStore = {
    read: memory.read,
    append: async (entry, options) => {
      if (!land && 'type' in entry && entry.type === 'intended')
        await new Promise<void>((resolve) => (land = resolve))
      return memory.append(entry, options)
    },
  }
  const ledger = openLedger(store, { limitCents: 50 })
  const controller = new AbortController()
  const intent = errorOf(intend(ledger, 'a', { signal: controller.signal }))
  await pause(systemClock, 20)
  const reason = new Error('enough')
  controller.abort(reason)
  expect(await intent).toBe(reason)
  land?.()
  await ledger.idle()
  expect(await ledger.order('a')).toMatchObject({ status: 'refused', error: 'enough' })
  await buy(ledger, 'b')
})

test('a store that hangs ends the intent within its time, with a typed error', async () => {
  const hanging = { append: () => new Promise<void>(() => {}), read: memoryStore().read }
  const error = await errorOf(intend(openLedger(hanging), 'a', { timeoutMs: 100 }))
  expect(error).toMatchObject({ code: 'request_timeout', message: expect.stringContaining('ledger') })
})

test('a store that fails ends the intent with a typed error', async () => {
  const failing = { append: () => Promise.reject(new Error('no connection')), read: memoryStore().read }
  const ledger = openLedger(failing)
  ledger.attach(settings)
  const error = await errorOf(intend(ledger, 'a'))
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('no connection') })
})

test('a store that shows less than it had stored is refused', async () => {
  const blind = { append: async () => {}, read: async () => ({ entries: [], cursor: undefined }) }
  expect(await errorOf(intend(openLedger(blind), 'a'))).toMatchObject({
    message: expect.stringContaining('does not show'),
  })
})

test('a store of something else is refused', async () => {
  const memory = memoryStore()
  await memory.append({ hello: 1 }, { signal: new AbortController().signal })
  expect(await errorOf(intend(openLedger(memory), 'a'))).toMatchObject({
    message: expect.stringContaining('something else'),
  })
})

test('a failed write after the purchase is logged, and the process does not buy again', async () => {
  const memory = memoryStore()
  const lines: string[] = []
  let isFull = false
  const store: LedgerStore = {
    read: memory.read,
    append: (entry, options) => (isFull ? Promise.reject(new Error('full')) : memory.append(entry, options)),
  }
  const ledger = openLedger(store)
  ledger.attach({ clock: systemClock, log: (level, message) => lines.push(`${level}: ${message}`) })
  const intent = await intendOpen(ledger, 'a')
  isFull = true
  await intent.bought(taskRef('a'))
  expect(lines).toEqual(['error: the ledger could not be written'])
  expect(await intend(ledger, 'a')).toEqual({ task: taskRef('a') })
})

test('an ending is written once, with the cost, by whoever sees it', async () => {
  const store = memoryStore()
  const [one, two] = processes(2, {}, store) as [ReturnType<typeof openLedger>, ReturnType<typeof openLedger>]
  await buy(one, 'a')
  two.ended({ id: 'tsk_a' }, completed(0.57), 61_234.5)
  two.ended(taskRef('a'), completed(0.57))
  await two.idle()
  one.ended(taskRef('a'), completed(0.57))
  await one.idle()
  const ends = (await entriesOf(store)).filter(({ type }) => type === 'completed')
  expect(ends).toMatchObject([{ key: 'a', cents: 57, tookMs: 61_235 }])
  expect(await one.totals()).toMatchObject({ spentCents: 57, reservedCents: 0 })
})

test('the end of a task that the ledger does not know is not written', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  await buy(ledger, 'a')
  ledger.ended({ id: 'tsk_other', idempotencyKey: 'a' }, completed())
  ledger.ended({ id: 'tsk_other' }, completed())
  await ledger.idle()
  expect(await entriesOf(store)).toHaveLength(3)
})

test('unfinished orders are those under way, unknown, or completed and not done', async () => {
  const ledger = openLedger(memoryStore())
  for (const key of ['running', 'done', 'ready', 'failed']) await buy(ledger, key)
  ledger.ended(taskRef('done'), completed())
  ledger.ended(taskRef('ready'), completed())
  ledger.ended(taskRef('failed'), { status: 'failed', error: { message: 'no' }, receivedAt: '', raw: {} })
  await ledger.idle()
  await ledger.done('done', { files: [{ path: 'a.mp4', bytes: 5 }] })
  await (await intendOpen(ledger, 'refused')).failed(new ValidationError('400', { issues: [] }), false)
  await (await intendOpen(ledger, 'unknown')).failed(new RunApiErrorOfTest(), true)
  const unfinished = await ledger.unfinished()
  expect(unfinished.map(({ key, status }) => [key, status])).toEqual([
    ['running', 'bought'],
    ['ready', 'completed'],
    ['unknown', 'unknown'],
  ])
  expect(JSON.parse(JSON.stringify(unfinished))).toEqual(unfinished)
  expect(await ledger.order('done')).toMatchObject({ done: true, files: [{ path: 'a.mp4', bytes: 5 }] })
  expect(await ledger.order('nobody')).toBeUndefined()
})

test('an unknown order older than a day is left out, shown on demand, and not sent again by itself', async () => {
  let nowMs = Date.parse('2026-11-27T12:00:00Z')
  const ledger = openLedger(memoryStore(), { clock: { ...systemClock, now: () => nowMs } })
  await (await intendOpen(ledger, 'a')).failed(new RunApiErrorOfTest(), true)
  expect(await ledger.unfinished()).toHaveLength(1)
  nowMs += 24 * 3_600_000 + 1
  expect(await ledger.unfinished()).toEqual([])
  expect(await ledger.unfinished({ stale: true })).toHaveLength(1)
  const error = await errorOf(intend(ledger, 'a'))
  expect(error).toMatchObject({
    code: 'unknown_outcome',
    idempotencyKey: 'a',
    message: expect.stringContaining('resendUnknown'),
  })
  const purchase = { ...purchaseOf('a'), request: undefined, resendUnknown: true }
  expect(await ledger.intend(purchase, { timeoutMs: 1_000 })).toMatchObject({ body: { prompt: 'a' } })
})

test('a write-off frees what was reserved, and only what is unknown can be written off', async () => {
  const ledger = openLedger(memoryStore(), { limitCents: 50 })
  const intent = await intendOpen(ledger, 'a')
  expect(await errorOf(ledger.writeOff('a', 'lost'))).toMatchObject({
    message: expect.stringContaining('being sent'),
  })
  await intent.failed(new RunApiErrorOfTest(), true)
  expect(await errorOf(intend(ledger, 'b'))).toMatchObject({ code: 'spending_limit' })
  await ledger.writeOff('a', 'the service says so')
  expect(await ledger.order('a')).toMatchObject({ status: 'written_off', error: 'the service says so' })
  await buy(ledger, 'b')
  for (const key of ['a', 'b', 'nobody'])
    expect(await errorOf(ledger.writeOff(key, 'x'))).toMatchObject({ code: 'configuration' })
  expect(await errorOf(ledger.writeOff('b', ' '))).toMatchObject({
    message: expect.stringContaining('reason'),
  })
})

test('only what was bought can be done, and doing it twice is one', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  await intendOpen(ledger, 'a')
  for (const key of ['a', 'nobody'])
    expect(await errorOf(ledger.done(key))).toMatchObject({ code: 'configuration' })
  await buy(ledger, 'b')
  await ledger.done('b')
  await ledger.done('b')
  expect((await entriesOf(store)).filter(({ type }) => type === 'done')).toHaveLength(1)
  expect(await ledger.unfinished()).toMatchObject([{ key: 'a' }])
})

test('files that are no plain data are refused by their name, and the order stays open', async () => {
  const ledger = openLedger(memoryStore())
  await buy(ledger, 'a')
  const cycle: unknown[] = []
  cycle.push(cycle)
  for (const files of ['a.mp4', cycle, [1n]])
    expect(await errorOf(ledger.done('a', { files: files as never }))).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/^files: must be/),
    })
  expect(await ledger.order('a')).toMatchObject({ done: false })
})

test('an order that was bought after all has no error, whatever went wrong before', async () => {
  const store = memoryStore()
  const ledger = openLedger(store)
  for (const key of ['a', 'b']) await (await intendOpen(ledger, key)).failed(new Error('lost'), true)
  await ledger.writeOff('b', 'checked')
  expect(await ledger.order('a')).toMatchObject({ status: 'unknown', error: 'lost' })
  expect(await ledger.order('b')).toMatchObject({ status: 'written_off', error: 'checked' })
  for (const key of ['a', 'b'])
    await store.append({ id: key, type: 'bought', key, task: taskRef(key) }, {} as never)
  ledger.ended(taskRef('b'), completed(0.5))
  await ledger.idle()
  expect(await ledger.order('a')).toMatchObject({ status: 'bought' })
  expect(await ledger.order('b')).toMatchObject({ status: 'completed' })
  for (const key of ['a', 'b']) expect(await ledger.order(key)).not.toHaveProperty('error')
})

test('what was refused or written off cannot be resumed', async () => {
  const ledger = openLedger(memoryStore())
  await (await intendOpen(ledger, 'a')).failed(new ValidationError('400', { issues: [] }), false)
  const error = await errorOf(ledger.intend({ ...purchaseOf('a'), request: undefined }, { timeoutMs: 1_000 }))
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('no open order') })
})

test('totals are grouped by a tag', async () => {
  const ledger = openLedger(memoryStore(), { priceCents: () => 57.1 })
  await buy(ledger, 'a', { tags: { customer: 'acme' } })
  await buy(ledger, 'b', { tags: { customer: 'acme' } })
  await buy(ledger, 'c', { tags: { customer: '__proto__' } })
  await (await intendOpen(ledger, 'd')).failed(new RunApiErrorOfTest(), true)
  ledger.ended(taskRef('a'), completed(0.5))
  await ledger.idle()
  const none = { spentCents: 0, reservedCents: 0, unknownCents: 0, unpriced: 0 }
  const totals = await ledger.totals({ by: 'customer' })
  expect(totals).toMatchObject({ spentCents: 50, reservedCents: 114.2, unknownCents: 57.1 })
  expect(Object.entries(totals.groups ?? {})).toEqual([
    ['acme', { ...none, spentCents: 50, reservedCents: 57.1 }],
    ['__proto__', { ...none, reservedCents: 57.1 }],
    ['', { ...none, unknownCents: 57.1 }],
  ])
})

test('durations are those of the endpoint, and of the model', async () => {
  const ledger = openLedger(memoryStore())
  for (const [n, key] of ['a', 'b'].entries()) {
    await buy(ledger, key)
    ledger.ended(taskRef(key), completed(), 60_000 + n)
    await ledger.idle()
  }
  expect(await ledger.durations({ endpoint: 'luma.modifyVideo' })).toEqual([60_000, 60_001])
  expect(await ledger.durations({ endpoint: 'luma.modifyVideo', model: 'other' })).toEqual([])
  expect(await ledger.durations({ endpoint: 'hailuo.textToVideo' })).toEqual([])
})

test.each<[string, object]>([
  ['limit', { limit: 5 }],
  ['limit.cents', { limit: {} }],
  ['limit.cents', { limit: { cents: Number.NaN } }],
  ['limit.cents', { limit: { cents: -1 } }],
  ['limit.cents', { limit: { cents: '20' } }],
  ['limit.per', { limit: { cents: 1, per: 'week' } }],
  ['limitCents', { limitCents: Number.POSITIVE_INFINITY }],
  ['limitCents', { limitCents: 1, limit: { cents: 1 } }],
  ['priceCents', { priceCents: 50 }],
])('an option that cannot work is refused by its name: %s', (name, options) => {
  expect(() => openLedger(memoryStore(), options as never)).toThrow(name)
})

test('what is no store is refused', () => {
  for (const store of [undefined, null, 'videos.jsonl', {}])
    expect(() => openLedger(store as never)).toThrow(/^store: must be/)
})
