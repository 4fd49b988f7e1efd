import { runInNewContext } from 'node:vm'
import { RunApiClient, schemas } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { ValidationError } from '../../src/errors/validation-error'
import { fieldRulesOf, refuseExpiredFiles, withFileUrls } from '../../src/schema/validate-params'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')
const url = 'https://file.runapi.ai/temp/in.mp4'
const file = { url, file_name: 'in.mp4', expires_at: '2026-03-02T12:00:00Z' }
const rules = {
  ...fieldRulesOf(schemas.luma.modifyVideo),
  mask_url: { kind: 'url', required: false, file: true },
  fresh_url: { kind: 'url', required: false, file: true },
} as const

test('a file gives its URL to a column of files, and to no other', () => {
  expect(
    withFileUrls(rules, { source_video_url: file, callback_url: file, image_url: file, prompt: 'fog' }),
  ).toEqual({ source_video_url: url, callback_url: file, image_url: file, prompt: 'fog' })
})

test.each([
  ['a URL', new URL(url)],
  ['a URL of another realm', runInNewContext('new URL(url)', { URL, url })],
])('%s is taken where a URL is due', (_name, given) => {
  expect(withFileUrls(rules, { source_video_url: given, callback_url: given, other: given })).toEqual({
    source_video_url: url,
    callback_url: url,
    other: given,
  })
})

test.each([{}, { url: '' }, { url: 5 }, null, 'text', Object.create({ url }), [url], [file]])(
  '%j is not a file and stays as it is',
  (value) => {
    expect(withFileUrls(rules, { source_video_url: value })).toEqual({ source_video_url: value })
  },
)

test.each([null, undefined, 'text', 5, [{ url }]])(
  '%j holds no parameters and stays what it is',
  (params) => {
    expect(withFileUrls(rules, params)).toBe(params)
    expect(refuseExpiredFiles('luma.modifyVideo', rules, params, nowMs)).toBeUndefined()
  },
)

const refusalOf = (params: object): ValidationError | undefined => {
  try {
    refuseExpiredFiles('luma.modifyVideo', rules, params, nowMs)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError)
    return error as ValidationError
  }
}

test('every file that has expired is named, with the way out', () => {
  const error = refusalOf({
    source_video_url: { url, expires_at: '2026-03-01T12:00:00Z' },
    mask_url: { url, expires_at: '2026-02-28T12:00:00+01:00' },
    fresh_url: { url, expires_at: '2026-03-01T12:00:00.001Z' },
  })
  expect(error?.message).toMatchInlineSnapshot(`
    "luma.modifyVideo: an uploaded file cannot be used any more
      source_video_url: the uploaded file expired at 2026-03-01T12:00:00.000Z: upload it again
      mask_url: the uploaded file expired at 2026-02-28T11:00:00.000Z: upload it again"
  `)
  expect(error?.issues).toEqual([
    {
      field: 'source_video_url',
      rule: 'expired',
      message: 'the uploaded file expired at 2026-03-01T12:00:00.000Z: upload it again',
    },
    {
      field: 'mask_url',
      rule: 'expired',
      message: 'the uploaded file expired at 2026-02-28T11:00:00.000Z: upload it again',
    },
  ])
})

test.each([
  { source_video_url: { url } },
  { source_video_url: { url, expires_at: 'some day' } },
  { source_video_url: { url, expires_at: 0 } },
  { source_video_url: { expires_at: '2020-01-01T00:00:00Z' } },
  { callback_url: { url, expires_at: '2020-01-01T00:00:00Z' } },
  { image_url: { url, expires_at: '2020-01-01T00:00:00Z' } },
  { source_video_url: url },
])('%j says nothing of an expired file', (params) => {
  expect(refusalOf(params)).toBeUndefined()
})

const imageUrl = { url: 'https://example.com/a.png', detail: 'high', expires_at: '2020-01-01T00:00:00Z' }
const seen: unknown[] = []
const definition = {
  name: 'gpt.describe',
  path: '/api/v1/gpt/describe',
  params: z.looseObject({ image_url: z.unknown().check(({ value }) => void seen.push(value)) }),
}
const ownEndpoint = () => {
  const emulator = createEmulator({ endpoints: [definition] })
  const runapi = new RunApiClient({ apiKey: 'k', fetch: emulator.fetch, clock: emulator.clock })
  return { emulator, runapi, describe: runapi.endpoint(definition) }
}

test.each([
  ['as they are', {}],
  ['with validate: false', { validate: false }],
  ['with extraParams', { extraParams: { mask_url: imageUrl, nested: { image_url: imageUrl } } }],
])('the objects in the parameters of an own endpoint arrive %s', async (_name, options) => {
  const { emulator, describe } = ownEndpoint()
  await describe({ image_url: imageUrl, nested: { source_video_url: file } }, options)
  expect(emulator.tasks[0]?.params).toEqual({
    image_url: imageUrl,
    nested: { source_video_url: file },
    ...('extraParams' in options && options.extraParams),
  })
})

test('the schema of an own endpoint and its quote see the object', async () => {
  const { emulator, runapi } = ownEndpoint()
  seen.length = 0
  await runapi.pricing.quote(definition, { image_url: imageUrl })
  expect(seen[0]).toEqual(imageUrl)
  expect(emulator.requests.at(-1)?.body).toMatchObject({ params: { image_url: imageUrl } })
})

test.each([
  ['a URL', new URL(url)],
  ['an uploaded file', file],
  ['a video of a result', { url }],
])('%s as an input is sent as its address, wherever it stands', async (_name, input) => {
  const emulator = createEmulator({ startsAt: '2026-03-01T12:00:00.000Z' })
  const runapi = new RunApiClient({ apiKey: 'k', fetch: emulator.fetch, clock: emulator.clock })
  const params = { prompt: 'fog', source_video_url: input }
  await runapi.luma.modifyVideo(params)
  await runapi.luma.modifyVideo(params, { validate: false })
  await runapi.luma.modifyVideo(
    { prompt: 'fog', source_video_url: 'https://example.com/other.mp4' },
    { extraParams: { source_video_url: input } },
  )
  expect(emulator.tasks.map((task) => task.params.source_video_url)).toEqual([url, url, url])
  await runapi.pricing.quote('luma.modifyVideo', params)
  expect(emulator.requests.at(-1)?.body).toMatchObject({ params: { source_video_url: url } })
})
