import { readFileSync } from 'node:fs'
import type { Order, Step } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import ts from 'typescript'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openEditor } from './support/open-editor'
import { runProgram } from './support/run-program'

const guide = readFileSync('docs/engines.md', 'utf8')
const [program = '', excerpt = ''] = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text)

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-guide')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

interface Engine {
  turn(order: Order): Promise<Step>
  sleep(ms: number): Promise<void>
}
interface Guide {
  turn(order: Order): Promise<Step>
  video(key: string, prompt: string, engine: Engine): Promise<string>
}

const service = () => createEmulator({ takesMs: 60_000 })

/** The guide's loop on an engine that tries a turn again, and sleeps on virtual time. */
const videoOn = async (emulator: ReturnType<typeof service>, prompt = 'Rain') => {
  const { turn, video } = (await runProgram(program, { emulator })).exports as unknown as Guide
  const turnAgain = async (order: Order): Promise<Step> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return JSON.parse(JSON.stringify(await turn(order)))
      } catch (error) {
        if (attempt === 5) throw error
      }
    }
  }
  return video('order-1001', prompt, { turn: turnAgain, sleep: (ms) => emulator.clock.sleep(ms) })
}

test("the engine guide's loop compiles", () => {
  const config = ts.readConfigFile('tsconfig.json', ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  expect(openEditor('.', { 'engine-loop.ts': program }, options).compileErrors()).toEqual([])
}, 90_000)

test("the engine guide's loop buys once, sleeps, polls and finds the video, whatever answers are lost", async () => {
  const emulator = service()
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer'], status: ['lose-answer'] } })
  expect(await videoOn(emulator)).toMatch(/\.mp4$/)
  expect(emulator.tasks.map(({ idempotencyKey, creates }) => [idempotencyKey, creates])).toEqual([
    ['order-1001', 1],
  ])
})

test.each([
  ['Rain', { outcome: { failed: 'the prompt was refused' } }, 'the prompt was refused', 1],
  [' ', {}, 'breaks the rules', 0],
  ['Rain', { faults: { create: [{ status: 402 }] } }, '402', 0],
] as const)(
  "the engine guide's loop ends an order of %j with %j by an error",
  async (prompt, script, message, bought) => {
    const emulator = service()
    emulator.next(script)
    await expect(videoOn(emulator, prompt)).rejects.toThrow(message)
    expect(emulator.tasks).toHaveLength(bought)
  },
)

const ENGINES = [
  'bullmq/videos.ts',
  'cloudflare-workflow/worker.ts',
  'dbos/videos.ts',
  'lambda-durable/handler.ts',
  'pg-boss/videos.ts',
  'restate/videos.ts',
  'vercel-workflow/video.ts',
]

test.each(ENGINES)('the engine guide links examples/%s, which fits on a screen', (file) => {
  expect(guide).toContain(`](../examples/${file})`)
  expect(readFileSync(`examples/${file}`, 'utf8').split('\n').length).toBeLessThanOrEqual(75)
})

const unindented = (text: string): string => text.replace(/^ +/gm, '')

test("the engine guide shows BullMQ's turn as it stands", () => {
  expect(unindented(readFileSync('examples/bullmq/videos.ts', 'utf8'))).toContain(unindented(excerpt))
})

test('the engine guide names the releases that the matrix runs', () => {
  const pins = ['engines', 'others', 'restate', 'vercel-workflow'].map((folder) => {
    const { devDependencies } = JSON.parse(readFileSync(`tools/runtimes/${folder}/package.json`, 'utf8'))
    return devDependencies as Record<string, string>
  })
  const tried = guide.slice(guide.indexOf('## What was tried'), guide.indexOf('## Sketches'))
  const names = [
    'bullmq',
    'ioredis',
    'miniflare',
    '@aws/durable-execution-sdk-js',
    '@aws/durable-execution-sdk-js-testing',
    'pg-boss',
    '@dbos-inc/dbos-sdk',
    '@restatedev/restate-server-linux-x64',
    '@restatedev/restate-sdk',
    'workflow',
    '@workflow/world-local',
  ]
  for (const name of names) expect(tried).toContain(` ${pins.map((pin) => pin[name]).find(Boolean)}`)
})
