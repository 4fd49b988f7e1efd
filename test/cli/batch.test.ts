import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from 'runapi-video/testing'
import { expect, test, vi } from 'vitest'
import { fileNameOf } from '../../src/cli/batch/file-names'
import { exitCodeOfRows, type Row } from '../../src/cli/batch/summary'
import { folder, runHere } from './in-process'
import { serve } from './serve'

const PARAMS = { model: 'hailuo-02-text-to-video-standard', prompt: 'Rain', duration_seconds: 6 }
const order = (id: string, params: object = {}, more: object = {}) => ({
  id,
  endpoint: 'hailuo.textToVideo',
  params: { ...PARAMS, ...params },
  ...more,
})

const luma = (id: string, source: string, prompt = 'Fog') => ({
  id,
  endpoint: 'luma.modifyVideo',
  params: { prompt, source_video_url: source },
})

let batches = 0

/** A file of orders in a folder of its own, an emulator, and a way to run the batch. */
const prepare = async (orders: readonly object[], options: EmulatorOptions = {}) => {
  const emulator = await serve({ takesMs: 0, ...options })
  const place = join(folder, `batch-${batches++}`)
  mkdirSync(place)
  const path = join(place, 'orders.jsonl')
  const out = join(place, 'videos')
  const write = (list: readonly object[]) =>
    writeFileSync(path, list.map((each) => JSON.stringify(each)).join('\n'))
  write(orders)
  const batch = async (...flags: string[]) => {
    const env = { RUNAPI_BASE_URL: emulator.url }
    const ended = await runHere(['batch', path, '--out', out, '--poll-ms', '20', ...flags], { env })
    return { ...ended, json: ended.out === '' ? undefined : JSON.parse(ended.out) }
  }
  const bought = () => emulator.tasks.length
  return { emulator, place, path, out, write, batch, bought }
}

test('a batch buys each order once, saves its videos, and does nothing when it is run again', async () => {
  const { batch, out, bought, emulator } = await prepare([
    order('a'),
    order('b', {}, { tags: { customer: 'acme' } }),
  ])
  const first = await batch()
  expect(first.exitCode).toBe(0)
  expect(first.json).toMatchObject({
    completed: 2,
    failed: 0,
    unfinished: 0,
    refused: 0,
    notStarted: 0,
    spentCents: 60,
    files: [
      {
        id: 'a',
        path: join(out, 'a.mp4'),
        bytes: expect.any(Number),
        sha256: expect.stringMatching(/^\w{64}$/),
      },
      { id: 'b', path: join(out, 'b.mp4') },
    ],
  })
  expect(readdirSync(out).sort()).toEqual(['a.mp4', 'b.mp4'])
  expect(
    emulator.requests
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers['idempotency-key']),
  ).toEqual(['a', 'b'])
  const requests = emulator.requests.length
  const second = await batch()
  expect({ exitCode: second.exitCode, files: second.json.files }).toEqual({
    exitCode: 0,
    files: first.json.files,
  })
  expect(emulator.requests).toHaveLength(requests)
  expect(bought()).toBe(2)
})

test('every broken line is named, and nothing is bought', async () => {
  const { batch, path, emulator } = await prepare([])
  const lines = [
    JSON.stringify(order('a')),
    '{ "id": "b", }',
    JSON.stringify(order('c', { duration_seconds: 7 })),
    JSON.stringify({ ...order('d'), endpoint: 'hailuo.textTovideo' }),
    JSON.stringify(order('a')),
    JSON.stringify(order('e#2')),
    JSON.stringify(order('ü')),
    JSON.stringify({ ...order('f'), tag: {} }),
    JSON.stringify({ ...order('g'), tags: { n: 1 } }),
    JSON.stringify(luma('h', 'no.mp4')),
    '[]',
    '',
    JSON.stringify({ endpoint: 'hailuo.textToVideo', params: PARAMS }),
  ]
  writeFileSync(path, lines.join('\r\n'))
  const { exitCode, out, err } = await batch()
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  for (const words of [
    '11 lines are refused, and nothing was bought',
    'line 2: the line: must be one JSON object, and is broken at column 14',
    'line 3: duration_seconds: must be 6 or 10',
    'line 4: there is no endpoint hailuo.textTovideo; did you mean hailuo.textToVideo?',
    'line 5: id: a is the id of line 1 too',
    'line 6: id: e#2 ends in # and a number',
    'line 7: id: must be text of 1 to 492 printable ASCII',
    'line 8: there is no field tag; did you mean tags?',
    'line 9: tags.n: must be text',
    'line 10: source_video_url: no.mp4 is neither an http(s) URL nor a file',
    'line 11: the line must be a JSON object',
    'line 13: id: is missing',
  ])
    expect(err).toContain(words)
  expect(emulator.requests).toEqual([])
})

