import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import fs, { lstat, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RunApiClient } from 'runapi-video'
import { downloadVideo } from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'
import { expect, onTestFinished, test } from 'vitest'
import { tryTarget } from '../../src/node/part-file'
import { windowsRule } from '../../src/node/target-path'
import { clipBytes } from '../../src/testing/clip'
import { head, rawServer, reply, resetAfter } from '../support/raw-server'

const CLIP = clipBytes()
const SHA256 = createHash('sha256').update(CLIP).digest('hex')
const whole = reply(200, { 'content-type': 'video/mp4', 'content-length': CLIP.length }, CLIP)

const directory = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'runapi-video-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Sleeps take no time, and no timer ever runs: the transfers are real. */
const hasty = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    ms >= 30_000
      ? new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
      : Promise.resolve(),
}
const clientOf = (baseUrl: string) =>
  new RunApiClient({ apiKey: 'test-key', baseUrl, clock: hasty, logLevel: 'off' })

test('a video is on the disk, whole, with its length and its SHA-256', async () => {
  const { url, heads } = await rawServer(whole)
  const dir = await directory()
  const saved = await downloadVideo({ url: `${url}/a.mp4` }, join(dir, 'fog.mp4'), { runapi: clientOf(url) })
  expect(saved).toEqual({ path: join(dir, 'fog.mp4'), bytes: CLIP.length, sha256: SHA256 })
  expect(await readFile(saved.path)).toEqual(Buffer.from(CLIP))
  expect(await readdir(dir)).toEqual(['fog.mp4'])
  expect(heads[0]).not.toContain('test-key')
})

test.each([0, 0.01, 0.5, 0.99])('a transfer that is reset at %d of the file starts over', async (share) => {
  const broken = resetAfter(CLIP, Math.floor(CLIP.length * share))
  const { url, heads } = await rawServer(broken, broken, whole)
  const dir = await directory()
  const saved = await downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url) })
  expect(saved).toMatchObject({ path: join(dir, 'a.mp4'), sha256: SHA256 })
  expect(heads).toHaveLength(3)
  for (const each of heads) expect(each).not.toMatch(/^range:/im)
})

test.each<[string, Parameters<typeof rawServer>]>([
  ['resets at 0 %', [resetAfter(CLIP, 0)]],
  ['resets at 50 %', [resetAfter(CLIP, 1_200)]],
  ['resets at 99 %', [resetAfter(CLIP, CLIP.length - 1)]],
  ['a length that is too long', [reply(200, { 'content-length': CLIP.length + 1 }, CLIP)]],
  ['a length that is too short', [reply(200, { 'content-length': CLIP.length - 1 }, CLIP)]],
  ['a page', [reply(200, { 'content-type': 'text/html' }, '<html>')]],
  ['a result that has expired', [reply(410, {})]],
  ['an encoding', [reply(200, { 'content-encoding': 'gzip', 'content-length': 3 }, 'abc')]],
  ['redirects without an end', [reply(302, { location: '/again' })]],
])('%s leave nothing behind', async (_, behaviours) => {
  const { url } = await rawServer(...behaviours)
  const dir = await directory()
  const work = downloadVideo({ url: `${url}/a.mp4` }, join(dir, 'a.mp4'), { runapi: clientOf(url) })
  await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/^(download|result_expired)$/) })
  expect(await readdir(dir)).toEqual([])
})

test('a broken transfer is tried twice more, and no further', async () => {
  const { url, heads } = await rawServer(resetAfter(CLIP, 100))
  const work = downloadVideo({ url: `${url}/a.mp4` }, await directory(), { runapi: clientOf(url) })
  await expect(work).rejects.toMatchObject({ reason: 'connection' })
  expect(heads).toHaveLength(3)
})

test('what a try left behind is not in the file of the next', async () => {
  const longer = resetAfter(Buffer.concat([CLIP, CLIP]), CLIP.length + 500)
  const { url } = await rawServer(longer, whole)
  const saved = await downloadVideo({ url: `${url}/a.mp4` }, await directory(), { runapi: clientOf(url) })
  expect(await readFile(saved.path)).toEqual(Buffer.from(CLIP))
  expect(saved).toMatchObject({ bytes: CLIP.length, sha256: SHA256 })
})

