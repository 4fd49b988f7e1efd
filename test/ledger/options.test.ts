import { RunApiClient } from 'runapi-video'
import { type LedgerOptions, memoryStore, openLedger } from 'runapi-video/ledger'
import { expect, test } from 'vitest'
import { buy, errorOf } from './purchase'

test.each([0, null, false, '', 2_000, 'day', [50]])(
  'a limit of %o is refused, never taken for none',
  (limit) => {
    expect(() => openLedger(memoryStore(), { limit } as unknown as LedgerOptions)).toThrow(/^limit: must be/)
  },
)

test('a ledger or a clock that is none is refused', () => {
  for (const wrong of [null, 0, false, '', {}])
    expect(() => new RunApiClient({ ledger: wrong as never })).toThrow(/^ledger: must be what openLedger/)
  for (const wrong of [null, 5, {}])
    expect(() => openLedger(memoryStore(), { clock: wrong as never })).toThrow(/^clock: must be/)
})

test('wrong options of a question reject with a typed error', async () => {
  const ledger = openLedger(memoryStore())
  await buy(ledger, 'a')
  const asked: (() => Promise<unknown>)[] = [
    () => ledger.unfinished({ stale: 'yes' as never }),
    () => ledger.unfinished(5 as never),
    () => ledger.done('a', 5 as never),
    () => ledger.done('a', { files: 5 as never }),
    () => ledger.done('a', { files: 'a.mp4' as never }),
    () => ledger.done('a', { files: [1n] }),
    () => ledger.totals({ by: 5 as never }),
    () => ledger.totals({ group: 'a' } as never),
    () => ledger.durations(undefined as never),
    () => ledger.durations({ endpoint: 5 as never }),
    () => ledger.durations({ endpoint: 'luma.modifyVideo', modell: 'a' } as never),
  ]
  for (const ask of asked) expect(await errorOf(ask())).toMatchObject({ code: 'configuration' })
  expect(await ledger.order('a')).toMatchObject({ done: false })
})

test('a tag’s name may be that of a field of every object', async () => {
  const ledger = openLedger(memoryStore(), { priceCents: () => 5 })
  await buy(ledger, 'a')
  await buy(ledger, 'b', { tags: JSON.parse('{ "__proto__": "p", "constructor": "c" }') })
  for (const [by, value] of [
    ['constructor', 'c'],
    ['__proto__', 'p'],
    ['toString', undefined],
  ] as const) {
    const { groups } = await ledger.totals({ by })
    expect(Object.keys(groups ?? {})).toEqual(value === undefined ? [''] : ['', value])
  }
})