test.each([
  ['an empty file', '', 'holds no orders'],
  ['no file', undefined, 'there is no such file'],
])('%s is refused', async (_, text, words) => {
  const { path, batch } = await prepare([])
  if (text !== undefined) writeFileSync(path, text)
  const { exitCode, err } = text === undefined ? await runHere(['batch', 'nowhere.jsonl']) : await batch()
  expect(exitCode).toBe(2)
  expect(err).toContain(words)
})

test('an empty name of a folder is refused, as a variable that is not set gives one', async () => {
  const { path, emulator } = await prepare([order('a')])
  const env = { RUNAPI_BASE_URL: emulator.url }
  const { exitCode, err } = await runHere(['batch', path, '--out', ''], { env })
  expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining('--out is empty') })
  expect(emulator.requests).toEqual([])
})

test('a line that was changed after its purchase is refused, whatever the order of its fields', async () => {
  const { batch, write, bought } = await prepare([order('a'), order('b')])
  expect((await batch()).exitCode).toBe(0)
  const { prompt, ...rest } = PARAMS
  write([{ params: { ...rest, prompt }, endpoint: 'hailuo.textToVideo', id: 'a' }, order('b')])
  expect((await batch()).exitCode).toBe(0)
  write([order('a', { prompt: 'Snow' }), order('b'), order('c')])
  const { exitCode, err } = await batch()
  expect(exitCode).toBe(2)
  expect(err).toContain('line 1: params.prompt: was changed after its purchase')
  expect(bought()).toBe(2)
})

test('a file in the way is refused before anything is bought, and a link is never followed', async () => {
  const { batch, out, place, emulator } = await prepare([order('a'), order('b')])
  mkdirSync(out)
  writeFileSync(join(out, 'b.mp4'), 'mine')
  const refused = await batch()
  expect(refused.exitCode).toBe(2)
  expect(refused.err).toContain('line 2: ')
  expect(refused.err).toContain('b.mp4 is in the way, and no order of the ledger saved it')
  expect(emulator.requests).toEqual([])
  expect(readFileSync(join(out, 'b.mp4'), 'utf8')).toBe('mine')

  const other = await prepare([order('c')])
  mkdirSync(other.out)
  writeFileSync(join(place, 'target'), 'outside')
  symlinkSync(join(place, 'target'), join(other.out, 'c.mp4'))
  expect((await other.batch()).exitCode).toBe(2)
  expect(readFileSync(join(place, 'target'), 'utf8')).toBe('outside')

  const nowhere = await prepare([order('d')])
  mkdirSync(nowhere.out)
  symlinkSync(join(place, 'nowhere'), join(nowhere.out, 'd.mp4'))
  expect(await nowhere.batch()).toMatchObject({ exitCode: 2, err: expect.stringContaining('is in the way') })
  expect(nowhere.bought()).toBe(0)
})

test('a link that came after the purchase is left to its owner, and the order goes on once it is away', async () => {
  const { batch, out, place, bought } = await prepare([order('a')])
  await batch()
  const ledger = join(place, 'orders.ledger.jsonl')
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replace(/^.*"done".*$/m, ''))
  const file = join(out, 'a.mp4')
  unlinkSync(file)
  symlinkSync(join(place, 'nowhere'), file)
  const { exitCode, json } = await batch()
  expect(exitCode).toBe(7)
  expect(json.problems[0].error).toContain('is in the way and is another file; move it away')
  expect(existsSync(join(place, 'nowhere'))).toBe(false)
  unlinkSync(file)
  expect((await batch()).json).toMatchObject({ completed: 1 })
  expect(bought()).toBe(1)
})