test('while it comes, it has another name', async () => {
  const dir = await directory()
  let during: string[] = []
  const { url } = await rawServer(async (socket) => {
    socket.write(head(200, { 'content-length': CLIP.length }))
    socket.write(CLIP.subarray(0, 1_000))
    setTimeout(async () => {
      during = await readdir(dir)
      socket.end(CLIP.subarray(1_000))
    }, 30)
  })
  await downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url) })
  expect(during).toEqual([expect.stringMatching(/^a\.mp4\.[\da-f]{12}\.part$/)])
})

test('an existing file is kept, unless it may be overwritten', async () => {
  const { url, heads } = await rawServer(whole)
  const dir = await directory()
  const path = join(dir, 'a.mp4')
  await writeFile(path, 'mine')
  const runapi = clientOf(url)
  await expect(downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi })).rejects.toMatchObject({
    reason: 'file',
    message: expect.stringContaining('overwrite: true'),
  })
  expect(heads).toHaveLength(0)
  expect(await readFile(path, 'utf8')).toBe('mine')
  await downloadVideo({ url: `${url}/a.mp4` }, path, { runapi, overwrite: true })
  expect(await readFile(path)).toEqual(Buffer.from(CLIP))
})

test('an overwrite that fails keeps the old file', async () => {
  const { url } = await rawServer(resetAfter(CLIP, 100))
  const dir = await directory()
  await writeFile(join(dir, 'a.mp4'), 'mine')
  const work = downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url), overwrite: true })
  await expect(work).rejects.toMatchObject({ code: 'download' })
  expect(await readdir(dir)).toEqual(['a.mp4'])
  expect(await readFile(join(dir, 'a.mp4'), 'utf8')).toBe('mine')
})

test('a file that appears meanwhile is kept', async () => {
  const dir = await directory()
  const path = join(dir, 'a.mp4')
  const { url } = await rawServer(async (...request) => {
    await writeFile(path, 'mine')
    whole(...request)
  })
  const work = downloadVideo({ url: `${url}/a.mp4` }, path, { runapi: clientOf(url) })
  await expect(work).rejects.toMatchObject({ reason: 'file' })
  expect(await readFile(path, 'utf8')).toBe('mine')
  expect(await readdir(dir)).toEqual(['a.mp4'])
})

test('a link is not followed', async () => {
  const { url } = await rawServer(whole)
  const dir = await directory()
  const precious = join(dir, 'precious')
  await writeFile(precious, 'mine')
  const runapi = clientOf(url)
  for (const target of [precious, join(dir, 'nowhere')]) {
    const path = join(dir, `to-${target === precious ? 'file' : 'nowhere'}.mp4`)
    await symlink(target, path)
    await expect(downloadVideo({ url: `${url}/a.mp4` }, path, { runapi })).rejects.toMatchObject({
      reason: 'file',
    })
    await downloadVideo({ url: `${url}/a.mp4` }, path, { runapi, overwrite: true })
    expect((await lstat(path)).isFile()).toBe(true)
  }
  expect(await readFile(precious, 'utf8')).toBe('mine')
  expect(existsSync(join(dir, 'nowhere'))).toBe(false)
})

test('what is neither a file nor a link is never replaced', async () => {
  const { url, heads } = await rawServer(whole)
  const dir = await directory()
  await mkdir(join(dir, 'a.mp4'))
  const work = downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url), overwrite: true })
  await expect(work).rejects.toMatchObject({ reason: 'file' })
  expect(heads).toHaveLength(0)
})

test.each([
  ['240 bytes', `${'a'.repeat(236)}.mp4`],
  ['244 bytes', `${'a'.repeat(240)}.mp4`],
  ['255 bytes', `${'a'.repeat(251)}.mp4`],
  ['255 bytes of another script', `${'海'.repeat(83)}aa.mp4`],
  ['emoji', '🌊🎬 tide.mp4'],
  ['a letter with a combining mark', 'cafe\u0301.mp4'],
  ['a letter with a mark in one', 'caf\u00e9.mp4'],
  ['a script from right to left', 'ים וגשם.mp4'],
  ['blanks and quotes', ' a "b" \'c\'.mp4'],
  ['a line break', 'a\nb.mp4'],
  ['no extension', 'clip'],
  ['a leading dot', '.hidden'],
])('a name with %s is saved under exactly this name', async (_, name) => {
  const { url } = await rawServer(whole)
  const dir = await directory()
  const path = join(dir, name)
  await tryTarget(path, { overwrite: false })
  expect(await readdir(dir)).toEqual([])
  const saved = await downloadVideo({ url: `${url}/a.mp4` }, path, { runapi: clientOf(url) })
  expect(saved).toMatchObject({ path, sha256: SHA256 })
  expect(await readdir(dir)).toEqual([name])
})

