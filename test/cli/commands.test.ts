import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEmulator, type Emulator, type EmulatorOptions } from 'runapi-video/testing'
import { expect, onTestFinished, test } from 'vitest'
import { folder, runHere } from './in-process'

const SOURCE = 'https://example.com/a.mp4'
const LUMA = ['create', 'luma.modifyVideo', '--prompt', 'Fog']

/** An emulator behind a socket until the test ends, with a command line that uses it. */
const serve = async (options?: EmulatorOptions) => {
  const emulator: Emulator = createEmulator(options)
  const { url } = await emulator.listen()
  onTestFinished(() => emulator.close())
  const line = (args: readonly string[], columns?: number) =>
    runHere(args, { env: { RUNAPI_BASE_URL: url }, ...(columns !== undefined && { columns }) })
  const buy = async () => JSON.parse((await line([...LUMA, '--source', SOURCE])).out)
  return { emulator, url, line, buy }
}

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('status asks once, and its exit code says where the task stands', async () => {
  const { emulator, line, buy } = await serve({ takesMs: Infinity })
  const going = await buy()
  const pending = await line(['status', going.endpoint, going.id])
  expect(pending.exitCode).toBe(4)
  expect(JSON.parse(pending.out)).toMatchObject({ status: 'pending', task: { id: going.id } })
  expect(emulator.tasks[0]?.polls).toBe(1)

  emulator.next({ takesMs: 0 })
  const done = await line(['status', JSON.stringify(await buy())])
  expect(done.exitCode).toBe(0)
  expect(JSON.parse(done.out)).toMatchObject({ status: 'completed', videos: [{}] })
  expect(JSON.parse(done.out)).not.toHaveProperty('raw')

  emulator.next({ takesMs: 0, outcome: { failed: 'Too dark' } })
  const failed = await line(['status', JSON.stringify(await buy())])
  expect(failed.exitCode).toBe(3)
  expect(JSON.parse(failed.out)).toMatchObject({ status: 'failed', error: { message: 'Too dark' } })
})

test('quote checks the parameters and gives the price without a key', async () => {
  const { emulator, url, line } = await serve()
  const words = ['quote', 'luma.modifyVideo', '--prompt', 'Fog', '--source', SOURCE]
  const keyless = await runHere(words, { env: { RUNAPI_BASE_URL: url, RUNAPI_API_KEY: undefined } })
  expect(keyless.exitCode).toBe(0)
  expect(JSON.parse(keyless.out)).toMatchObject({ pricing_status: 'available', currency: 'USD' })
  expect((await line(words, 80)).out).toMatch(/^luma\.modifyVideo luma-modify-video: \$\d\.\d\d \(exact\)\n$/)
  expect(await line(['quote', 'luma.modifyVideo', '--prompt', ''])).toMatchObject({ exitCode: 2, out: '' })
  expect(emulator.tasks).toHaveLength(0)
})

test('balance gives cents to programs and dollars to people', async () => {
  const { line } = await serve({ balanceCents: 12_345 })
  expect(JSON.parse((await line(['balance'])).out)).toMatchObject({ balance_cents: 12_345 })
  expect((await line(['balance'], 80)).out).toMatch(/^left +\$123\.45\n/)
  expect(JSON.parse((await line(['balance', '--json'], 80)).out).balance_cents).toBe(12_345)
  expect((await line(['balance', 'now'])).exitCode).toBe(2)
})

test('upload takes a file and a URL, and prints where it is', async () => {
  const { line } = await serve()
  const path = file('in.mp4', 'video')
  for (const what of [path, 'https://example.com/in.png']) {
    const { exitCode, out } = await line(['upload', what, '--file-name', 'named.mp4'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ url: expect.stringMatching(/^http/), file_name: 'named.mp4' })
  }
  expect((await line(['upload', path], 80)).out).toMatch(/^http\S+\nusable until \S+\n$/)
})