test('a file has the same path in the result of each run, wherever the run began', async () => {
  const { path, emulator } = await prepare([order('a')])
  const env = { RUNAPI_BASE_URL: emulator.url }
  const runs = [1, 2].map(() => ['batch', path, '--out', 'batch-paths', '--poll-ms', '20'])
  const paths: string[] = []
  for (const args of runs) paths.push(JSON.parse((await runHere(args, { env })).out).files[0].path)
  const file = join(realpathSync(folder), 'batch-paths', 'a.mp4')
  expect(paths.map((each) => realpathSync(each))).toEqual([file, file])
  expect(paths[1]).toBe(paths[0])
})

test('a file that is gone or cut is fetched again, and one that was changed is left to its owner', async () => {
  const { batch, out, bought } = await prepare([order('a'), order('b')])
  const { files } = (await batch()).json
  const [a, b] = ['a.mp4', 'b.mp4'].map((name) => join(out, name)) as [string, string]
  const whole = readFileSync(a)
  truncateSync(a, 10)
  writeFileSync(`${b}.old`, readFileSync(b))
  unlinkSync(b)
  expect((await batch()).json.files).toEqual(files)
  expect(readFileSync(a)).toEqual(whole)
  writeFileSync(a, Buffer.alloc(whole.length))
  const changed = await batch()
  expect(changed.exitCode).toBe(2)
  expect(changed.err).toContain('a.mp4 is not as it was saved')
  expect(bought()).toBe(2)
})

test('parts of files that killed runs left are removed after an hour', async () => {
  const { batch, out } = await prepare([order('a')])
  mkdirSync(out)
  const part = (name: string, ageMs: number) => {
    writeFileSync(join(out, name), 'part')
    const time = (Date.now() - ageMs) / 1000
    utimesSync(join(out, name), time, time)
  }
  part('a.mp4.0123456789ab.part', 2 * 3_600_000)
  part('a.mp4.ba9876543210.part', 60_000)
  part('mine.part', 2 * 3_600_000)
  expect((await batch()).exitCode).toBe(0)
  expect(readdirSync(out).sort()).toEqual(['a.mp4', 'a.mp4.ba9876543210.part', 'mine.part'])
})

test('what a killed run had saved without saying so is taken for what it is', async () => {
  const { batch, out, path, bought } = await prepare([order('a')])
  await batch()
  const ledger = path.replace('.jsonl', '.ledger.jsonl')
  const lines = readFileSync(ledger, 'utf8').split('\n')
  writeFileSync(ledger, lines.filter((line) => !line.includes('"done"')).join('\n'))
  expect((await batch()).json).toMatchObject({ completed: 1, files: [{ id: 'a' }] })
  writeFileSync(ledger, lines.filter((line) => !line.includes('"done"')).join('\n'))
  writeFileSync(join(out, 'a.mp4'), 'mine')
  const { exitCode, json, err } = await batch()
  expect(exitCode).toBe(7)
  expect(json).toMatchObject({ unfinished: 1, files: [] })
  expect(err).toContain('is in the way and is another file')
  expect(readFileSync(join(out, 'a.mp4'), 'utf8')).toBe('mine')
  expect(readdirSync(out)).toEqual(['a.mp4'])
  expect(bought()).toBe(1)
})