test('a path is a string, a file: URL or bytes', async () => {
  const { url } = await rawServer(whole)
  const dir = await directory()
  const runapi = clientOf(url)
  const forms = {
    'a b.mp4': pathToFileURL(join(dir, 'a b.mp4')),
    'b.mp4': Buffer.from(join(dir, 'b.mp4')),
    '海.mp4': new TextEncoder().encode(join(dir, '海.mp4')),
  }
  for (const [name, path] of Object.entries(forms)) {
    const saved = await downloadVideo({ url: `${url}/a.mp4` }, path, { runapi })
    expect(saved.path).toBe(join(dir, name))
  }
  expect((await downloadVideo({ url: `${url}/c.mp4` }, pathToFileURL(`${dir}/`), { runapi })).path).toBe(
    join(dir, 'c.mp4'),
  )
})

test.each<[string, unknown]>([
  ['an empty path', ''],
  ['no bytes', new Uint8Array()],
  ['a NUL', 'a\0b.mp4'],
  ['bytes that are not UTF-8', Buffer.from([0x61, 0xff])],
  ['a web URL', new URL('https://example.com/a.mp4')],
  ['a file: URL of another machine', new URL('file://server/a.mp4')],
  ['a file: URL as text', 'file:///clips/a.mp4'],
  ['a number', 7],
  ['nothing', undefined],
])('%s is not a path, which is said before anything is sent', async (_, path) => {
  const { url, heads } = await rawServer(whole)
  const work = downloadVideo({ url: `${url}/a.mp4` }, path as string, { runapi: clientOf(url) })
  await expect(work).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/^path: /),
  })
  await expect(tryTarget(path, { overwrite: false })).rejects.toMatchObject({ code: 'configuration' })
  expect(heads).toHaveLength(0)
})

test.each([
  ['NUL', /device/],
  ['con.mp4', /device/],
  ['COM1 .mp4', /device/],
  ['lpt².mp4', /device/],
  ['a:b.mp4', /character/],
  ['what?.mp4', /character/],
  ['a.mp4.', /dot or a space/],
  ['a.mp4 ', /dot or a space/],
  [`${'a'.repeat(252)}.mp4`, /too long/],
])('Windows would not make %j', (name, rule) => {
  expect(windowsRule(name)).toMatch(rule)
})

test.each(['a.mp4', 'console.mp4', 'com10.mp4', '海.mp4', '.a', 'a b.mp4', `${'海'.repeat(251)}.mp4`])(
  'Windows makes %j',
  (name) => {
    expect(windowsRule(name)).toBeUndefined()
  },
)

test('a place is tried before a purchase as it is used after it', async () => {
  const dir = await directory()
  await writeFile(join(dir, 'taken.mp4'), 'mine')
  await mkdir(join(dir, 'folder'))
  const refused = (name: string, overwrite = false) =>
    expect(tryTarget(join(dir, name), { overwrite })).rejects.toMatchObject({ reason: 'file' })
  await refused('taken.mp4')
  await refused('missing/a.mp4')
  await refused('taken.mp4/a.mp4', true)
  await refused(`${'a'.repeat(256)}`)
  await tryTarget(join(dir, 'taken.mp4'), { overwrite: true })
  await tryTarget(dir, { overwrite: false })
  await tryTarget(join(dir, 'folder/'), { overwrite: false })
  expect((await readdir(dir)).sort()).toEqual(['folder', 'taken.mp4'])
  expect(await readFile(join(dir, 'taken.mp4'), 'utf8')).toBe('mine')
})

test.runIf(process.getuid?.() !== 0)(
  'a folder that may not be written is refused before a purchase',
  async () => {
    const dir = await directory()
    await fs.chmod(dir, 0o500)
    await expect(tryTarget(dir, { overwrite: false })).rejects.toMatchObject({
      reason: 'file',
      message: expect.stringContaining('may not be written'),
    })
    await fs.chmod(dir, 0o700)
  },
)

