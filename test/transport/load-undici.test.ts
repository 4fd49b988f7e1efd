import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { loadUndici } from '../../src/transport/undici'
import { bundle } from '../support/bundled'
import { listen } from './loopback'

test('loading undici leaves the dispatcher of the global fetch to Node', async () => {
  const undici = await loadUndici()
  const dispatcher: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))
  expect(dispatcher).toBeDefined()
  expect(dispatcher).not.toBeInstanceOf(undici?.Agent)
})

test('undici is loaded once', async () => {
  expect(loadUndici()).toBe(loadUndici())
})

// As an override of the whole tree brings it: other handlers, so that each dispatch throws.
const OLD_UNDICI = `
export class Agent { dispatch() { throw new Error('invalid onError method') } }
export class ProxyAgent extends Agent {}
export const fetch = () => Promise.reject(new Error('invalid onError method'))
`

test('an undici of another generation is not used, and a proxy that needs one is refused in words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runapi-video-old-undici-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const old = join(folder, 'node_modules', 'undici')
  mkdirSync(old, { recursive: true })
  writeFileSync(join(old, 'package.json'), '{"name":"undici","type":"module","exports":"./index.js"}')
  writeFileSync(join(old, 'index.js'), OLD_UNDICI)
  const entry = { transport: 'src/transport/node.ts' }
  const bundled = await bundle({ entry, transport: 'node', format: 'esm', external: ['undici'], folder })
  const program = join(bundled, 'program.mjs')
  writeFileSync(program, PROGRAM)
  const server = await listen((_, response) => response.end('{}'))
  const { stdout } = await promisify(execFile)(process.execPath, [program, server.url], {
    env: { PATH: process.env.PATH ?? '' },
  })
  await server.close()
  expect(JSON.parse(stdout)).toEqual([
    ...Array(12).fill(200),
    expect.stringMatching(/^HTTP_PROXY: .*undici 7 or later/),
  ])
}, 30_000)

const PROGRAM = `
import { createTransport } from './transport.mjs'
const transport = createTransport({ maxConnections: 64 })
const send = async () => {
  const { signal } = new AbortController()
  const response = await transport.send({ url: process.argv[2], method: 'GET', headers: {}, signal })
  await response.read(1_000)
  return response.status
}
const statuses = await Promise.all(Array.from({ length: 12 }, send))
process.env.HTTP_PROXY = 'http://127.0.0.1:1'
const refusal = await send().catch((error) => error.misconfigured ?? String(error))
console.log(JSON.stringify([...statuses, refusal]))
`