test('a failed generation stays failed, and --retry-failed gives it a new key once', async () => {
  const { batch, emulator, out, bought } = await prepare([order('a'), order('b')])
  emulator.next({ outcome: { failed: 'Too dark' } })
  const first = await batch('--concurrency', '1')
  expect(first.exitCode).toBe(3)
  expect(first.json).toMatchObject({ completed: 1, failed: 1, problems: [{ id: 'a', state: 'failed' }] })
  expect((await batch()).exitCode).toBe(3)
  expect(bought()).toBe(2)
  emulator.next({ outcome: { failed: 'Too dark again' } })
  expect((await batch('--retry-failed')).exitCode).toBe(3)
  expect((await batch()).json).toMatchObject({ failed: 1 })
  expect((await batch('--retry-failed')).json).toMatchObject({ completed: 2, failed: 0 })
  expect((await batch('--retry-failed')).json).toMatchObject({ completed: 2, failed: 0 })
  const keys = emulator.requests.flatMap(({ method, headers }) =>
    method === 'POST' ? [headers['idempotency-key']] : [],
  )
  expect(keys).toEqual(['a', 'b', 'a#2', 'a#3'])
  expect(readdirSync(out).sort()).toEqual(['a.mp4', 'b.mp4'])
})

test('the limit ends the start of new orders with exit code 8, and a higher one goes on', async () => {
  const { batch, bought } = await prepare(['a', 'b', 'c', 'd'].map((id) => order(id)))
  const first = await batch('--limit-cents', '75', '--concurrency', '2')
  expect(first.exitCode).toBe(8)
  expect(first.json).toMatchObject({ completed: 2, notStarted: 2, refused: 0, spentCents: 60, leftCents: 15 })
  expect(first.err).toContain('To go on:\n  npx runapi-video batch ')
  expect(bought()).toBe(2)
  expect((await batch('--limit-cents', '120')).json).toMatchObject({ completed: 4, leftCents: 0 })
})

const ofPrices = (path: string): boolean => path.includes('price')

test.each([503, 429])('a price that does not come for a moment (%i) is asked for again', async (status) => {
  let asked = 0
  const { batch } = await prepare([order('a')], {
    fault: ({ request }) => (ofPrices(request.path) && asked++ < 3 ? { status, retryAfter: 0 } : undefined),
  })
  const { exitCode, json, err } = await batch('--limit-cents', '50')
  expect({ exitCode, json }).toMatchObject({ exitCode: 0, json: { completed: 1, leftCents: 20 } })
  expect(err).toContain('again in 1 s')
})

test.each([
  [401, 5],
  [403, 5],
])('a %i in place of a price ends the start of new orders, with its own exit code', async (status, code) => {
  const { batch, emulator } = await prepare(
    ['a', 'b'].map((id) => order(id)),
    {
      fault: ({ request }) => (ofPrices(request.path) ? { status } : undefined),
    },
  )
  const { exitCode, json } = await batch('--limit-cents', '50', '--concurrency', '1')
  expect({ exitCode, json }).toMatchObject({ exitCode: code, json: { refused: 1, notStarted: 1 } })
  expect(emulator.requests).toHaveLength(1)
})

test('an order without a price is not started under a limit, and the others are', async () => {
  const { batch } = await prepare([order('a'), order('b', { duration_seconds: 10 })], {
    fault: ({ request }) =>
      ofPrices(request.path) && JSON.stringify(request.body).includes(':6') ? { status: 400 } : undefined,
  })
  const { exitCode, json } = await batch('--limit-cents', '50', '--concurrency', '1')
  expect({ exitCode, json }).toMatchObject({ exitCode: 8, json: { completed: 1, notStarted: 1 } })
  expect(json.problems[0].error).toContain('without --limit-cents it is bought at any price')
  expect(json.problems[0].error).not.toContain('priceCents')
})

test.each([
  [402, 5],
  [401, 5],
  [403, 5],
])('a %i ends the start of new orders, and those under way are finished', async (status, exitCode) => {
  const { batch, emulator, bought } = await prepare(['a', 'b', 'c', 'd'].map((id) => order(id)))
  emulator.next({})
  emulator.next({ faults: { create: [{ status }] } })
  const { json, ...ended } = await batch('--concurrency', '1')
  expect(ended.exitCode).toBe(exitCode)
  expect(json).toMatchObject({ completed: 1, refused: 1, notStarted: 2, unfinished: 0 })
  expect(bought()).toBe(1)
  expect((await batch()).json).toMatchObject({ completed: 4 })
})

