import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { foldLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { expect, test } from 'vitest'
import { folder, type Running, start } from './command'
import { serve } from './serve'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f']
const MAX_RUNS = 60

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

/** Runs a batch and kills it at one of its next requests, again and again until it is done. */
const runUntilDone = async (name: string, { forgets }: { forgets: boolean }) => {
  const random = seeded(7)
  let running: Running | undefined
  let untilKill = 0
  const emulator = await serve({
    takesMs: 150,
    latencyMs: 5,
    fault: ({ request }) => {
      // A service that has forgotten the key of a create without an answer cannot but sell it again. So none is under
      // way when the process dies: one order at a time, and at once.
      if (forgets && request.method === 'POST') return undefined
      untilKill -= 1
      // Before the request is carried out, or a moment behind.
      if (untilKill === 0) {
        const victim = running
        if (forgets || random() < 0.5) victim?.child.kill('SIGKILL')
        else setTimeout(() => victim?.child.kill('SIGKILL'), random() * 30)
      }
      return undefined
    },
  })
  const place = join(folder, name)
  mkdirSync(place)
  const params = { model: 'hailuo-02-text-to-video-standard', prompt: 'Rain', duration_seconds: 6 }
  const lines = IDS.map((id) => JSON.stringify({ id, endpoint: 'hailuo.textToVideo', params }))
  writeFileSync(join(place, 'orders.jsonl'), lines.join('\n'))
  let kills = 0
  for (let runs = 1; runs <= MAX_RUNS; runs++) {
    // Later and later, so that it comes to an end.
    untilKill = 1 + Math.floor(random() * (2 + 2 * runs))
    const line = [
      'batch',
      join(place, 'orders.jsonl'),
      '--out',
      join(place, 'videos'),
      '--poll-ms',
      '40',
      '--concurrency',
      forgets ? '1' : '3',
    ]
    running = start(line, { RUNAPI_BASE_URL: emulator.url })
    const { exitCode, out, err } = await running.ended
    if (exitCode === 0) return { emulator, place, kills, json: JSON.parse(out) }
    expect({ exitCode, err }).toMatchObject({ exitCode: null })
    kills += 1
    if (forgets) emulator.forgetKeys()
  }
  throw new Error(`not done after ${MAX_RUNS} runs`)
}

test.each([
  ['a service that remembers its keys', { forgets: false }],
  ['a service that has forgotten them', { forgets: true }],
] as const)(
  'a batch that is killed again and again buys every order once from %s',
  async (name, options) => {
    const { emulator, place, kills, json } = await runUntilDone(name.replaceAll(' ', '-'), options)
    expect(kills).toBeGreaterThan(2)
    expect(emulator.tasks).toHaveLength(IDS.length)
    expect(json).toMatchObject({
      completed: IDS.length,
      spentCents: IDS.length * 30,
      reservedCents: 0,
      unknownCents: 0,
    })
    // The parts of files that a killed run was writing go after an hour.
    const saved = readdirSync(join(place, 'videos')).filter((name) => !name.endsWith('.part'))
    expect(saved.sort()).toEqual(IDS.map((id) => `${id}.mp4`))
    for (const { path, bytes, sha256 } of json.files) {
      const content = readFileSync(path)
      expect(content).toHaveLength(bytes)
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
    }
    const { entries } = await fileStore(join(place, 'orders.ledger.jsonl')).read(undefined, {
      signal: AbortSignal.timeout(5_000),
    })
    expect(foldLedger(entries).map(({ key, status, done }) => ({ key, status, done }))).toEqual(
      IDS.map((key) => ({ key, status: 'completed', done: true })),
    )
  },
  180_000,
)