/** The file system as another system has it: one of its calls fails. */
const failing = async (
  owner: object,
  name: string,
  failure: (...args: never[]) => unknown,
): Promise<void> => {
  const table = owner as Record<string, unknown>
  const original = table[name]
  table[name] = failure
  syncBuiltinESMExports()
  onTestFinished(() => {
    table[name] = original
    syncBuiltinESMExports()
  })
}
const withCode = (code: string) => async () => {
  throw Object.assign(new Error(code), { code })
}
const handles = async (): Promise<object> => {
  const handle = await open(import.meta.filename)
  await handle.close()
  return Object.getPrototypeOf(handle)
}

test.each<[string, () => unknown]>([
  [
    'is not implemented (Yarn)',
    () => {
      throw new Error('Method not implemented.')
    },
  ],
  ['is not supported', withCode('ENOTSUP')],
  ['is refused', withCode('EPERM')],
  ['is invalid', withCode('EINVAL')],
])('a download is saved where syncing %s', async (_, failure) => {
  const { url } = await rawServer(whole)
  const dir = await directory()
  await failing(await handles(), 'sync', failure)
  const saved = await downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url) })
  expect(saved.sha256).toBe(SHA256)
  expect(await readdir(dir)).toEqual(['a.mp4'])
})

test.each(['EIO', 'ENOSPC', 'EDQUOT'])('a sync that loses bytes (%s) fails the download', async (code) => {
  const { url } = await rawServer(whole)
  const dir = await directory()
  await failing(await handles(), 'sync', withCode(code))
  const work = downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url) })
  await expect(work).rejects.toMatchObject({ reason: 'file', cause: { code } })
  expect(await readdir(dir)).toEqual([])
})

test('a file system without truncation takes a download that did not break', async () => {
  const { url } = await rawServer(whole)
  await failing(await handles(), 'truncate', withCode('ENOSYS'))
  const dir = await directory()
  await downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url) })
  expect(await readdir(dir)).toEqual(['a.mp4'])
})

test.each([
  ['has no links', 'EPERM', undefined],
  ['has neither links nor renames within a folder', 'ENOTSUP', 'EXDEV'],
])('a file system that %s takes a download, and replaces a file', async (_, linking, renaming) => {
  const { url } = await rawServer(whole)
  await failing(fs, 'link', withCode(linking))
  if (renaming !== undefined) await failing(fs, 'rename', withCode(renaming))
  const dir = await directory()
  const runapi = clientOf(url)
  for (const overwrite of [false, true]) {
    await downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi, overwrite })
    expect(await readdir(dir)).toEqual(['a.mp4'])
    expect(await readFile(join(dir, 'a.mp4'))).toEqual(Buffer.from(CLIP))
    await writeFile(join(dir, 'a.mp4'), 'mine')
  }
  await expect(downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi })).rejects.toMatchObject({
    reason: 'file',
  })
  expect(await readFile(join(dir, 'a.mp4'), 'utf8')).toBe('mine')
})

test('a file that is held for a moment is renamed after it', async () => {
  const { url } = await rawServer(whole)
  const dir = await directory()
  const { rename } = fs
  let tries = 0
  await failing(fs, 'rename', (from: string, to: string) =>
    ++tries < 4 ? withCode('EBUSY')() : rename(from, to),
  )
  await downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url), overwrite: true })
  expect(await readdir(dir)).toEqual(['a.mp4'])
  expect(tries).toBe(4)
})

test.each([
  'attachment; filename="../../evil.sh"',
  "attachment; filename*=UTF-8''%2e%2e%2fevil.sh",
  'inline; filename=/etc/cron.d/evil',
])('the name is never taken from Content-Disposition: %s', async (disposition) => {
  const headers = { 'content-disposition': disposition, 'content-length': CLIP.length }
  const { url } = await rawServer(reply(200, headers, CLIP))
  const dir = await directory()
  await downloadVideo({ url: `${url}/x/..%2f..%2fclip.mp4` }, dir, { runapi: clientOf(url) })
  expect(await readdir(dir)).toEqual(['clip.mp4'])
})

