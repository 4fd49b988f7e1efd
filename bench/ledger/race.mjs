import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'
import { serve } from './kills.mjs'

const PROCESSES = 4
// Of the emulator's Hailuo 02 pro.
const PRICE_CENTS = 57

/**
 * Processes that share one file and a limit that fits half of their orders.
 * @param {object} options
 * @param {string} options.program the shop as one file that Node runs
 * @param {number} options.orders of each process
 */
export const raceForHalf = async ({ program, orders }) => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-race-'))
  const file = join(folder, 'orders.jsonl')
  const emulator = createEmulator()
  const { url } = await emulator.listen()
  const half = (PROCESSES * orders) / 2
  // Less than a whole order is left over.
  const limitCents = half * PRICE_CENTS + PRICE_CENTS - 1
  try {
    await Promise.all(
      Array.from({ length: PROCESSES }, (_, process) => {
        const keys = Array.from({ length: orders }, (_, number) => `${process}-${number}`)
        return serve(program, { baseUrl: url, file, keys, limitCents, concurrency: 8 })
      }),
    )
    const { reservedCents, unknownCents, leftCents } = await openLedger(fileStore(file), {
      limitCents,
    }).totals()
    return {
      half,
      tasks: emulator.tasks.length,
      reservedCents,
      unknownCents,
      leftCents,
      spentCents: emulator.spentCents,
    }
  } finally {
    await emulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
