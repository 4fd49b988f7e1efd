import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createEmulator } from 'runapi-video/testing'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

const consumer = inject('consumer')

// In this process, and taken by the programs below through a socket.
const emulator = createEmulator({ takesMs: 300 })
let baseUrl: string
beforeAll(async () => {
  baseUrl = (await emulator.listen()).url
})
afterAll(() => emulator.close())

const BEGIN = `
  import { RunApiClient, schedules } from 'runapi-video'
  const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
  const schedule = schedules.fixed(50)
`

/** What a program of its own prints, as JSON, and how long it went on after that. */
const run = async (name: string, program: string, flags: string[] = []) => {
  const file = join(consumer, `${name}.mjs`)
  writeFileSync(file, `${BEGIN}\n${program}`)
  const env = { PATH: process.env.PATH, RUNAPI_API_KEY: 'key-of-the-leaks', RUNAPI_BASE_URL: baseUrl }
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file], { cwd: consumer, env })
  const { at, ...printed } = JSON.parse(stdout)
  return { ...printed, wentOnMs: Date.now() - at }
}

const report = (fields: string): string => `console.log(JSON.stringify({ at: Date.now(), ${fields} }))`

// One call stays on the runtime's fetch; twenty at once load undici.
test.each([1, 20])(
  'after %i waits over sockets nothing is active, and the process ends at once',
  async (count) => {
    const { active, wentOnMs } = await run(
      `exit-${count}`,
      `const before = process.getActiveResourcesInfo()
    const runapi = new RunApiClient()
    await Promise.all(Array.from({ length: ${count} }, () => runapi.luma.modifyVideo(params).wait({ schedule })))
    await new Promise((resolve) => setImmediate(resolve))
    const left = process.getActiveResourcesInfo()
    for (const name of before) left.splice(left.indexOf(name), 1)
    ${report('active: left')}`,
    )
    expect(active.filter((name: string) => !/Socket|Pipe/.test(name))).toEqual([])
    // An idle connection would hold it for seconds.
    expect(wentOnMs).toBeLessThan(2_000)
  },
)

test('a pending wait alone keeps the process alive until it ends', async () => {
  const { status } = await run(
    'alive',
    `const task = await new RunApiClient().luma.modifyVideo(params)
    void task.wait({ schedule: schedules.fixed(700) }).then(({ status }) => ${report('status')})`,
  )
  expect(status).toBe('completed')
})

test('the heap stays flat over ten thousand waits', async () => {
  const { grewBytes, listeners } = await run(
    'heap',
    `import { getEventListeners } from 'node:events'
    const seen = new Set()
    const json = (body) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
    let ids = 0
    const fetch = async (url, { method }) => {
      if (method === 'POST') return json({ task_id: 'tsk_' + ids++, status: 'pending' })
      if (seen.delete(url)) return json({ status: 'completed', videos: [{ url: 'https://example.com/a.mp4' }] })
      seen.add(url)
      return json({ status: 'processing' })
    }
    const runapi = new RunApiClient({ fetch })
    const { signal } = new AbortController()
    const wait = () => runapi.luma.modifyVideo(params, { signal }).wait({ schedule: schedules.fixed(1), signal })
    const waits = async (count) => {
      for (let done = 0; done < count; done += 100) await Promise.all(Array.from({ length: 100 }, wait))
      for (let round = 0; round < 3; round++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        gc()
      }
      return process.memoryUsage().heapUsed
    }
    const before = await waits(2_000)
    const after = await waits(10_000)
    ${report("grewBytes: after - before, listeners: getEventListeners(signal, 'abort').length")}`,
    ['--expose-gc'],
  )
  console.log(`10 000 waits: heap grew by ${grewBytes} bytes`)
  expect(listeners).toBe(0)
  // 100 bytes for each wait; a handle that is kept takes thousands.
  expect(grewBytes).toBeLessThan(1_000_000)
})
