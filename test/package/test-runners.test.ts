import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'

const consumer = inject('consumer')

const program = `
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
BEFORE
const { RunApiClient } = await import('runapi-video')
const { createEmulator } = await import('runapi-video/testing')
const { verifyWebhook } = await import('runapi-video/webhooks')

test('a task of two minutes, with a webhook', async () => {
  INSIDE
  const emulator = createEmulator({
    deliver: async (request) => {
      const event = await verifyWebhook(await request.text(), request.headers, emulator.callbackSecret)
      runapi.settle(event)
      return new Response()
    },
  })
  const { fetch, clock } = emulator
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock })
  emulator.next({ takesMs: 120_000, faults: { create: ['stall', 'lose-answer'] } })
  const { videos } = await runapi.luma
    .modifyVideo({ prompt: 'Fog', source_video_url: 'https://example.com/a.mp4', callback_url: 'https://example.com/hook' })
    .wait()
  assert.match(videos[0].url, /\\.mp4$/)
  await clock.sleep(600_000)
  assert.equal(emulator.deliveries.length, 1)
  assert.deepEqual(emulator.unfinished, [])
  emulator.assertNothingBoughtTwice()
})
`
const MOCK =
  "mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'], now: Date.now() })"

test.each([
  { when: 'without mocked timers', before: '', inside: '' },
  { when: 'with timers mocked in the test', before: '', inside: MOCK },
  { when: 'with timers mocked before the library was loaded', before: MOCK, inside: '' },
])(
  'virtual time passes under node:test $when, and the process ends by itself',
  async ({ before, inside }) => {
    const name = `node-test-${before.length}-${inside.length}.test.mjs`
    writeFileSync(join(consumer, name), program.replace('BEFORE', before).replace('INSIDE', inside))
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', name], {
      cwd: consumer,
      timeout: 30_000,
    })
    expect(stdout).toMatch(/^# pass 1$/m)
  },
)

const asInJest = `
const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { runInThisContext } = require('node:vm')

// Jest, too, runs modules as scripts in which import() throws.
const path = require.resolve('runapi-video/testing')
const module_ = { exports: {} }
const run = runInThisContext('(function (exports, require, module) {' + readFileSync(path, 'utf8') + '})')
run(module_.exports, createRequire(path), module_)
const emulator = module_.exports.createEmulator()
emulator.listen().then(({ url }) => fetch(url)).then(({ status }) => {
  console.log(status)
  return emulator.close()
})
`

test('listens where import() throws, as under Jest', async () => {
  writeFileSync(join(consumer, 'as-in-jest.cjs'), asInJest)
  const { stdout } = await promisify(execFile)(process.execPath, ['as-in-jest.cjs'], { cwd: consumer })
  expect(stdout).toBe('404\n')
})
