import { readFileSync } from 'node:fs'
import { createEmulator } from 'runapi-video/testing'
import ts from 'typescript'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openEditor } from './support/open-editor'
import { runProgram } from './support/run-program'

const guide = readFileSync('docs/engines.md', 'utf8')
const [steps = '', ...excerpts] = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text)

beforeEach(() => {
  vi.stubEnv('RUNAPI_API_KEY', 'key-of-the-guide')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

interface Steps {
  create(orderId: string, prompt: string): Promise<{ task: object; delayMs: number }>
  look(task: object, polls: number): Promise<Record<string, unknown>>
  isFinal(error: unknown): boolean
}

const service = () => createEmulator({ takesMs: 60_000 })

const stepsOn = async (emulator: ReturnType<typeof service>): Promise<Steps> =>
  (await runProgram(steps, { emulator })).exports as unknown as Steps

test("the engine guide's steps compile", () => {
  const config = ts.readConfigFile('tsconfig.json', ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  expect(openEditor('.', { 'engine-steps.ts': steps }, options).compileErrors()).toEqual([])
}, 30_000)

test("the engine guide's steps buy once, sleep, look and find the video", async () => {
  const emulator = service()
  const { create, look } = await stepsOn(emulator)
  const { task, delayMs } = await create('order-1001', 'Rain')
  expect(delayMs).toBeGreaterThan(0)
  expect((await create('order-1001', 'Rain')).task).toMatchObject({ idempotencyKey: 'order-1001' })
  expect(emulator.tasks).toHaveLength(1)

  expect(await look(task, 1)).toEqual({ delayMs: expect.any(Number) })
  await emulator.clock.sleep(60_000)
  expect(await look(task, 2)).toEqual({ url: expect.stringMatching(/\.mp4$/) })
})

test("the engine guide's look gives a failed generation as data", async () => {
  const emulator = service()
  const { create, look } = await stepsOn(emulator)
  emulator.next({ outcome: { failed: 'the prompt was refused' } })
  const { task } = await create('order-1001', 'Rain')
  await emulator.clock.sleep(60_000)
  expect(await look(task, 1)).toEqual({ failure: 'the prompt was refused' })
})

test.each([
  [' ', [], true],
  ['Rain', [{ status: 402 }], true],
  ['Rain', [{ status: 409 }], true],
  ['Rain', ['reset', 'reset', 'reset'], false],
  ['Rain', ['lose-answer', 'lose-answer', 'lose-answer'], false],
  ['Rain', [{ status: 200, body: 'a proxy says hello', carryOut: true }], false],
  ['Rain', [{ status: 503 }, { status: 503 }, { status: 503 }], false],
] as const)(
  'the engine guide calls a create of "%s" with the faults %j final: %s',
  async (prompt, faults, final) => {
    const emulator = service()
    const { create, isFinal } = await stepsOn(emulator)
    emulator.next({ faults: { create: faults } })
    const error = await create('order-1001', prompt).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(isFinal(error)).toBe(final)
  },
)

const unindented = (text: string): string => text.replace(/^ +/gm, '')

test.each(['bullmq/videos.ts', 'cloudflare-workflow/worker.ts', 'lambda-durable/handler.ts'])(
  'the engine guide shows examples/%s as it stands',
  (file) => {
    const example = unindented(readFileSync(`examples/${file}`, 'utf8'))
    const section = guide.slice(guide.indexOf(`[examples/${file}]`))
    const shown = excerpts.find((text) => section.slice(0, 300).includes(text.slice(0, 40)))
    expect(shown).toBeDefined()
    expect(example).toContain(unindented(shown ?? ''))
  },
)

test('the engine guide names the releases that the matrix runs', () => {
  const pins = ['engines', 'others'].map((folder) => {
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
  ]
  for (const name of names) expect(tried).toContain(` ${pins.map((pin) => pin[name]).find(Boolean)}`)
})
