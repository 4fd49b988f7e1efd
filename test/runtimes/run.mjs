// The runtime matrix: the packed library, installed as by a user, runs one program on every runtime.
//   npm run test:runtimes                     every row
//   npm run test:runtimes -- bun deno         the rows whose names begin so, in any case
//   npm run test:runtimes -- --suite          also the unit tests on each Node release
//   npm run test:runtimes -- --help           the names of the rows
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { stopAllChildren } from './child.mjs'
import { createConsumer } from './consumer.mjs'
import { userAgentFaults } from './facts.mjs'
import { API_KEY } from './programs/program.mjs'
import { rows } from './rows/index.mjs'
import { suiteRows } from './rows/suite.mjs'

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { suite: { type: 'boolean' }, help: { type: 'boolean' } },
})
const all = values.suite ? [...rows, ...suiteRows] : rows
const begins = (/** @type {string} */ name, /** @type {string} */ start) =>
  name.toLowerCase().startsWith(start.toLowerCase())
const chosen = names.length === 0 ? all : all.filter(({ name }) => names.some((start) => begins(name, start)))
const unknown = names.filter((start) => !all.some(({ name }) => begins(name, start)))
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`no row begins with: ${unknown.join(', ')}`)
  console.log(all.map(({ name }) => name).join('\n'))
  process.exit(unknown.length > 0 ? 2 : 0)
}

const consumer = createConsumer()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, async () => {
    await stopAllChildren()
    consumer.remove()
    process.exit(130)
  })
}
const emulatorFile = join(consumer.folder, 'node_modules/runapi-video/dist/testing/index.js')
/** @type {typeof import('runapi-video/testing')} */
const { createEmulator } = await import(pathToFileURL(emulatorFile).href)

/**
 * Each row has an emulator of its own, so that the requests it records are the row's.
 * @param {import('./row.mjs').Row} row
 */
const complaintsOf = async (row) => {
  const emulator = createEmulator({
    apiKey: API_KEY,
    takesMs: 250,
    fault: ({ request }) => (promptOf(request.body) === 'Never answer' ? 'stall' : undefined),
    ...row.emulator,
  })
  const { url } = await emulator.listen()
  try {
    const complaints = await row.run({ consumer: consumer.folder, baseUrl: url, emulator })
    return row.sendsNothing
      ? complaints
      : [...complaints, ...userAgentFaults(emulator.requests, row.inBrowser === true)]
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    await emulator.close()
  }
}

/** @param {unknown} body */
const promptOf = (body) =>
  typeof body === 'object' && body !== null && 'prompt' in body ? body.prompt : undefined

/** @param {import('./row.mjs').Row} row */
const runRow = async (row) => {
  const startedAt = performance.now()
  const unavailable = row.unavailable?.()
  if (unavailable !== undefined) return { row, version: '-', result: 'skipped', notes: [unavailable], ms: 0 }
  try {
    const version = row.version()
    const notes = await complaintsOf(row)
    return {
      row,
      version,
      result: notes.length === 0 ? 'ok' : 'RED',
      notes,
      ms: performance.now() - startedAt,
    }
  } catch (error) {
    return { row, version: '-', result: 'RED', notes: [String(error)], ms: performance.now() - startedAt }
  }
}

/** @param {string} name @param {string} version @param {string} result @param {string} seconds */
const print = (name, version, result, seconds) =>
  console.log(`| ${name.padEnd(30)} | ${version.padEnd(16)} | ${result.padEnd(7)} | ${seconds.padStart(7)} |`)

/** @type {Awaited<ReturnType<typeof runRow>>[]} */
const outcomes = []
try {
  print('row', 'version', 'result', 'seconds')
  print('---', '---', '---', '---:')
  for (const row of chosen) {
    const outcome = await runRow(row)
    outcomes.push(outcome)
    print(row.name, outcome.version, outcome.result, (outcome.ms / 1000).toFixed(1))
  }
} finally {
  consumer.remove()
}

for (const { row, result, notes } of outcomes) {
  for (const note of notes) console.log(`\n${row.name} (${result}): ${note}`)
}
const count = (/** @type {string} */ result) => outcomes.filter((outcome) => outcome.result === result).length
console.log(`\n${count('ok')} passed, ${count('RED')} failed, ${count('skipped')} skipped`)
if (count('RED') > 0 || count('ok') === 0) process.exitCode = 1
