// Runs a batch in a terminal against an emulator, in real time, and draws what it showed into docs/batch.svg:
//   npm run build && node scripts/draw-batch.mjs      needs `script` of util-linux
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createEmulator } from 'runapi-video/testing'

const COLUMNS = 92
const SHOWN = 'npx runapi-video batch orders.jsonl --out videos --limit-cents 2000'
const WHEN_DONE = 2

/** @param {string} id @param {string} model @param {string} prompt @param {number} [seconds] */
const hailuo = (id, model, prompt, seconds) => ({
  id,
  endpoint: 'hailuo.textToVideo',
  params: { model, prompt, ...(seconds && { duration_seconds: seconds }) },
})
/** @param {string} id @param {string} prompt */
const luma = (id, prompt) => ({
  id,
  endpoint: 'luma.modifyVideo',
  params: { prompt, source_video_url: 'https://example.com/park-walk.mp4' },
})
const orders = [
  hailuo('harbour', 'hailuo-02-text-to-video-standard', 'A harbour at dawn', 6),
  hailuo('marble', 'hailuo-02-text-to-video-pro', 'A glass marble rolls across a desk'),
  hailuo('paper-boat', 'hailuo-02-text-to-video-pro', 'A paper boat in a gutter'),
  luma('fog', 'A foggy autumn morning'),
  luma('night', 'Make it night'),
  luma('snow', 'Snow begins to fall'),
]
const takesMs = [78_000, 102_000, 91_000, 47_000, 58_000, 66_000]

const folder = mkdtempSync(join(tmpdir(), 'batch-'))
writeFileSync(join(folder, 'orders.jsonl'), orders.map((order) => `${JSON.stringify(order)}\n`).join(''))
const emulator = createEmulator()
for (const each of takesMs) emulator.next({ takesMs: each })
const { url } = await emulator.listen()

/** What the terminal shows, a line an entry, with its colours. @type {string[]} */
const screen = ['']
let row = 0
/** @param {string} text */
const write = (text) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal reads
  for (const [part] of text.matchAll(/\x1b\[(\d*)[AJm]|\x1b\[\d+m|[\r\n]|[^\x1b\r\n]+/g)) {
    if (part === '\n') screen[++row] ??= ''
    else if (part === '\r') screen[row] = ''
    else if (part.endsWith('A')) row -= Number(part.slice(2, -1))
    else if (part.endsWith('J')) screen.splice(row + 1)
    else screen[row] += part
  }
}

const command = `node '${resolve('dist/cli.js')}' ${SHOWN.replace('npx runapi-video ', '')}`
const child = spawn('script', ['-qec', `stty cols ${COLUMNS} rows 24 -onlcr; ${command}`, '/dev/null'], {
  cwd: folder,
  env: {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    TERM: 'xterm',
    RUNAPI_BASE_URL: url,
    RUNAPI_API_KEY: 'any',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
/** @type {string[]} */
let middle = []
child.stdout.setEncoding('utf8').on('data', (chunk) => {
  write(chunk)
  const text = screen.join('\n')
  if (text.includes(` ${WHEN_DONE} done,`) && !text.includes('saving')) middle = [...screen]
})
await once(child, 'close')
await emulator.close()

const lines = [`\x1b[1m$ ${SHOWN}\x1b[0m`, ...middle, '\x1b[2m…\x1b[0m', ...screen.filter(Boolean)]
const [WIDTH, HEIGHT] = [7.5, 19]
/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
/** @param {string} line @param {number} index */
const drawn = (line, index) => {
  let [colour, column] = ['', 0]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal reads
  const spans = line.split(/\x1b\[(\d+)m/).map((text, part) => {
    if (part % 2 === 1) colour = { 1: ' class="typed"', 2: ' class="dim"', 36: ' class="bar"' }[text] ?? ''
    if (part % 2 === 1 || text === '') return ''
    const at = `x="${16 + column * WIDTH}" textLength="${text.length * WIDTH}"`
    column += text.length
    return `<tspan ${at}${colour}>${escaped(text)}</tspan>`
  })
  return `  <text y="${32 + index * HEIGHT}">${spans.join('')}</text>`
}
const [width, height] = [32 + COLUMNS * WIDTH, 32 + lines.length * HEIGHT]
writeFileSync(
  'docs/batch.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12.5" xml:space="preserve">
  <title id="t">A batch in a terminal</title>
  <desc id="d">The command, its progress while ${WHEN_DONE} of ${orders.length} videos are done, and its last lines.</desc>
  <style>
    rect { fill: #11161d }
    text { fill: #d5dbe3 }
    .typed { fill: #ffffff; font-weight: 600 }
    .dim { fill: #8b96a5 }
    .bar { fill: #4fc3d9 }
  </style>
  <rect width="${width}" height="${height}" rx="8"/>
${lines.map(drawn).join('\n')}
</svg>
`,
)
console.log('Drew docs/batch.svg')
