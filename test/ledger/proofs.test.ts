import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cutEverywhere } from '../../bench/ledger/cut.mjs'
import { killAgain } from '../../bench/ledger/kills.mjs'
import { raceForHalf } from '../../bench/ledger/race.mjs'
import { bundle } from '../support/bundled'

// Processes that start and die, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let folder: string
let program: string
beforeAll(async () => {
  folder = await bundle({
    entry: ['bench/ledger/shop.mjs'],
    transport: 'node',
    format: 'esm',
    external: ['undici'],
    folder: 'node_modules',
  })
  program = join(folder, 'shop.mjs')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([false, true])(
  'a process that is killed again and again buys each order once and keeps every file, keys forgotten: %s',
  async (forgets) => {
    const books = await killAgain({ program, kills: 8, orders: 5, forgets })
    expect(books.deaths).toBeGreaterThan(3)
    expect(books).toMatchObject({
      done: books.orders,
      files: books.orders,
      sizesOfFiles: 1,
      boughtAgain: 0,
    })
    // A service that forgets may sell twice what it never answered, and only that.
    if (!forgets) expect(books).toMatchObject({ tasks: books.orders, ledgerCents: books.spentCents })
  },
)

test('four processes on a limit that fits half of their orders buy exactly that half', async () => {
  const { half, tasks, reservedCents, spentCents } = await raceForHalf({ program, orders: 10 })
  expect(tasks).toBe(half)
  expect(reservedCents).toBe(spentCents)
})

test('a journal that is cut anywhere forgets no whole order, and what was bought is not bought again', async () => {
  const { cuts, boughtAgain, forgotten } = await cutEverywhere({ orders: 2, every: 89 })
  expect(cuts).toBeGreaterThan(1_000)
  expect({ boughtAgain, forgotten }).toEqual({ boughtAgain: 0, forgotten: 0 })
})
