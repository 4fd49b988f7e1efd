import { startServer } from '../loopback/start-server.mjs'
import { measuredChild } from '../measured-child.mjs'
import { median } from '../median.mjs'
import { installPeers } from '../peers.mjs'
import { brief } from '../report.mjs'

const WAITS = 10_000
const ROUNDS = 2
const names = ['runapi-video', 'loop over fetch', 'replicate.wait']
const waits10k = new URL('../clients/waits.mjs', import.meta.url)
const parkedWaits = new URL('../clients/parked.mjs', import.meta.url)

/** Ten thousand waits at once: stall, sockets, memory and delay; and the heap of a parked one. */
export const waits = async () => {
  installPeers()
  /** @type {Record<string, Record<string, number>[]>} */
  const seen = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      // A server of its own, because the sockets of the one before close late.
      const server = await startServer()
      const ofClient = await measuredChild(waits10k, [name, server.url, String(WAITS)])
      seen[name] = [...(seen[name] ?? []), { ...ofClient, ...(await server.counts()) }]
      server.stop()
    }
  }
  /** @type {Record<string, number>[]} */
  const parked = []
  const server = await startServer()
  for (let round = 0; round < 3; round++)
    parked.push(await measuredChild(parkedWaits, [server.url, String(WAITS)], ['--expose-gc']))
  server.stop()

  const rows = names.map((name) => {
    const of = (/** @type {string} */ field) => median((seen[name] ?? []).map((each) => Number(each[field])))
    return {
      client: name,
      'to start them in one turn, s': of('startSeconds'),
      'longest stall then, s': of('stallSeconds'),
      sockets: of('mostSockets'),
      'peak memory, MiB': of('memoryMiB'),
      'CPU, s': of('cpuSeconds'),
      requests: of('requests'),
      'median delay, s': of('medianDelay'),
      'p99 delay, s': of('p99Delay'),
      failed: of('failed'),
    }
  })
  const heap = (/** @type {string} */ field) => median(parked.map((each) => Number(each[field])))
  const heapRows = [
    { what: 'handle', 'heap, bytes': heap('handle') },
    { what: 'wait on it, before its first poll', 'heap, bytes': heap('wait') },
    { what: 'handle and wait, parked after a poll', 'heap, bytes': heap('both') },
    { what: '… of a task that this process created', 'heap, bytes': heap('created') },
  ]
  const [ours, loop] = rows
  const begin = Number(ours?.['to start them in one turn, s'])
  const stall = Number(ours?.['longest stall then, s'])
  const sockets = Number(ours?.sockets)
  const memory = Number(ours?.['peak memory, MiB']) / Number(loop?.['peak memory, MiB'])
  const wait = heap('both')
  return {
    tables: [
      {
        title: `${WAITS} waits at once, polls every 4 s (which alone means a delay of 2 s, 4 s at most)`,
        rows,
      },
      { title: 'Heap per parked wait', rows: heapRows },
    ],
    reached: [
      {
        what: `${WAITS} waits: longest stall`,
        reach: '≤ 0.15 s',
        measured: `${brief(begin)} s to start them, then ${brief(stall)} s`,
        met: Math.max(begin, stall) <= 0.15,
      },
      { what: '… sockets', reach: '≤ 72', measured: brief(sockets), met: sockets <= 72 },
      {
        what: '… peak memory',
        reach: '≤ 0.30 × loop over fetch',
        measured: brief(memory),
        met: memory <= 0.3,
      },
      { what: '… heap per parked wait', reach: '≤ 4096 bytes', measured: brief(wait), met: wait <= 4_096 },
      {
        what: '… of a task that was created',
        reach: '≤ 6000 bytes',
        measured: brief(heap('created')),
        met: heap('created') <= 6_000,
      },
    ],
  }
}