test.each([
  ['no directory', 'missing/a.mp4', /directory does not exist/],
  ['a directory that is a file', 'file/a.mp4', /not a directory/],
  ['a name that is too long', `${'a'.repeat(252)}.mp4`, /too long/],
  ['a name that is too long in bytes', `${'海'.repeat(84)}.mp4`, /too long/],
])('%s is a typed error before anything is sent', async (_, name, message) => {
  const { url, heads } = await rawServer(whole)
  const dir = await directory()
  await writeFile(join(dir, 'file'), '')
  const work = downloadVideo({ url: `${url}/a.mp4` }, join(dir, name), { runapi: clientOf(url) })
  await expect(work).rejects.toMatchObject({
    code: 'download',
    reason: 'file',
    message: expect.stringMatching(message),
  })
  expect(heads).toHaveLength(0)
})

const canLimit = ((): boolean => {
  try {
    execFileSync('prlimit', ['--version'])
    return process.platform === 'linux'
  } catch {
    return false
  }
})()

test.runIf(canLimit)('a disk that takes no more is a typed error, and nothing is left', async () => {
  const { url, heads } = await rawServer(whole)
  const dir = await directory()
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`])
  const ignore = (): void => {}
  process.on('SIGXFSZ', ignore)
  limit('1000')
  try {
    const work = downloadVideo({ url: `${url}/a.mp4` }, dir, { runapi: clientOf(url) })
    await expect(work).rejects.toMatchObject({ code: 'download', reason: 'file', cause: { code: 'EFBIG' } })
  } finally {
    limit('unlimited')
    process.off('SIGXFSZ', ignore)
  }
  expect(await readdir(dir)).toEqual([])
  expect(heads).toHaveLength(1)
})

test('an abort ends it with the reason itself and leaves nothing', async () => {
  const controller = new AbortController()
  const { url } = await rawServer((socket) => {
    socket.write(head(200, { 'content-length': CLIP.length }))
    socket.write(CLIP.subarray(0, 100))
  })
  const dir = await directory()
  const reason = new Error('enough')
  const work = downloadVideo({ url: `${url}/a.mp4` }, dir, {
    runapi: clientOf(url),
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  })
  await expect(work).rejects.toBe(reason)
  expect(await readdir(dir)).toEqual([])
})

test('a transfer that stalls starts over', async () => {
  const emulator = createEmulator()
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock })
  emulator.next({ takesMs: 1, faults: { result: ['stall', 'stall-body'] } })
  const { videos } = await runapi.luma
    .modifyVideo({ prompt: 'fog', source_video_url: 'https://example.com/a.mp4' })
    .wait()
  const { sha256 } = await downloadVideo(videos[0], await directory(), { runapi })
  expect(sha256).toBe(SHA256)
  expect(emulator.tasks[0]?.downloads).toBe(3)
})

test('two downloads of one file to one place: one wins, none is torn', async () => {
  const { url } = await rawServer(whole)
  const path = join(await directory(), 'a.mp4')
  const runapi = clientOf(url)
  const ends = await Promise.allSettled(
    Array.from({ length: 4 }, () => downloadVideo({ url: `${url}/a.mp4` }, path, { runapi })),
  )
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await readFile(path)).toEqual(Buffer.from(CLIP))
})

test('without a client it downloads all the same, from public places only', async () => {
  const dir = await directory()
  const work = downloadVideo({ url: 'https://127.0.0.1/a.mp4' }, dir)
  await expect(work).rejects.toMatchObject({ reason: 'address' })
  expect(await readdir(dir)).toEqual([])
})

test.each<[string, () => Promise<unknown>]>([
  ['no video', () => downloadVideo({} as never, 'a.mp4')],
  ['no path', () => downloadVideo({ url: 'https://example.com/a.mp4' }, '')],
  [
    'a client that is none',
    () => downloadVideo({ url: 'https://example.com/a.mp4' }, 'a', { runapi: {} as never }),
  ],
  [
    'a flag that is none',
    () => downloadVideo({ url: 'https://example.com/a.mp4' }, 'a', { overwrite: 1 as never }),
  ],
])('%s is refused', async (_, work) => {
  await expect(work()).rejects.toMatchObject({ code: 'configuration' })
})
