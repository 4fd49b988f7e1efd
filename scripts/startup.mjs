// What the library adds to the start of a process: npm run startup
// Each program runs in a process of its own, in turns. The fastest run counts: a busy machine only adds.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createEmulator } from 'runapi-video/testing'

const TURNS = 21
const programs = { library: 'with-library.mjs', fetch: 'with-fetch.mjs' }

const emulator = createEmulator({ takesMs: 0 })
const { url } = await emulator.listen()

/** @param {string} file */
const measure = async (file) => {
  const path = fileURLToPath(new URL(`startup/${file}`, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [path, url])
  return /** @type {{ importMs: number, totalMs: number }} */ (JSON.parse(stdout))
}

/** @type {Record<keyof typeof programs, { importMs: number, totalMs: number }[]>} */
const runs = { library: [], fetch: [] }
for (let turn = 0; turn < TURNS; turn++) {
  runs.library.push(await measure(programs.library))
  runs.fetch.push(await measure(programs.fetch))
}
await emulator.close()

const [importMs, nothingMs] = [runs.library, runs.fetch].map((list) =>
  Math.min(...list.map((run) => run.importMs)),
)
const addedMs = (importMs ?? Number.NaN) - (nothingMs ?? Number.NaN)
const libraryMs = Math.min(...runs.library.map((run) => run.totalMs))
const fetchMs = Math.min(...runs.fetch.map((run) => run.totalMs))
console.log(`Node ${process.versions.node}, the fastest of ${TURNS} processes each`)
console.log(`import                 ${addedMs.toFixed(1)} ms more than an empty module (to reach: 10 ms)`)
console.log(`import and first call  ${libraryMs.toFixed(1)} ms, a bare fetch ${fetchMs.toFixed(1)} ms`)
console.log(`                       ${(libraryMs / fetchMs).toFixed(2)} times the bare fetch (to reach: 1.3)`)
