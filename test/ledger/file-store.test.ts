import { execFileSync } from 'node:child_process'
import fs, {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { afterAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/platform/clock'
import { bundle } from '../support/bundled'
import { buy, completed, entriesOf, errorOf, intend, intendOpen, taskRef } from './purchase'

const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = (text?: string | Uint8Array): string => {
  const file = join(folder, `${files++}.jsonl`)
  if (text !== undefined) writeFileSync(file, text)
  return file
}
const { signal } = new AbortController()

test('nothing is touched before the ledger is used, and reading makes no file', async () => {
  const file = newFile()
  const ledger = openLedger(fileStore(file))
  expect(await ledger.unfinished()).toEqual([])
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
})

test('the file holds JSON lines that only its owner may read', async () => {
  const file = newFile()
  await buy(openLedger(fileStore(file)), 'a')
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(['header', 'intended', 'bought'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('what waits is written at once', async () => {
  const file = newFile()
  const ledger = openLedger(fileStore(file))
  await buy(ledger, 'first')
  await Promise.all(Array.from({ length: 20 }, (_, n) => intendOpen(ledger, `${n}`)))
  // A batch begins with a line break, behind that of the one before: far fewer batches than entries.
  expect(readFileSync(file, 'utf8').split('\n\n').length).toBeLessThan(10)
})

test('another ledger on the file goes on with it', async () => {
  const file = newFile()
  await buy(openLedger(fileStore(file), { limitCents: 100 }), 'a')
  const ledger = openLedger(fileStore(file), { limitCents: 100 })
  expect(await intend(ledger, 'a')).toEqual({ task: taskRef('a') })
  expect(await ledger.totals()).toMatchObject({ reservedCents: 50, leftCents: 50 })
})

test('an empty file becomes a ledger', async () => {
  const file = newFile('')
  await buy(openLedger(fileStore(file)), 'a')
  expect(await entriesOf(fileStore(file))).toHaveLength(3)
})

test('a torn line stays apart from what comes after it, and is skipped', async () => {
  const file = newFile()
  await buy(openLedger(fileStore(file)), 'a')
  appendFileSync(file, '\n{"id":"torn","type":"intended","key":"b","at":"20')
  const ledger = openLedger(fileStore(file))
  await buy(ledger, 'c')
  expect((await ledger.unfinished()).map(({ key }) => key)).toEqual(['a', 'c'])
})

test('a journal that is cut after any byte opens, and forgets no whole entry', async () => {
  const file = newFile()
  const ledger = openLedger(fileStore(file), { limitCents: 1_000 })
  await buy(ledger, 'a')
  ledger.ended(taskRef('a'), completed(0.5))
  await ledger.idle()
  await ledger.done('a')
  await (await intendOpen(ledger, 'b', { asked: { prompt: 'Möwen 🐦' } })).failed(new TypeError('lost'), true)
  await ledger.idle()
  const bytes = readFileSync(file)
  const cut = newFile()
  for (let length = 0; length <= bytes.length; length++) {
    if (length > 0) appendFileSync(cut, bytes.subarray(length - 1, length))
    const whole = bytes.subarray(0, length).toString('utf8').split('\n').slice(0, -1).join('')
    const again = openLedger(fileStore(cut), { limitCents: 1_000 })
    for (const key of ['a', 'b']) {
      const wasIntended = whole.includes(`"type":"intended","key":"${key}"`)
      expect((await again.order(key)) !== undefined, `${key} at ${length}`).toBe(wasIntended)
    }
    expect((await again.order('a'))?.done ?? false).toBe(whole.includes('"type":"done"'))
    if (length % 97 > 0) continue
    // What comes next is apart from what was cut.
    const copy = newFile(bytes.subarray(0, length))
    await buy(openLedger(fileStore(copy)), 'c')
    expect((await openLedger(fileStore(copy)).order('c'))?.status).toBe('bought')
  }
})

test.each<[string, string, RegExp]>([
  ['text', 'Hello\nworld\n', /is no ledger/],
  ['text without a line break', 'Hello', /is no ledger/],
  ['other JSON lines', '{"id":"a","endpoint":"luma.modifyVideo"}\n', /is no ledger/],
  ['a JSON document', '[1, 2]', /is no ledger/],
  ['a newer ledger', '{"type":"header","format":"runapi-video ledger","version":2}\n', /newer release/],
])('%s is no ledger, and stays as it is', async (_, text, message) => {
  const file = newFile(text)
  const error = await errorOf(intend(openLedger(fileStore(file)), 'a'))
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringMatching(message) })
  expect(error.message).toContain(file)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a directory, a missing directory and a file in its place are refused by name', async () => {
  const file = newFile('x')
  for (const [path, rule] of [
    [folder, 'is a directory'],
    [join(folder, 'none', 'a.jsonl'), 'does not exist'],
    [join(file, 'a.jsonl'), 'is no directory'],
  ] as const) {
    const error = await errorOf(intend(openLedger(fileStore(path)), 'a'))
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining(rule) })
    expect(String(error.message)).toContain(path)
  }
})

test('a pipe or a device is refused, and nothing waits for a reader', async () => {
  const pipe = newFile()
  const places = process.platform === 'win32' ? [] : ['/dev/null', pipe]
  if (places.length > 0) execFileSync('mkfifo', [pipe])
  for (const place of places)
    expect(String((await errorOf(buy(openLedger(fileStore(place)), 'a'))).message)).toContain(
      'a device or a pipe',
    )
})

test('a file that may not be written is refused, with the way out', async () => {
  const file = newFile()
  await buy(openLedger(fileStore(file)), 'a')
  chmodSync(file, 0o400)
  // The superuser may write everything.
  if (process.getuid?.() === 0) return
  const error = await errorOf(intend(openLedger(fileStore(file)), 'b'))
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('permissions') })
})

