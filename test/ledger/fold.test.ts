import fc from 'fast-check'
import { foldLedger, type LedgerEntry, type LedgerOrder } from 'runapi-video/ledger'
import { expect, test } from 'vitest'
import { taskRef } from './purchase'

let ids = 0
const id = (): string => `e${ids++}`
const intended = (key: string, attempt: string, more: object = {}) => ({
  id: id(),
  type: 'intended',
  key,
  at: '2026-11-27T12:00:00.000Z',
  baseUrl: 'https://runapi.ai',
  endpoint: 'luma.modifyVideo',
  asked: { prompt: 'a' },
  body: { prompt: 'a' },
  cents: 50,
  attempt,
  ...more,
})
const entry = (type: LedgerEntry['type'], key: string, more: object = {}) => ({
  id: id(),
  type,
  key,
  ...more,
})
const refused = (key: string, attempt: string) => entry('refused', key, { attempt, error: '400' })
const bought = (key: string) => entry('bought', key, { task: taskRef(key) })
const orderOf = (...entries: object[]): LedgerOrder | undefined => foldLedger(entries)[0]

test('an order that was intended and nothing else is unknown', () => {
  expect(orderOf(intended('a', '1'))).toMatchObject({
    key: 'a',
    status: 'unknown',
    cents: 50,
    body: { prompt: 'a' },
  })
})

test('an order is refused only when all its attempts are', () => {
  const two = [intended('a', '1'), entry('sent', 'a', { attempt: '2' })]
  expect(orderOf(...two, refused('a', '2'))?.status).toBe('unknown')
  expect(orderOf(...two, refused('a', '2'), refused('a', '1'))?.status).toBe('refused')
})

test('an unknown attempt stays open', () => {
  const order = orderOf(intended('a', '1'), entry('unknown', 'a', { attempt: '1', error: 'lost' }))
  expect(order).toMatchObject({ status: 'unknown', error: 'lost' })
})

test('bought beats refused and written off', () => {
  expect(orderOf(intended('a', '1'), refused('a', '1'), bought('a'))?.status).toBe('bought')
  expect(orderOf(intended('a', '1'), entry('written_off', 'a', { reason: 'x' }), bought('a'))?.status).toBe(
    'bought',
  )
  expect(orderOf(intended('a', '1'), bought('a'), refused('a', '1'))?.status).toBe('bought')
  expect(orderOf(intended('a', '1'), bought('a'), entry('written_off', 'a', { reason: 'x' }))?.status).toBe(
    'bought',
  )
})

test('an ending waits for the purchase that is on its way', () => {
  const early = [intended('a', '1'), entry('completed', 'a', { cents: 40, tookMs: 60_000 })]
  expect(orderOf(...early)?.status).toBe('unknown')
  expect(orderOf(...early, bought('a'))).toMatchObject({ status: 'completed', cents: 40, tookMs: 60_000 })
})

test('the first ending counts', () => {
  const ends = [entry('completed', 'a', { cents: 40 }), entry('failed', 'a', { message: 'no' })]
  expect(orderOf(intended('a', '1'), bought('a'), ...ends)).toMatchObject({ status: 'completed', cents: 40 })
})

test('an order without a cost keeps its quote', () => {
  expect(orderOf(intended('a', '1'), bought('a'), entry('completed', 'a'))?.cents).toBe(50)
})

test('a refused or written off key begins anew with its next intent', () => {
  const again = intended('a', '2', { asked: { prompt: 'b' }, body: { prompt: 'b' }, cents: 30 })
  for (const end of [refused('a', '1'), entry('written_off', 'a', { reason: 'x' })]) {
    expect(orderOf(intended('a', '1'), end, again)).toMatchObject({
      status: 'unknown',
      cents: 30,
      body: { prompt: 'b' },
    })
    expect(orderOf(intended('a', '1'), end, again, refused('a', '2'))?.status).toBe('refused')
  }
})