test.each([
  [['upload'], 'what to upload is missing'],
  [['upload', 'nowhere.mp4'], 'nowhere.mp4: there is no such file'],
  [['upload', folder], 'is a directory, not a file'],
  [['upload', file('empty.mp4', '')], 'empty.mp4: is empty'],
  [['upload', 'a.mp4', 'b.mp4'], 'takes one file or URL'],
  [['upload', SOURCE, '--content-type', 'video/mp4'], '--content-type belongs to a file'],
  [['status'], 'status: a task is missing'],
  [['status', 'luma.modifyVideo'], 'the id of the task is missing: status luma.modifyVideo <id>'],
  [['wait', 'luma.modifyvideo', 'tsk_1'], 'did you mean luma.modifyVideo?'],
  [['wait', '--endpoint', 'luma', 'tsk_1'], 'there is no endpoint luma'],
  [['wait', './tsk_abc'], './tsk_abc: there is no such file'],
  [['wait', 'task.json'], 'task.json: there is no such file'],
  [['wait', folder], 'is a directory, not a file'],
  [[...LUMA, '--source'], '--source needs a value: --source <value>'],
  [[...LUMA, '--download', '--wait'], '--download needs a value; one that begins with a dash is written'],
  [[...LUMA, '--wait=yes'], '--wait takes no value'],
  [[...LUMA, '--download', 'a', '--download', 'b'], '--download is given twice'],
  [[...LUMA, '--source', 'no.mp4'], 'source_video_url: no.mp4 is neither an http(s) URL nor a file'],
  [[...LUMA, '--source', folder], 'is a directory, not a file'],
  [[...LUMA, '--source', join(folder, 'empty.mp4')], 'empty.mp4 is empty'],
  [[...LUMA, '--base-url', 'http://emulator:4010', '--source', SOURCE], 'needs --allow-insecure-http'],
  [['emulator', '--api-key', 'two words'], 'apiKey must be a key without spaces'],
  [['emulator', '--host', 'nowhere.invalid'], '--host nowhere.invalid is not an address of this machine'],
])('refuses %j with the way out and exit code 2', async (args, sentence) => {
  const { exitCode, out, err } = await runHere(args)
  expect(err).toContain(sentence)
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
})

test('a bare id is answered with what to type, and understood with its endpoint', async () => {
  const { line, buy } = await serve({ takesMs: 0 })
  const { endpoint, id } = await buy()
  const { exitCode, err } = await line(['wait', id])
  expect(exitCode).toBe(2)
  expect(err).toContain(`\n  npx runapi-video wait luma.modifyVideo ${id}\n`)
  for (const words of [
    [endpoint, id],
    ['--endpoint', endpoint, id],
  ])
    expect((await line(['wait', ...words, '--poll-ms', '20'])).exitCode).toBe(0)
})