test('a full disk is a typed error, and nothing of the order is reserved', async () => {
  // Every write to it fails with ENOSPC.
  const error = await errorOf(fileStore('/dev/full').append({ id: 'a' }, { signal }))
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('the disk is full') })
})

test('a file that is shorter than before is refused', async () => {
  const file = newFile()
  const ledger = openLedger(fileStore(file))
  await buy(ledger, 'a')
  writeFileSync(file, '')
  expect(await errorOf(intend(ledger, 'b'))).toMatchObject({
    message: expect.stringContaining('shorter than before'),
  })
  rmSync(file)
  expect(await errorOf(intend(ledger, 'b'))).toMatchObject({
    message: expect.stringContaining('shorter than before'),
  })
})

test('a file that was taken away is not begun anew, so that it can be put back', async () => {
  const file = newFile()
  const ledger = openLedger(fileStore(file))
  const intent = await intendOpen(ledger, 'a')
  const reader = fileStore(file)
  await reader.read(undefined, { signal })
  const text = readFileSync(file)
  rmSync(file)
  const told: string[] = []
  ledger.attach({ clock: systemClock, log: (_, __, fields) => void told.push(String(fields?.error)) })
  await intent.bought(taskRef('a'))
  expect(told).toEqual([expect.stringContaining('is gone')])
  const error = await errorOf(reader.append({ id: 'b' }, { signal }))
  expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('Put it back') })
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
  writeFileSync(file, text)
  expect(await openLedger(fileStore(file)).unfinished()).toMatchObject([{ key: 'a', status: 'unknown' }])
})

