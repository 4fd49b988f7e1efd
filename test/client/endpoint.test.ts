import { RunApiClient } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { completed, json, rejection, said, service } from '../task/service'

interface Images {
  images: string[]
}

const textToImage = {
  name: 'flux.textToImage',
  path: '/api/v1/flux/text_to_image',
  params: z.object({ prompt: z.string().min(1), size: z.enum(['s', 'l']).default('s') }),
  // As a user writes it: it knows completed answers only.
  result: (raw: Readonly<Record<string, unknown>>): Images => ({
    images: (raw.images as { url: string }[]).map(({ url }) => url),
  }),
}

test('a definition of the caller becomes a method whose tasks give its own result', async () => {
  const { runapi, urls } = service([
    said('processing'),
    json({ status: 'completed', images: [{ url: 'https://tempfile.runapi.ai/a.png' }] }),
  ])
  const create = runapi.endpoint(textToImage)
  const state = await create({ prompt: 'Rain' }).wait()
  expect(state.images).toEqual(['https://tempfile.runapi.ai/a.png'])
  expect(urls).toEqual([
    'https://runapi.ai/api/v1/flux/text_to_image',
    'https://runapi.ai/api/v1/flux/text_to_image/tsk_abc123',
    'https://runapi.ai/api/v1/flux/text_to_image/tsk_abc123',
  ])
})

test("the schema's own rules and defaults apply", async () => {
  const emulator = createEmulator({ endpoints: [textToImage] })
  const { runapi } = service([], { fetch: emulator.fetch, clock: emulator.clock })
  const create = runapi.endpoint(textToImage)
  await create({ prompt: 'Rain' })
  expect(emulator.requests[0]?.body).toEqual({ prompt: 'Rain', size: 's' })
  expect(await rejection(create({ prompt: '' }))).toMatchObject({
    code: 'validation',
    issues: [{ field: 'prompt' }],
  })
  expect(emulator.requests).toHaveLength(1)
})

test('its tasks are revived once the definition is given', async () => {
  const { runapi } = service([json({ status: 'completed', images: [] })])
  const stored = JSON.stringify(await runapi.endpoint(textToImage)({ prompt: 'Rain' }))
  const other = service([json({ status: 'completed', images: [] })]).runapi
  expect(() => other.task(stored)).toThrow(/^task\.endpoint: .*runapi\.endpoint\(\)/)
  other.endpoint(textToImage)
  expect(await other.task<Images>(stored).poll()).toMatchObject({ status: 'completed', images: [] })
})

test('a result that its reader cannot read keeps the task', async () => {
  const { runapi } = service([completed])
  const task = await runapi.endpoint(textToImage)({ prompt: 'Rain' })
  expect(await rejection(task.wait({ schedule: () => 1_000 }))).toMatchObject({
    code: 'poll_failed',
    task,
    cause: { code: 'malformed_response' },
  })
})

test('without a schedule its tasks are polled with growing delays', async () => {
  const { runapi, polledAt } = service([
    said('processing'),
    said('processing'),
    said('processing'),
    completed,
  ])
  const { result, ...definition } = textToImage
  expect(result).toBeDefined()
  await runapi.endpoint(definition)({ prompt: 'Rain' }).wait()
  expect(polledAt).toEqual([2_000, 5_000, 9_500, 16_250])
})

test('a schedule of the definition is its default', async () => {
  const { runapi, polledAt } = service([said('processing'), completed])
  const { result, ...definition } = textToImage
  expect(result).toBeDefined()
  await runapi
    .endpoint({ ...definition, schedule: () => 700 })({ prompt: 'Rain' })
    .wait()
  expect(polledAt).toEqual([700, 1_400])
})

test.each([
  ['name', ''],
  ['name', 7],
  ['path', 'api/v1/x'],
  ['path', '/api/v1/x?y=1'],
  ['path', undefined],
  ['params', {}],
  ['params', undefined],
  ['result', 'videos'],
  ['schedule', 5_000],
])('a definition whose %s is %j is refused', (field, value) => {
  const runapi = new RunApiClient()
  expect(() => runapi.endpoint({ ...textToImage, [field]: value } as never)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(new RegExp(`^endpoint\\.${field}: `)),
    }),
  )
})

test.each([undefined, null, 'flux.textToImage'])('a definition of %j is refused', (definition) => {
  const runapi = new RunApiClient()
  expect(() => runapi.endpoint(definition as never)).toThrow(
    expect.objectContaining({ code: 'configuration' }),
  )
})

test('a misspelt name of an endpoint is answered with the one that was meant', () => {
  const runapi = new RunApiClient()
  const revive = () => runapi.task('hailuo.text_to_video' as never, 'tsk_1')
  expect(revive).toThrow("did you mean 'hailuo.textToVideo'?")
})
