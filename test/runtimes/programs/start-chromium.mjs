// Opens a page in headless Chromium and runs the program there three times: through the page's own server, against the
// emulator's origin, and in a web worker. node start-chromium.mjs <playwright-core> <chromium> <bundle> <base URL> <key>
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createRequire } from 'node:module'

const [playwright = '', executablePath = '', bundle = '', baseUrl = '', apiKey = ''] = process.argv.slice(2)
const { chromium } = createRequire(import.meta.url)(playwright)
const script = readFileSync(bundle)

// The pattern of the guide: the page's server adds the key, and the page never sees it.
const server = createServer((incoming, outgoing) => {
  const path = incoming.url ?? '/'
  if (path === '/bundle.js') return outgoing.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
  if (!path.startsWith('/api/runapi/')) {
    return outgoing
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><script type="module" src="/bundle.js"></script>')
  }
  const { host: _, ...headers } = { authorization: `Bearer ${apiKey}`, ...incoming.headers }
  const forwarded = request(baseUrl + path.slice('/api/runapi'.length), { method: incoming.method, headers })
  forwarded.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  forwarded.on('error', () => outgoing.destroy())
  outgoing.on('close', () => forwarded.destroy())
  incoming.pipe(forwarded)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
})
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${port}/`)
await page.waitForFunction('typeof runInPage === "function"')
const facts = await page.evaluate(async (/** @type {string} */ given) => {
  const direct = JSON.parse(given)
  const inWorker = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker('/bundle.js', { type: 'module' })
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.onmessage = ({ data }) => resolve(data)
      worker.postMessage(direct)
    })
  const run = globalThis.runInPage
  return {
    proxied: await run({ baseUrl: '/api/runapi', apiKey: null }),
    direct: await run(direct),
    worker: await inWorker(),
    leaked: await run({ baseUrl: 'https://runapi.ai', apiKey: 'any' }).catch(
      (/** @type {{ code: string }} */ error) => error.code,
    ),
  }
}, JSON.stringify({ baseUrl, apiKey }))
console.log(`FACTS ${JSON.stringify({ version: browser.version(), ...facts })}`)
await browser.close()
server.close()
