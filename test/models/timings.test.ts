import { readFileSync } from 'node:fs'
import { RunApiClient, schedules } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { families } from '../../src/models'
import { medianMs, scheduleOfEndpoint } from '../../src/models/endpoint'

const middle = () => 0.5
const delays = (schedule: (typeof schedules)['luma'], until: number): number[] => {
  const ages: number[] = []
  for (let ageMs = 0, attempt = 0; ageMs < until; attempt++) {
    ageMs += schedule({ ageMs, attempt, random: middle })
    ages.push(Math.round(ageMs))
  }
  return ages
}

test('a preset is the schedule of its family', () => {
  expect(schedules.luma).toBe(families.luma.modifyVideo.schedule)
  expect(schedules.hailuo).toBe(families.hailuo.textToVideo.schedule)
  expect(schedules.hailuo).toBe(families.hailuo.imageToVideo.schedule)
})

test('the docs of the presets give the times of each family', () => {
  const source = readFileSync('src/models/families.ts', 'utf8').replaceAll('\n * ', ' ')
  const [docs = ''] = /Makers of poll schedules.*/.exec(source) ?? []
  const inSeconds = (ms: number): number => ms / 1_000
  for (const [name, family] of Object.entries(families)) {
    const schedule = schedules[name as keyof typeof families]
    const [{ typicalMs }] = Object.values(family)
    const [probe = 0, first = 0, second = 0] = delays(schedule, 60_000)
    const longest = schedule({ ageMs: 1e9, attempt: 9, random: middle })
    const [at, then, every, to] = [probe, first, second - first, longest].map(inSeconds)
    const times = `${typicalMs.map(inSeconds).join('–')} s`
    const sentence = `${name} (${times}) at ${at} s, at ${then} s, and then every ${every} to ${to} s`
    expect(docs.replace(' is polled at', ' at').toLowerCase()).toContain(sentence)
  }
})

test('half of the tasks are done after 62 s at Luma and 86 s at Hailuo', () => {
  expect(medianMs(families.luma.modifyVideo.typicalMs)).toBe(62_000)
  expect(medianMs(families.hailuo.imageToVideo.typicalMs)).toBe(86_000)
})

test('an endpoint without a schedule is polled by its usual times', () => {
  expect(delays(scheduleOfEndpoint({ typicalMs: [30_000, 120_000] }), 30_000)).toEqual([
    5_000, 19_500, 23_530, 27_560, 31_590,
  ])
  const quick = delays(scheduleOfEndpoint({ typicalMs: [3_000, 12_000] }), 4_000)
  expect(quick.slice(0, 2)).toEqual([500, 1_950])
  expect(quick.length).toBeGreaterThan(5)
})

test('an endpoint without times grows its delays', () => {
  expect(delays(scheduleOfEndpoint({}), 8_000)).toEqual([2_000, 5_000, 9_500])
})

test('the emulator takes the usual time of an own endpoint', async () => {
  const definition = {
    name: 'veo.generate',
    path: '/api/v1/veo/generate',
    params: z.looseObject({}),
    typicalMs: [100_000, 400_000],
  } as const
  const emulator = createEmulator({ endpoints: [definition] })
  const runapi = new RunApiClient({ apiKey: 'k', fetch: emulator.fetch, clock: emulator.clock })
  await runapi.endpoint(definition)({}).wait()
  expect(emulator.clock.monotonic()).toBeGreaterThan(medianMs(definition.typicalMs))
  expect(emulator.clock.monotonic()).toBeLessThan(230_000)
})

test.each([[[0, 5]], [[5, 1]], [[5]], ['60 s'], [[Number.NaN, 5]], [[1, Number.POSITIVE_INFINITY]]])(
  'usual times of %j are refused',
  (typicalMs) => {
    const runapi = new RunApiClient({ apiKey: 'k' })
    const definition = { name: 'a.b', path: '/a/b', params: z.looseObject({}), typicalMs }
    expect(() => runapi.endpoint(definition as never)).toThrow(
      'endpoint.typicalMs: must be two numbers of milliseconds above 0, the shorter first',
    )
  },
)