test('a second intent of an open order is one more attempt, with the body of the first', () => {
  const two = [intended('a', '1'), intended('a', '2', { body: { prompt: 'a', seed: 2 }, cents: 90 })]
  expect(orderOf(...two)).toMatchObject({ status: 'unknown', cents: 50, body: { prompt: 'a' } })
  expect(orderOf(...two, refused('a', '1'))?.status).toBe('unknown')
})

test('an intent that asks for something else under an open key is no attempt', () => {
  const other = intended('a', '2', { asked: { prompt: 'b' } })
  expect(orderOf(intended('a', '1'), other, refused('a', '1'))?.status).toBe('refused')
})

test('an attempt that begins after the order was refused does not reserve anything', () => {
  const late = entry('sent', 'a', { attempt: '2' })
  expect(orderOf(intended('a', '1'), refused('a', '1'), late)?.status).toBe('refused')
})

test('a purchase without its intent is known all the same', () => {
  expect(orderOf(bought('a'))).toMatchObject({ key: 'a', status: 'bought', task: { id: 'tsk_a' } })
})

test('entries of kinds that are not known change nothing, nor does what is no entry', () => {
  const odd = [
    null,
    1,
    'x',
    [],
    {},
    { type: 'intended' },
    { type: 'bought', key: 'b' },
    entry('weighed' as never, 'a'),
  ]
  expect(foldLedger([intended('a', '1'), ...odd]).map(({ key }) => key)).toEqual(['a'])
})

test('a ledger of a newer version is refused', () => {
  expect(() => foldLedger([{ type: 'header', format: 'runapi-video ledger', version: 2 }])).toThrow(
    /newer release/,
  )
  expect(() => foldLedger([{ type: 'header', format: 'something else', version: 1 }])).toThrow(/no ledger/)
})

const limit = { cents: 100 }
const limited = (key: string, more: object = {}) => intended(key, `${key}1`, { limit, ...more })
const statuses = (...entries: object[]): string[] => foldLedger(entries).map(({ status }) => status)

test('an intent is accepted if it fits its own limit with what was accepted before it', () => {
  expect(statuses(limited('a'), limited('b'), limited('c'))).toEqual(['unknown', 'unknown', 'refused'])
  expect(statuses(limited('a'), limited('b', { cents: 60 }), limited('c'))).toEqual([
    'unknown',
    'refused',
    'unknown',
  ])
})

test('what is refused, failed or written off is free again', () => {
  for (const end of [
    [refused('a', 'a1')],
    [bought('a'), entry('failed', 'a', { message: 'no' })],
    [entry('written_off', 'a', { reason: 'x' })],
  ]) {
    expect(statuses(limited('a', { cents: 100 }), ...end, limited('b'))[1]).toBe('unknown')
  }
})

test('what is unknown frees nothing by itself', () => {
  const lost = entry('unknown', 'a', { attempt: 'a1', error: 'lost' })
  expect(statuses(limited('a', { cents: 100 }), lost, limited('b'))[1]).toBe('refused')
})

test('a cost beyond the quote counts as it is', () => {
  const dear = [bought('a'), entry('completed', 'a', { cents: 90 })]
  expect(statuses(limited('a'), ...dear, limited('b', { cents: 11 }))[1]).toBe('refused')
  expect(statuses(limited('a'), ...dear, limited('b', { cents: 10 }))[1]).toBe('unknown')
})

test.each([
  ['day', '2026-11-27T23:59:59.999Z', '2026-11-28T00:00:00.000Z'],
  ['month', '2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00.000Z'],
])('a limit per %s counts by UTC, by the time of the intent', (per, at, next) => {
  const of = (key: string, when: string) => limited(key, { at: when, limit: { cents: 100, per }, cents: 80 })
  expect(statuses(of('a', at), of('b', at), of('c', next))).toEqual(['unknown', 'refused', 'unknown'])
})

test('a limit accepts nothing while an order without a price is under way', () => {
  const free = intended('a', '1', { cents: undefined })
  expect(statuses(free, limited('b'))).toEqual(['unknown', 'refused'])
  expect(statuses(free, bought('a'), entry('completed', 'a'), limited('b'))[1]).toBe('unknown')
  expect(statuses(limited('b', { cents: undefined }))).toEqual(['refused'])
})