test.each<[string, (text: string) => Buffer]>([
  ['UTF-16 with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 without one', (text) => Buffer.from(text, 'utf16le')],
  ['big-endian UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}\r\n`)],
])('parameters and handles in %s are read', async (name, encode) => {
  const { emulator, line } = await serve({ takesMs: 0 })
  const params = file(
    `${name} 東京.json`,
    encode(JSON.stringify({ prompt: '東京', source_video_url: SOURCE })),
  )
  const created = await line(['create', 'luma.modifyVideo', '--params', params])
  expect(emulator.requests[0]?.body).toMatchObject({ prompt: '東京' })
  const handle = file(`${name} é.json`, encode(created.out))
  expect((await line(['wait', handle, '--poll-ms', '20'])).exitCode).toBe(0)
})

test.each([
  ['{\n  "prompt": "Fog",\n}', 'line 3, column 1'],
  ["{ 'prompt': 'Fog' }", 'broken at column 3; names and texts need double quotes'],
  ['{ "prompt": "Fog" } }', 'broken at column 21'],
  ['', 'is empty'],
])('the broken JSON %j is answered with where it breaks', async (text, where) => {
  const path = file('broken.json', text)
  const { exitCode, err } = await runHere(['create', 'luma.modifyVideo', '--params', path])
  expect(exitCode).toBe(2)
  expect(err).toContain('broken.json: ')
  expect(err).toContain(where)
})

test('a local file is uploaded just before its purchase, whatever form its path has', async () => {
  const { emulator, line } = await serve()
  const path = file('Füße 東京.mp4', 'video')
  for (const source of [path, pathToFileURL(path).href]) {
    expect((await line([...LUMA, '--source', source])).exitCode).toBe(0)
    const body = emulator.requests.at(-1)?.body as { source_video_url: string }
    expect(body.source_video_url).toMatch(/^https?:.*\/temp\//)
  }
  const json = JSON.stringify({ prompt: 'Fog', source_video_url: path })
  expect((await line(['create', 'luma.modifyVideo', '--params', json])).exitCode).toBe(0)
  expect(emulator.tasks).toHaveLength(3)
})

test('nothing is uploaded where something else is wrong, and with --dry-run nothing is sent', async () => {
  const { emulator, url, line } = await serve()
  const path = file('in.mp4', 'video')
  const locked = join(folder, 'nowhere/out.mp4')
  const withFile = ['create', 'luma.modifyVideo', '--source', path]
  expect((await line(withFile)).err).toContain('prompt: is required')
  expect((await line([...LUMA, '--source', path, '--download', locked])).exitCode).toBe(2)
  const env = { RUNAPI_BASE_URL: url, RUNAPI_API_KEY: undefined }
  expect((await runHere([...LUMA, '--source', path], { env })).exitCode).toBe(2)
  const dry = await runHere([...LUMA, '--source', path, '--dry-run'], { env })
  expect(dry.exitCode).toBe(0)
  expect(JSON.parse(dry.out)).toMatchObject({
    dryRun: true,
    endpoint: 'luma.modifyVideo',
    uploads: [{ field: 'source_video_url', path, bytes: 5 }],
  })
  expect(emulator.requests).toEqual([])
})

test('a create with an upload that got no answer is repeated with the URL of the upload', async () => {
  const { emulator, line } = await serve()
  const lose = ['lose-answer', 'lose-answer', 'lose-answer'] as const
  emulator.next({ faults: { create: [...lose] } })
  const lost = await line([...LUMA, '--source', file('in.mp4', 'video')])
  expect(lost.exitCode).toBe(6)
  const words = /Run the same command with (.+), and nothing is bought twice/.exec(lost.err)?.[1] ?? ''
  expect(words).toMatch(/^--idempotency-key \S+ --source-video-url \S+$/)
  expect((await line([...LUMA, ...words.split(' ')])).exitCode).toBe(0)
  expect(emulator.tasks).toHaveLength(1)
})

test('create with a ledger buys within its limit, and an order that it knows not again', async () => {
  const { emulator, line } = await serve({ takesMs: 0 })
  const source = file('ledger-in.mp4', 'video')
  const words = [...LUMA, '--source', source, '--ledger', 'create.jsonl', '--idempotency-key', 'order-1']
  const first = await line(words)
  expect(first.exitCode).toBe(0)
  emulator.forgetKeys()
  const sent = emulator.requests.length
  const again = await line([...words, '--limit-cents', '10'])
  expect(JSON.parse(again.out).id).toBe(JSON.parse(first.out).id)
  expect(again.err).toContain('bought before')
  expect(emulator.requests).toHaveLength(sent)
  const saved = await line([...words, '--download', 'ledger-out.mp4', '--poll-ms', '20'])
  expect(saved.exitCode).toBe(0)
  rmSync(source)
  expect((await line(words)).exitCode).toBe(0)
  expect((await line([...words.slice(0, -1), 'order-2'])).err).toContain(`${source} is neither`)
  file('ledger-in.mp4', 'other')
  const changed = await line(words)
  expect(changed.exitCode).toBe(2)
  expect(changed.err).toContain(
    'order-1 names another order in the ledger, with other params.source_video_url',
  )
  const limited = await line([...LUMA, '--source', SOURCE, '--ledger', 'create.jsonl', '--limit-cents', '60'])
  expect(limited).toMatchObject({ exitCode: 8, out: '' })
  expect(emulator.tasks).toHaveLength(1)
  expect((await line([...LUMA, '--source', SOURCE, '--limit-cents', '60'])).err).toContain(
    '--limit-cents belongs to --ledger',
  )
  file('no-ledger.jsonl', 'mine')
  expect((await line([...LUMA, '--source', SOURCE, '--ledger', 'no-ledger.jsonl'])).err).toContain(
    'is no ledger',
  )
})

test('create sends an order that is unknown for more than a day again on demand only, and says so', async () => {
  const { emulator, line } = await serve({ takesMs: 0 })
  const words = [...LUMA, '--source', SOURCE, '--ledger', 'old.jsonl', '--idempotency-key', 'old']
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  expect((await line(words)).exitCode).toBe(6)
  const ledger = join(folder, 'old.jsonl')
  writeFileSync(
    ledger,
    readFileSync(ledger, 'utf8').replace(/"at":"[^"]+"/, '"at":"2026-01-01T00:00:00.000Z"'),
  )
  const sent = emulator.requests.length
  const { exitCode, err } = await line(words)
  expect(exitCode).toBe(6)
  expect(err).toContain('--resend-unknown sends it again, and may buy it twice')
  expect(err).not.toContain('Run the same command')
  expect(emulator.requests).toHaveLength(sent)
  expect((await line([...words, '--resend-unknown'])).exitCode).toBe(0)
  expect(emulator.tasks).toHaveLength(1)
  expect((await line([...LUMA, '--source', SOURCE, '--resend-unknown'])).err).toContain(
    '--resend-unknown belongs to --ledger',
  )
})

test('a person at a terminal gets lines, with the command that goes on', async () => {
  const { line, url } = await serve({ takesMs: 0 })
  const created = await line([...LUMA, '--source', SOURCE], 80)
  expect(created.out).toMatch(
    /^luma\.modifyVideo (\S+): created\nTo wait for it:\n {2}npx runapi-video wait luma\.modifyVideo \1\n$/,
  )
  const id = /tsk_\w+/.exec(created.out)?.[0] ?? ''
  const done = await line(['wait', 'luma.modifyVideo', id, '--poll-ms', '20'], 80)
  expect(done.out).toMatch(new RegExp(`^${url}/results/${id}.mp4\nCost: \\$0\\.50\n`))
  const saved = await line(['download', 'luma.modifyVideo', id, join(folder, 'saved.mp4')], 80)
  expect(saved.out).toMatch(/saved\.mp4 \(\d+ kB\)\n$/)
  expect(JSON.parse((await line(['status', 'luma.modifyVideo', id, '--json'], 80)).out).status).toBe(
    'completed',
  )
})

test('a wait that ends too early says with which command it goes on', async () => {
  const { line, url, buy } = await serve({ takesMs: Infinity })
  const { id } = await buy()
  const words = [
    'wait',
    'luma.modifyVideo',
    id,
    '--poll-ms',
    '20',
    '--timeout-ms',
    '60',
    '--download',
    join(folder, 'a b.mp4'),
  ]
  const { exitCode, err } = await line(words, 80)
  expect(exitCode).toBe(4)
  expect(err).toContain(
    `\n  npx runapi-video wait luma.modifyVideo ${id} --poll-ms 20 --download '${folder}/a b.mp4'\n`,
  )
  const elsewhere = await runHere([...words.slice(0, 7), '--base-url', url])
  expect(elsewhere.err).toContain(`wait luma.modifyVideo ${id} --base-url ${url} --poll-ms 20\n`)
})

test('a poll that is refused after a purchase is not told as "nothing was bought"', async () => {
  const { line } = await serve({
    fault: ({ request }) => (request.method === 'GET' ? { status: 401 } : 'ok'),
  })
  const { exitCode, out, err } = await line([...LUMA, '--source', SOURCE, '--wait', '--poll-ms', '20'])
  expect(exitCode).toBe(4)
  expect(err).toContain('401')
  expect(JSON.parse(out).v).toBe(1)
})

test.runIf(process.getuid?.() !== 0)(
  'a directory that may not be written is refused before a purchase',
  async () => {
    const { emulator, line } = await serve()
    const locked = join(folder, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0o555)
    const { exitCode, err } = await line([...LUMA, '--source', SOURCE, '--download', join(locked, 'a.mp4')])
    expect(exitCode).toBe(2)
    expect(err).toContain('may not be written')
    expect(emulator.requests).toEqual([])
  },
)

test('the key of an emulator is an option, and of the service none', async () => {
  const { exitCode, err } = await runHere(['emulator', '--api-key', 'rk_mine', '--port', 'x'])
  expect(exitCode).toBe(2)
  expect(err).toContain('--port must be a whole number')
})
