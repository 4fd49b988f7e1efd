import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunApiClient } from 'runapi-video'
import { foldLedger, openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'

/**
 * Cuts a journal after every byte, and goes on from there: what was intended is known, and what was bought is not bought
 * again, by a service that has forgotten all its keys.
 * @param {{ orders: number, every?: number }} options
 */
export const cutEverywhere = async ({ orders, every = 1 }) => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-cut-'))
  const file = join(folder, 'whole.jsonl')
  const keys = Array.from({ length: orders }, (_, number) => `order-${number}`)
  try {
    const emulator = createEmulator()
    await buyAll(emulator, file, keys)
    const bytes = readFileSync(file)
    let boughtAgain = 0
    let forgotten = 0
    let cuts = 0
    const growing = join(folder, 'cut.jsonl')
    for (let length = 0; length <= bytes.length; length++) {
      if (length > 0) appendFileSync(growing, bytes.subarray(length - 1, length))
      const whole = foldLedger(wholeLines(bytes.subarray(0, length).toString('utf8')))
      const known = await openLedger(fileStore(growing)).unfinished({ stale: true })
      const isKnown = (/** @type {string} */ key) => known.some((order) => order.key === key)
      forgotten += whole.filter(({ key, done }) => !done && !isKnown(key)).length
      cuts++
      if (length % every > 0) continue
      const copy = join(folder, `${length}.jsonl`)
      writeFileSync(copy, bytes.subarray(0, length))
      // Another service: it remembers nothing.
      const other = createEmulator()
      await buyAll(other, copy, keys)
      const known2 = new Set(whole.flatMap(({ key, task }) => (task ? [key] : [])))
      boughtAgain += other.tasks.filter(({ idempotencyKey = '' }) => known2.has(idempotencyKey)).length
      rmSync(copy)
    }
    return { bytes: bytes.length, cuts, boughtAgain, forgotten }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {import('runapi-video/testing').Emulator} emulator */
const buyAll = async (
  { fetch, clock },
  /** @type {string} */ file,
  /** @type {readonly string[]} */ keys,
) => {
  const ledger = openLedger(fileStore(file))
  const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, ledger, logLevel: 'off' })
  for (const key of keys) {
    const params = /** @type {const} */ ({ model: 'hailuo-02-text-to-video-pro', prompt: `Möwen 🐦 ${key}` })
    await runapi.hailuo.textToVideo(params, { idempotencyKey: key })
  }
  await runapi.close()
}

const wholeLines = (/** @type {string} */ text) =>
  text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line)]
      } catch {
        return []
      }
    })