/** Whether it can come at this place: causes come before what they cause. */
const follows = (
  entry: { type: string; key: string; attempt: string },
  before: readonly (typeof entry)[],
): boolean => {
  const earlier = before.filter(({ key }) => key === entry.key)
  const began = earlier.some(({ type, attempt }) => /intended|sent/.test(type) && attempt === entry.attempt)
  if (entry.type === 'intended') return !began
  if (!earlier.some(({ type }) => type === 'intended')) return false
  if (entry.type === 'sent') return !began
  if (entry.type === 'refused' || entry.type === 'unknown') return began
  return !/completed|failed|done/.test(entry.type) || earlier.some(({ type }) => type === 'bought')
}

// Histories of a few keys, in every order that can be.
const anEntry = fc.record({
  type: fc.constantFrom(
    'intended',
    'intended',
    'sent',
    'refused',
    'unknown',
    'bought',
    'completed',
    'failed',
    'done',
    'written_off',
  ),
  key: fc.constantFrom('a', 'b', 'c'),
  attempt: fc.constantFrom('1', '2', '3', '4', '5'),
  asked: fc.constantFrom({ prompt: 'a' }, { prompt: 'b' }),
  cents: fc.integer({ min: 0, max: 60 }),
  limit: fc.constantFrom(undefined, { cents: 100 }, { cents: 60, per: 'day' as const }),
  at: fc.constantFrom('2026-11-27T12:00:00.000Z', '2026-11-28T12:00:00.000Z'),
})
const aHistory = fc.array(anEntry, { maxLength: 40 }).map((list) => {
  const entries = list.map(({ type, key, attempt, ...rest }, at) => {
    // Attempts are named at random, so no two keys share one.
    const base = { id: `${at}`, type, key, attempt: key + attempt }
    if (type === 'intended')
      return {
        ...base,
        ...rest,
        baseUrl: 'https://runapi.ai',
        endpoint: 'luma.modifyVideo',
        body: rest.asked,
      }
    if (type === 'bought') return { ...base, task: taskRef(key) }
    return {
      ...base,
      error: type,
      message: type,
      reason: type,
      ...(type === 'completed' && { cents: rest.cents }),
    }
  })
  const history: typeof entries = []
  for (const entry of entries) if (follows(entry, history)) history.push(entry)
  return history
})

test('an entry that comes twice counts once', () => {
  const withRepeats = fc
    .tuple(aHistory, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 10 }))
    .map(([history, repeats]) => {
      const twice = [...history]
      for (const [from, to] of repeats) {
        const entry = twice[from % Math.max(1, twice.length)]
        // A copy comes after its original, or right at it.
        const place = (from % Math.max(1, twice.length)) + 1 + (to % 8)
        if (entry) twice.splice(place, 0, entry)
      }
      return { history, twice }
    })
  const comparable = (entries: object[]) => foldLedger(entries).map(({ error: _, ...order }) => order)
  fc.assert(
    fc.property(withRepeats, ({ history, twice }) => {
      expect(comparable(twice)).toEqual(comparable(history))
    }),
    { numRuns: 2_000 },
  )
})

test('what is accepted under one limit never exceeds it, and every reader comes to the same', () => {
  const oneLimit = aHistory.map((history) =>
    history
      .filter(({ type }) => type !== 'completed')
      .map((entry) => (entry.type === 'intended' ? { ...entry, limit: { cents: 100 } } : entry)),
  )
  fc.assert(
    fc.property(oneLimit, (history) => {
      for (let length = 0; length <= history.length; length++) {
        const orders = foldLedger(history.slice(0, length))
        // A task that was bought counts whatever was decided: here only what an intent reserved.
        const open = orders.filter(({ status }) => status === 'unknown' || status === 'bought')
        const isClean = !history.slice(0, length).some(({ type }) => type === 'bought')
        if (isClean) expect(open.reduce((sum, { cents = 0 }) => sum + cents, 0)).toBeLessThanOrEqual(100)
        expect(foldLedger(history.slice(0, length))).toEqual(orders)
      }
    }),
    { numRuns: 300 },
  )
})
