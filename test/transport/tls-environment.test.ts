import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bundle } from '../support/bundled'
import { type Certificate, makeCertificates } from '../support/certificates'
import { faultServer, says } from '../support/fault-server'
import { type ForwardProxy, listenProxy, listenSocks } from './forward-proxy'

// Twelve at once: eight go by the global fetch, the others by undici.
const PROGRAM = `
import { RunApiClient } from 'runapi-video'
const runapi = new RunApiClient({ apiKey: 'key', baseUrl: process.env.BASE, maxRetries: 0 })
const ask = () => runapi.account.balance().then(() => 'answered', (error) => error.code + ' ' + error.retryable)
const outcomes = await Promise.all(Array.from({ length: 12 }, ask))
console.log(JSON.stringify(outcomes))
await runapi.close()
`

const certificates = makeCertificates()
const folder = mkdtempSync(join('node_modules', '.tls-environment-'))
const authority = join(folder, 'authority.pem')
const proxies: ForwardProxy[] = []
let program: string
let server: Awaited<ReturnType<typeof faultServer>>

beforeAll(async () => {
  writeFileSync(join(folder, 'program.mts'), PROGRAM)
  writeFileSync(authority, certificates?.valid.cert ?? '')
  const entry = { program: join(folder, 'program.mts') }
  const built = await bundle({ entry, transport: 'node', format: 'esm', external: ['undici'], folder })
  program = join(built, 'program.mjs')
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(async () => {
  server = await faultServer(says(200, { balance_cents: 1 }), { tls: certificates?.valid as Certificate })
})
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close()
})

const run = async (env: Readonly<Record<string, string>>, flags: readonly string[] = []) => {
  const { PATH = '' } = process.env
  const given = { env: { PATH, BASE: server.url, ...env } }
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program], given)
  return new Set<string>(JSON.parse(stdout))
}
const opened = async (open: () => Promise<ForwardProxy>): Promise<string> => {
  const proxy = await open()
  proxies.push(proxy)
  return proxy.url
}

const WAYS: [string, () => Promise<Record<string, string>>][] = [
  ['directly', async () => ({})],
  ['through an HTTP proxy', async () => ({ HTTPS_PROXY: await opened(() => listenProxy()) })],
  ['through a SOCKS proxy', async () => ({ HTTPS_PROXY: await opened(() => listenSocks()) })],
]

const withOpenssl = test.skipIf(certificates === undefined)

withOpenssl.each(WAYS)(
  'fetch and undici trust %s whom NODE_EXTRA_CA_CERTS names, and nobody else (skipped without openssl)',
  async (_, way) => {
    const proxy = await way()
    expect(await run(proxy)).toEqual(new Set(['connection false']))
    expect(await run({ ...proxy, NODE_EXTRA_CA_CERTS: authority })).toEqual(new Set(['answered']))
  },
  120_000,
)

withOpenssl(
  'fetch and undici heed what else the environment says of certificates (skipped without openssl)',
  async () => {
    expect(await run({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual(new Set(['answered']))
    const openssl = await run({ SSL_CERT_FILE: authority }, ['--use-openssl-ca'])
    expect(openssl).toEqual(new Set(['answered']))
  },
  120_000,
)
