import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunApiClient } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { median } from '../median.mjs'

const IN_FLIGHT = 64
const ANSWER_MS = 20

/**
 * What a ledger costs a create, in interleaved pairs: processor time, and wall time with 64 in flight.
 * @param {{ creates: number, pairs: number }} options
 */
export const costOfLedger = async ({ creates, pairs }) => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-cost-'))
  let tasks = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () =>
      setTimeout(() => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ task_id: `tsk_${tasks++}`, status: 'pending' }))
      }, ANSWER_MS),
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const baseUrl = `http://127.0.0.1:${port}`
  try {
    /** @type {{ cpuMs: number, wallRatio: number }[]} */
    const seen = []
    for (let pair = 0; pair <= pairs; pair++) {
      const ledger = openLedger(fileStore(join(folder, `${pair}.jsonl`)))
      const without = await measure({ baseUrl, creates })
      const withLedger = await measure({ baseUrl, creates, ledger })
      // The first pair warms up.
      if (pair === 0) continue
      seen.push({
        cpuMs: (withLedger.cpuMs - without.cpuMs) / creates,
        wallRatio: withLedger.wallMs / without.wallMs,
      })
    }
    return {
      cpuMsPerCreate: median(seen.map(({ cpuMs }) => cpuMs)),
      wallRatio: median(seen.map(({ wallRatio }) => wallRatio)),
    }
  } finally {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {{ baseUrl: string, creates: number, ledger?: import('runapi-video/ledger').OpenLedger }} options */
const measure = async ({ baseUrl, creates, ledger }) => {
  const runapi = new RunApiClient({ apiKey: 'key', baseUrl, ledger, maxConnections: IN_FLIGHT })
  const params = /** @type {const} */ ({
    model: 'hailuo-02-text-to-video-pro',
    prompt: 'A paper boat drifts down a rainy street at night, neon in the puddles, slow camera',
  })
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  let left = creates
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await runapi.hailuo.textToVideo(params)
    }),
  )
  const wallMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  await runapi.close()
  return { wallMs, cpuMs: (user + system) / 1_000 }
}
