import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factsIn, runChild } from '../child.mjs'
import { differences } from '../facts.mjs'
import { bunAndDenoRows, bunBinary, denoBinary } from './bun-and-deno.mjs'
import { nodeBinary, nodeUnavailable, versionOf } from './node.mjs'

const EXPECTED = {
  left: [['order-1', 'bought']],
  sameTask: true,
  replayed: true,
  over: 'spending_limit',
  videos: 1,
  unfinished: 0,
  totals: { spentCents: 30, reservedCents: 0, unknownCents: 0, unpriced: 0, leftCents: 10 },
}

const PROGRAM = 'programs/file-ledger.mjs'

/** @param {string} name */
const unavailableAs = (name) => bunAndDenoRows.find((row) => row.name === name)?.unavailable

/** @type {{ name: string, file: () => string, args: (folder: string) => string[], unavailable: (() => string | undefined) | undefined }[]} */
const runtimes = [
  ...[20, 22, 24, 26].map((major) => ({
    name: `node ${major}`,
    file: () => nodeBinary(major),
    args: () => [PROGRAM],
    unavailable: () => nodeUnavailable(major),
  })),
  { name: 'bun', file: bunBinary, args: () => [PROGRAM], unavailable: unavailableAs('bun') },
  {
    name: 'deno',
    file: denoBinary,
    args: (folder) => [
      'run',
      '--allow-net=127.0.0.1',
      `--allow-read=${folder}`,
      `--allow-write=${folder}`,
      '--no-prompt',
      '--node-modules-dir=manual',
      PROGRAM,
    ],
    unavailable: unavailableAs('deno'),
  },
]

/** @type {import('../row.mjs').Row[]} */
export const fileLedgerRows = runtimes.map(({ name, file, args, unavailable }) => ({
  name: `ledger on a file, ${name}`,
  version: () => versionOf(file()),
  ...(unavailable && { unavailable }),
  run: async ({ consumer, baseUrl, emulator }) => {
    const folder = mkdtempSync(join(tmpdir(), 'runapi-video-ledger-'))
    try {
      const line = [...args(folder), baseUrl, join(folder, 'videos.jsonl')]
      const seen = factsIn(await runChild(file(), line, { cwd: consumer }))
      return [
        ...differences(seen, EXPECTED),
        ...differences({ bought: emulator.tasks.length }, { bought: 1 }),
      ]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}))
