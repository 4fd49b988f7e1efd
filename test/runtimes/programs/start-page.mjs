// Runs a bundle as a page's script, with a browser's globals and none of Node's: node start-page.mjs <bundle> <base URL>
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'

const [bundle = '', baseUrl = ''] = process.argv.slice(2)
const GLOBALS = [
  'AbortController AbortSignal Blob DOMException Event EventTarget File FormData Headers ReadableStream Request',
  'Response TextDecoder TextEncoder TransformStream URL URLSearchParams WritableStream atob btoa clearInterval',
  'clearTimeout console crypto fetch performance queueMicrotask setInterval setTimeout structuredClone',
]
const names = GLOBALS.join(' ').split(' ')
const page = createContext({
  ...Object.fromEntries(names.map((name) => [name, Reflect.get(globalThis, name)])),
  document: {},
  location: new URL(baseUrl),
  navigator: { userAgent: 'Mozilla/5.0' },
})
runInContext('globalThis.self = globalThis.window = globalThis', page)
runInContext(readFileSync(bundle, 'utf8'), page)
const facts = await runInContext(`runMatrix(${JSON.stringify(baseUrl)})`, page)
console.log(`FACTS ${JSON.stringify(facts)}`)
