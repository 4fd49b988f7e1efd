import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunApiClient, schedules } from 'runapi-video'
import { expect, test } from 'vitest'
import { folder, runLine } from './in-process'
import { serve } from './serve'

const buy = async (baseUrl: string) => {
  const runapi = new RunApiClient({ apiKey: 'any', baseUrl })
  const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
  const task = await runapi.luma.modifyVideo(params)
  const end = () => task.wait({ schedule: schedules.fixed(20) }).finally(() => runapi.close())
  return { task, end }
}

test('download saves what wait printed, a handle and a URL', async () => {
  const { url } = await serve({ takesMs: 0 })
  const { task, end } = await buy(url)
  const { videos } = await end()
  for (const [index, what] of [JSON.stringify({ videos }), JSON.stringify(task), videos[0].url].entries()) {
    const name = `clip-${index}.mp4`
    const { exitCode, out } = await runLine(['download', what, name], { RUNAPI_BASE_URL: url })
    expect(exitCode).toBe(0)
    const printed = JSON.parse(out)
    expect(printed.videos).toEqual(videos)
    expect(printed.files).toEqual([
      {
        path: expect.stringMatching(name),
        bytes: expect.any(Number),
        sha256: expect.stringMatching(/^\w{64}$/),
      },
    ])
    expect(readFileSync(join(folder, name))).toHaveLength(printed.files[0].bytes)
  }
})

test('download needs no key, and takes the name from the URL where it gets a directory', async () => {
  const { url } = await serve({ takesMs: 0 })
  const { task, end } = await buy(url)
  const { videos } = await end()
  const { exitCode, err } = await runLine(['download', videos[0].url], {
    RUNAPI_BASE_URL: url,
    RUNAPI_API_KEY: undefined,
  })
  expect(exitCode).toBe(0)
  expect(existsSync(join(folder, `${task.id}.mp4`))).toBe(true)
  expect(err).toMatch(/^saved .+\.mp4\n$/)
})

test('download saves every video, those after the first under a number', async () => {
  const { url } = await serve({ takesMs: 0 })
  const { end } = await buy(url)
  const { videos } = await end()
  const two = JSON.stringify({ videos: [videos[0], videos[0]] })
  const { out } = await runLine(['download', two, 'both.mp4'], { RUNAPI_BASE_URL: url })
  const names = JSON.parse(out).files.map(({ path }: { path: string }) => path.replace(/.*\//, ''))
  expect(names).toEqual(['both.mp4', 'both-2.mp4'])
})

test('download keeps the file of that name, unless --overwrite', async () => {
  const { url } = await serve({ takesMs: 0 })
  const { end } = await buy(url)
  const { videos } = await end()
  writeFileSync(join(folder, 'mine.mp4'), 'mine')
  const line = ['download', videos[0].url, 'mine.mp4', '--base-url', url]
  expect(await runLine(line)).toMatchObject({ exitCode: 2, err: expect.stringContaining('--overwrite') })
  expect(readFileSync(join(folder, 'mine.mp4'), 'utf8')).toBe('mine')
  expect(await runLine([...line, '--overwrite'])).toMatchObject({ exitCode: 0 })
  expect(readFileSync(join(folder, 'mine.mp4')).length).toBeGreaterThan(1_000)
})

test('download does not wait: exit code 4 while the task goes on, 3 when it failed, with the handle', async () => {
  const emulator = await serve()
  const env = { RUNAPI_BASE_URL: emulator.url }
  const going = await buy(emulator.url)
  emulator.next({ takesMs: 0, outcome: { failed: 'Too dark' } })
  const failed = await buy(emulator.url)
  for (const [{ task }, exitCode, sentence] of [
    [going, 4, /: still (pending|processing); wait for it first$/m],
    [failed, 3, /the generation failed: Too dark/],
  ] as const) {
    const ended = await runLine(['download', JSON.stringify(task), 'no.mp4'], env)
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.err).toMatch(sentence)
    expect(JSON.parse(ended.out)).toEqual(task.toJSON())
  }
  expect(existsSync(join(folder, 'no.mp4'))).toBe(false)
})

test('download refuses a list of no videos, so that exit code 0 means a file', async () => {
  expect(await runLine(['download', '{"videos":[]}'])).toMatchObject({
    exitCode: 2,
    out: '',
    err: 'runapi-video: download: no video is in what was given\n',
  })
})

test('a video that is gone is exit code 7, and the result is printed to try again', async () => {
  const emulator = await serve()
  emulator.next({ takesMs: 0, faults: { result: [{ status: 403 }] } })
  const { end } = await buy(emulator.url)
  const stdin = JSON.stringify({ videos: (await end()).videos })
  const { exitCode, out, err } = await runLine(['download', '-', 'gone.mp4'], {
    RUNAPI_BASE_URL: emulator.url,
    stdin,
  })
  expect(exitCode).toBe(7)
  expect(JSON.parse(out)).toEqual(JSON.parse(stdin))
  expect(err).toContain('runapi-video: ')
})

test('what came on stdin and could not be saved is passed on', async () => {
  const { url } = await serve()
  const { task } = await buy(url)
  const json = JSON.stringify(task)
  for (const [path, env] of [
    ['nowhere/no.mp4', {}],
    ['no.mp4', { RUNAPI_API_KEY: undefined }],
  ] as const) {
    const line = ['download', '-', path]
    const ended = await runLine(line, { RUNAPI_BASE_URL: url, stdin: json, ...env })
    expect(ended).toMatchObject({ exitCode: 2, out: `${json}\n` })
  }
})

test('a signed URL is not shown in what goes wrong', async () => {
  const { err, out } = await runLine(['download', 'https://127.0.0.1:1/clip.mp4?X-Sig=canary', 'no.mp4'], {
    RUNAPI_BASE_URL: undefined,
  })
  expect(err).toContain('private address')
  expect(err).not.toContain('canary')
  expect(JSON.parse(out).videos).toHaveLength(1)
})