test('a 402 of an order that may have been bought ends the start of new orders at once, and is not told as refused', async () => {
  const { batch, emulator } = await prepare(['a', 'b', 'c'].map((id) => order(id)))
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer', { status: 402 }] } })
  const { json, exitCode, err } = await batch('--concurrency', '1')
  expect(exitCode).toBe(6)
  expect(json).toMatchObject({ unfinished: 1, notStarted: 2, refused: 0 })
  expect(err).not.toContain('again in 4 s')
})

test('a poll that is refused leaves what was bought unfinished, and is not told as refused', async () => {
  const { batch, bought } = await prepare([order('a'), order('b')], {
    fault: ({ request }) => (request.method === 'GET' ? { status: 401 } : undefined),
  })
  const { exitCode, json } = await batch('--concurrency', '1')
  expect(exitCode).toBe(4)
  expect(json).toMatchObject({ unfinished: 1, notStarted: 1, refused: 0 })
  expect(bought()).toBe(1)
})

test('a 400 is a row, not an end', async () => {
  const { batch, emulator } = await prepare(['a', 'b'].map((id) => order(id)))
  emulator.next({ faults: { create: [{ status: 400 }] } })
  const { json, exitCode } = await batch('--concurrency', '1')
  expect(exitCode).toBe(5)
  expect(json).toMatchObject({ completed: 1, refused: 1 })
})

test('an order that may have been bought is not sent again where the service refuses its body', async () => {
  const { batch, emulator } = await prepare([order('a')])
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer', { status: 400 }] } })
  const { exitCode, json, err } = await batch()
  expect({ exitCode, json }).toMatchObject({ exitCode: 6, json: { unfinished: 1 } })
  expect(err).not.toContain('again in 4 s')
})

test('what goes wrong is said in the words of the command line', async () => {
  const { batch, emulator } = await prepare([order('a'), order('b'), order('c')])
  emulator.next({ outcome: 'failed' })
  emulator.next({ takesMs: 60_000 })
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  const { err, json } = await batch('--concurrency', '1', '--timeout-ms', '300')
  expect(json).toMatchObject({ failed: 1, unfinished: 1, completed: 1 })
  expect(err).toContain('run again with --retry-failed')
  expect(err).toContain('the task goes on\n')
  expect(err).toContain('no answer says whether the task was created; again in 1 s')
  expect(err).not.toContain('error.')
})

test('an order of unknown outcome is sent again within the run, and bought once', async () => {
  const { batch, emulator, bought } = await prepare([order('a')])
  const lose = ['lose-answer', 'lose-answer', 'lose-answer'] as const
  emulator.next({ faults: { create: [...lose] } })
  const { exitCode, json, err } = await batch()
  expect({ exitCode, completed: json.completed }).toEqual({ exitCode: 0, completed: 1 })
  expect(err).toContain('again in 1 s')
  expect(bought()).toBe(1)
})

test('an unknown older than a day is sent again with --resend-unknown only', async () => {
  const { batch, path, bought, emulator } = await prepare([order('a')])
  await batch()
  const ledger = path.replace('.jsonl', '.ledger.jsonl')
  const old = readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => /header|intended/.test(line))
    .join('\n')
    .replace(/"at":"[^"]+"/, `"at":"${new Date(Date.now() - 25 * 3_600_000).toISOString()}"`)
  writeFileSync(ledger, `${old}\n`)
  const { exitCode, json, err } = await batch()
  expect(exitCode).toBe(6)
  expect(json).toMatchObject({ unfinished: 1 })
  expect(err).toContain('--resend-unknown sends it again, and may buy it twice')
  expect(err).not.toContain('runapi.resume')
  expect(emulator.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  expect((await batch('--resend-unknown')).json).toMatchObject({ completed: 1 })
  expect(bought()).toBe(1)
})