test.runIf(process.getuid?.() === 0)(
  'without permission nothing is sent, and the error names the file',
  async () => {
    // As nobody, because no permission keeps root from anything.
    const nobody = { uid: 65_534, gid: 65_534 }
    const program = await bundle({
      entry: ['test/ledger/one-order.mjs'],
      transport: 'node',
      format: 'esm',
      external: ['undici'],
    })
    const place = join(folder, 'of another')
    const at = (name: string, mode: number, text?: string): string => {
      const path = join(place, name)
      if (text === undefined) mkdirSync(path)
      else writeFileSync(path, text)
      chmodSync(path, mode)
      return path
    }
    const run = (file: string) =>
      JSON.parse(
        execFileSync(process.execPath, [join(program, 'one-order.mjs'), file], {
          ...nobody,
          encoding: 'utf8',
        }),
      )
    mkdirSync(place)
    for (const path of [folder, place, program, join(program, 'one-order.mjs')]) chmodSync(path, 0o755)
    const header = '\n{"type":"header","format":"runapi-video ledger","version":1}\n'
    const files = [
      join(at('only read', 0o555), 'new.jsonl'),
      join(at('closed', 0o000), 'new.jsonl'),
      at('readable.jsonl', 0o444, header),
      at('writable.jsonl', 0o222, header),
      at('closed.jsonl', 0o000, header),
    ]
    for (const file of files) {
      const error = run(file)
      expect(error).toMatchObject({ code: 'configuration', requests: 0 })
      expect(error.message).toContain(file)
      expect(error.message).toContain('may not be read and written by this process')
    }
    // Nobody can do the same where everybody may write.
    expect(run(join(at('open', 0o777), 'new.jsonl'))).toMatchObject({ id: expect.any(String), requests: 1 })
    rmSync(program, { recursive: true })
  },
)

test.runIf(process.platform === 'linux')(
  'a network file system is refused before anything is written',
  async () => {
    const { statfs } = fs
    const answers = (type: number): void => {
      Object.assign(fs, {
        statfs: (_: string, done: (error: null, stats: object) => void) => done(null, { type }),
      })
      syncBuiltinESMExports()
    }
    try {
      // NFS, SMB2 as the number comes and as 32 bits with a sign, and ext4.
      for (const type of [0x6969, 0xfe534d42, 0xfe534d42 | 0]) {
        const file = newFile()
        answers(type)
        expect(await errorOf(intend(openLedger(fileStore(file)), 'a'))).toMatchObject({
          code: 'configuration',
          message: expect.stringContaining('network file system'),
        })
        expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
      }
      answers(0xef53)
      await buy(openLedger(fileStore(newFile())), 'a')
    } finally {
      Object.assign(fs, { statfs })
      syncBuiltinESMExports()
    }
  },
)

test('what is aborted before its write is not written', async () => {
  const file = newFile()
  const store = fileStore(file)
  const controller = new AbortController()
  const aborted = errorOf(store.append({ id: 'a' }, { signal: controller.signal }))
  const kept = store.append({ id: 'b' }, { signal })
  controller.abort(new Error('enough'))
  expect(await aborted).toMatchObject({ message: 'enough' })
  await kept
  expect(readFileSync(file, 'utf8').trim()).toBe('{"id":"b"}')
})

test('fake timers of a test do not hold up a disk', async () => {
  vi.useFakeTimers()
  try {
    const ledger = openLedger(fileStore(newFile()))
    await buy(ledger, 'a')
    expect(await ledger.order('a')).toMatchObject({ status: 'bought' })
  } finally {
    vi.useRealTimers()
  }
})

test('a long line is read whole', async () => {
  const file = newFile()
  const prompt = 'é'.repeat(1_500_000)
  await buy(openLedger(fileStore(file)), 'a', { asked: { prompt } })
  await intendOpen(openLedger(fileStore(file)), 'b', { asked: { prompt } })
  const order = await openLedger(fileStore(file)).order('b')
  expect(order?.body).toMatchObject({ prompt })
})

test('a path that is no text is refused at once', () => {
  for (const path of ['', undefined, 5]) expect(() => fileStore(path as never)).toThrow(/^path/)
  mkdirSync(join(folder, 'a folder'))
})
