import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bundle } from '../support/bundled'
import { type ForwardProxy, listenProxy } from './forward-proxy'
import { type Loopback, listen } from './loopback'

// A program as esbuild bundles it: undici inside fails when it is loaded, in a bundle in ESM.
const PROGRAM = `
import { RunApiClient } from 'runapi-video'
const { REPLACED, BASE } = process.env
const { fetch } = globalThis
if (REPLACED) globalThis.fetch = (...given) => fetch(...given)
const runapi = new RunApiClient({ apiKey: 'key', baseUrl: BASE, allowInsecureHttp: true, maxRetries: 0 })
const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
try {
  console.log((await runapi.luma.modifyVideo(params)).id)
} catch (error) {
  console.log(error.code + ': ' + error.message)
}
try {
  const { body } = await runapi.download({ url: BASE + '/result' }, { maxRetries: 0 })
  console.log(await new Response(body).text())
} catch (error) {
  console.log(error.code + ': ' + error.message)
}
await runapi.close()
`

const folders: string[] = []
const programs = new Map<string, string>()
let server: Loopback
let proxy: ForwardProxy

beforeAll(async () => {
  const source = join('test', `.bundled-${process.pid}.mts`)
  writeFileSync(source, PROGRAM)
  try {
    for (const transport of ['node', 'web'] as const) {
      const folder = await bundle({ entry: { program: source }, transport, format: 'esm' })
      folders.push(folder)
      programs.set(transport, join(folder, 'program.mjs'))
    }
  } finally {
    rmSync(source)
  }
}, 60_000)
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  server = await listen((_, response) =>
    response.setHeader('content-type', 'video/mp4').end(JSON.stringify({ id: 'tsk_1', status: 'pending' })),
  )
  proxy = await listenProxy({ 'api.invalid': server.port })
})
afterEach(async () => {
  await proxy.close()
  await server.close()
})

const run = async (transport: string, env: Readonly<Record<string, string>>) => {
  const { PATH = '' } = process.env
  const given = { PATH, BASE: server.url, ...env }
  const program = programs.get(transport) as string
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { env: given })
  return { lines: stdout.trim().split('\n'), stderr }
}

const REFUSED =
  /^configuration: HTTP_PROXY: .*undici 7 or later cannot be imported.*external.*NODE_USE_ENV_PROXY.*option fetch.*NO_PROXY/

test.each(['node', 'web'])(
  'a bundle without undici (%s) buys and downloads nothing past a proxy, and says what to do',
  async (transport) => {
    const { lines } = await run(transport, { HTTP_PROXY: proxy.url })
    expect(lines).toEqual([expect.stringMatching(REFUSED), expect.stringMatching(REFUSED)])
    expect(server.requests).toEqual([])
  },
)

test.each(['node', 'web'])('a bundle (%s) works where NO_PROXY lists the host', async (transport) => {
  const { lines } = await run(transport, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' })
  expect(lines).toEqual(['tsk_1', expect.stringContaining('tsk_1')])
})

test.each(['node', 'web'])(
  'a bundle (%s) whose global fetch is wrapped uses it, and warns of the proxy',
  async (transport) => {
    const { lines, stderr } = await run(transport, { HTTP_PROXY: proxy.url, REPLACED: 'yes' })
    expect(lines[0]).toBe('tsk_1')
    expect(stderr).toMatch(/HTTP_PROXY is set, but the global fetch was replaced/)
    expect(proxy.tunnels).toEqual([])
  },
)

const [major = 0] = process.versions.node.split('.').map(Number)

test.runIf(major >= 24)('a bundle goes through the proxy where Node was told to', async () => {
  const env = { HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1', BASE: 'http://api.invalid' }
  const { lines, stderr } = await run('node', env)
  expect(lines[0]).toBe('tsk_1')
  expect(stderr).not.toMatch(/was replaced/)
  expect(proxy.tunnels).not.toEqual([])
})