test('--dry-run holds every rule and says the sum of the prices', async () => {
  const { batch, emulator, out } = await prepare([
    order('a'),
    order('b', { duration_seconds: 10 }),
    {
      id: 'c',
      endpoint: 'luma.modifyVideo',
      params: { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' },
    },
  ])
  const { exitCode, json } = await batch('--dry-run')
  expect(exitCode).toBe(0)
  expect(json).toEqual({ dryRun: true, orders: 3, toBuy: 3, priceCents: 130, unpriced: 0 })
  expect(await batch('--dry-run', '--limit-cents', '100')).toMatchObject({
    exitCode: 8,
    json: { leftCents: 100, fits: false },
  })
  expect(emulator.tasks).toHaveLength(0)
  expect(existsSync(out)).toBe(false)
})

test('a local file is uploaded just before its purchase, and tells the order apart by its content', async () => {
  const { batch, place, write, emulator, bought } = await prepare([])
  writeFileSync(join(place, 'in.mp4'), 'video')
  write([luma('a', 'in.mp4')])
  expect((await batch()).json).toMatchObject({ completed: 1 })
  const body = emulator.requests.filter(({ path }) => path.endsWith('modify_video')).at(-1)?.body
  expect(body).toMatchObject({ source_video_url: expect.stringMatching(/^https?:.*\/temp\//) })
  writeFileSync(join(place, 'renamed.mp4'), 'video')
  write([luma('a', join(place, 'renamed.mp4'))])
  expect((await batch()).exitCode).toBe(0)
  writeFileSync(join(place, 'in.mp4'), 'other')
  write([luma('a', 'in.mp4')])
  expect((await batch()).err).toContain('line 1: params.source_video_url: was changed after its purchase')
  expect(bought()).toBe(1)
})

test('a local file that is missing is refused only where its order is still to be bought', async () => {
  const { batch, place, out, write, bought } = await prepare([])
  writeFileSync(join(place, 'in.mp4'), 'video')
  write([luma('a', 'in.mp4')])
  expect((await batch()).exitCode).toBe(0)
  rmSync(join(place, 'in.mp4'))
  rmSync(join(out, 'a.mp4'))
  expect(await batch()).toMatchObject({ exitCode: 0, json: { completed: 1 } })
  expect(existsSync(join(out, 'a.mp4'))).toBe(true)
  write([luma('a', 'in.mp4', 'Snow')])
  expect((await batch()).err).toContain('line 1: params.prompt: was changed after its purchase')
  write([luma('a', 'in.mp4'), luma('b', 'in.mp4')])
  const { exitCode, err } = await batch()
  expect(exitCode).toBe(2)
  expect(err).toContain('line 2: source_video_url: in.mp4 is neither an http(s) URL nor a file')
  expect(err).not.toContain('line 1')
  expect(bought()).toBe(1)
})

test('Ctrl-C begins nothing new, stops waiting, and leaves everything to the next run', async () => {
  const { batch, emulator, bought } = await prepare(
    ['a', 'b', 'c'].map((id) => order(id)),
    { takesMs: 300 },
  )
  const running = batch('--concurrency', '1')
  await vi.waitFor(() => expect(emulator.tasks[0]?.polls).toBeGreaterThan(0), { timeout: 10_000 })
  process.emit('SIGINT')
  const { exitCode, json, err } = await running
  expect(exitCode).toBe(130)
  expect(json).toMatchObject({ unfinished: 1, notStarted: 2 })
  expect(err).toContain('To go on:\n  npx runapi-video batch ')
  expect((await batch()).json).toMatchObject({ completed: 3 })
  expect(bought()).toBe(3)
})

test('Ctrl-C while a price is on its way buys nothing', async () => {
  const { batch, emulator, bought } = await prepare([order('a')], {
    fault: ({ request }) => (ofPrices(request.path) ? { delayMs: 300 } : undefined),
  })
  const running = batch('--limit-cents', '50')
  await vi.waitFor(() => expect(emulator.requests).toHaveLength(1), { timeout: 10_000 })
  process.emit('SIGINT')
  const { exitCode, json } = await running
  expect({ exitCode, json }).toMatchObject({ exitCode: 130, json: { notStarted: 1, unfinished: 0 } })
  expect(bought()).toBe(0)
})

test('Ctrl-C while an order is being bought waits for the answer', async () => {
  const { batch, emulator, bought } = await prepare([order('a')], {
    takesMs: 60_000,
    fault: ({ request }) => (request.method === 'POST' ? { delayMs: 300 } : undefined),
  })
  const running = batch()
  await vi.waitFor(() => expect(emulator.requests).toHaveLength(1), { timeout: 10_000 })
  process.emit('SIGINT')
  const { exitCode, json, err } = await running
  expect({ exitCode, json }).toMatchObject({ exitCode: 130, json: { unfinished: 1, unknownCents: 0 } })
  expect(err).toContain('a: created as ')
  expect(bought()).toBe(1)
})

test('two batches of one file at the same time harm nothing', async () => {
  const { emulator, path, out, bought } = await prepare(
    ['a', 'b', 'c'].map((id) => order(id)),
    { takesMs: 100 },
  )
  const { run } = await import('../../src/cli/run')
  vi.stubEnv('RUNAPI_API_KEY', 'rk_any')
  const quiet = [
    vi.spyOn(console, 'error').mockReturnValue(),
    vi.spyOn(process.stdout, 'write').mockImplementation(((_: string, done?: () => void) => {
      done?.()
      return true
    }) as never),
  ]
  const line = ['batch', path, '--out', out, '--poll-ms', '20', '--base-url', emulator.url]
  const codes = await Promise.all([run(line), run(line)])
  for (const spy of quiet) spy.mockRestore()
  vi.unstubAllEnvs()
  expect(codes).toEqual([0, 0])
  expect(bought()).toBe(3)
  expect(readdirSync(out).sort()).toEqual(['a.mp4', 'b.mp4', 'c.mp4'])
})

test('orders of another service are not sent to this one', async () => {
  const { batch, path } = await prepare([order('a')])
  await batch()
  const ended = await runHere(['batch', path, '--base-url', 'https://api.example.com', '--out', 'elsewhere'])
  expect(ended.exitCode).toBe(2)
  expect(ended.err).toMatch(
    /line 1: was bought at http:\/\/127\.0\.0\.1:\d+, and this run asks https:\/\/api\.example\.com/,
  )
})

test.each([
  ['a', 'a.mp4'],
  ['order-17.b_c', 'order-17.b_c.mp4'],
  ['A', /^a~\w{12}\.mp4$/],
  ['../../etc/passwd', /^__\.\._etc_passwd~\w{12}\.mp4$/],
  ['a/b', /^a_b~\w{12}\.mp4$/],
  ['a#b', /^a_b~\w{12}\.mp4$/],
  ['con', /^_con~\w{12}\.mp4$/],
  ['nul.x', /^_nul\.x~\w{12}\.mp4$/],
  ['.', /^_~\w{12}\.mp4$/],
  ['a.', /^a_~\w{12}\.mp4$/],
  ['x'.repeat(400), /^x{100}~\w{12}\.mp4$/],
])('the file of the id %s is named safely', (id, name) => {
  expect(fileNameOf(id)).toMatch(
    typeof name === 'string' ? new RegExp(`^${name.replaceAll('.', '\\.')}$`) : name,
  )
  expect(fileNameOf(id, 2)).toBe(fileNameOf(id).replace(/\.mp4$/, '#2.mp4'))
})

test('no two ids have the same file, on a disk that knows no case either', () => {
  const signs = ['a', 'A', '/', '.', '#', '~', ' ', '_', '1']
  const ids = signs.flatMap((x) => signs.flatMap((y) => signs.map((z) => `a${x}${y}${z}b`)))
  expect(new Set(ids.map((id) => fileNameOf(id).toLowerCase())).size).toBe(ids.length)
})

test('the exit code of a batch is the first that applies', () => {
  const order = [2, 1, 5, 8, 6, 4, 7, 3]
  const row = (exitCode: number): Row => ({ id: 'a', line: 1, state: 'unfinished', exitCode })
  for (const [index, code] of order.entries()) {
    const rows = order.slice(index).reverse().map(row)
    expect(exitCodeOfRows(rows, undefined)).toBe(code)
    expect(exitCodeOfRows(rows, 130)).toBe(130)
  }
  expect(exitCodeOfRows([{ id: 'a', line: 1, state: 'completed' }], undefined)).toBe(0)
})
