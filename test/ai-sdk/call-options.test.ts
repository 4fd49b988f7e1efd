import { expect, test } from 'vitest'
import { call, FRAME, I2V, provider, rejection, T2V } from './provider'

const PNG = new Uint8Array([137, 80, 78, 71])

test("the SDK's options become the model's parameters", async () => {
  const { emulator, runapi } = provider()
  const { warnings } = await runapi.video(I2V).doGenerate(
    call({
      duration: 6,
      resolution: '1366x768',
      image: { type: 'url', url: FRAME },
      frameImages: [
        { image: { type: 'url', url: FRAME }, frameType: 'first_frame' },
        { image: { type: 'url', url: 'https://example.com/last.png' }, frameType: 'last_frame' },
      ],
    }),
  )
  expect(warnings).toEqual([])
  expect(emulator.tasks[0]?.params).toEqual({
    model: I2V,
    prompt: 'Rain on a tin roof',
    duration_seconds: 6,
    output_resolution: '768p',
    first_frame_image_url: FRAME,
    last_frame_image_url: 'https://example.com/last.png',
  })
})

test('a video among the references is what Luma modifies', async () => {
  const { emulator, runapi } = provider()
  const source = 'https://example.com/park-walk.mp4'
  const { warnings } = await runapi.video('luma-modify-video').doGenerate(
    call({
      inputReferences: [
        { type: 'url', url: FRAME, mediaType: 'image/png' },
        { type: 'url', url: source },
        { type: 'url', url: source, mediaType: 'video/mp4' },
      ],
    }),
  )
  expect(emulator.tasks[0]?.params.source_video_url).toBe(source)
  expect(warnings).toEqual([
    { type: 'unsupported', feature: 'inputReferences', details: 'the first video was taken' },
    {
      type: 'unsupported',
      feature: 'inputReferences',
      details: 'luma-modify-video has no parameter for images beyond the frames',
    },
  ])
})

test('every option that the model does not have is a warning', async () => {
  const { emulator, runapi } = provider()
  const file = { type: 'url', url: FRAME } as const
  const { warnings } = await runapi.video('hailuo-02-text-to-video-pro').doGenerate(
    call({
      n: 2,
      aspectRatio: '16:9',
      resolution: '1920x1080',
      duration: 6,
      fps: 24,
      seed: 7,
      generateAudio: false,
      image: file,
      frameImages: [
        { image: file, frameType: 'last_frame' },
        { image: file, frameType: 'last_frame' },
      ],
      inputReferences: [file],
    }),
  )
  const features = warnings.flatMap((warning) => (warning.type === 'unsupported' ? [warning.feature] : []))
  expect(features).toHaveLength(warnings.length)
  expect([...new Set(features)].sort()).toEqual([
    'aspectRatio',
    'duration',
    'fps',
    'frameImages',
    'generateAudio',
    'image',
    'inputReferences',
    'n',
    'resolution',
    'seed',
  ])
  expect(Object.keys(emulator.tasks[0]?.params ?? {}).sort()).toEqual(['model', 'prompt'])
})

test('a resolution other than 16:9 is sent by its shorter side, and says so', async () => {
  const { emulator, runapi } = provider()
  const { warnings } = await runapi.video(T2V).doGenerate(call({ resolution: '768x1366' }))
  expect(emulator.tasks[0]?.params.output_resolution).toBe('768p')
  expect(warnings).toEqual([
    {
      type: 'compatibility',
      feature: 'resolution',
      details: '768x1366 was sent as output_resolution 768p; the service chooses the other side',
    },
  ])
})

test('a value that the model does not allow is refused before anything is bought', async () => {
  const { emulator, runapi } = provider()
  const error = await rejection(runapi.video(T2V).doGenerate(call({ duration: 7, resolution: '1280x720' })))
  expect(error).toMatchObject({ code: 'validation' })
  expect(error.message).toBe(
    [
      `hailuo.textToVideo: 2 parameters break the rules of ${T2V}`,
      '  duration_seconds: must be 6 or 10 (received 7)',
      '  output_resolution: must be 512p or 768p (received "720p")',
    ].join('\n'),
  )
  expect(emulator.requests).toEqual([])
})

test("providerOptions.runapi takes the service's own parameters and the library's own words", async () => {
  const { emulator, runapi } = provider()
  const options = {
    prompt_optimizer: false,
    duration_seconds: 10,
    idempotencyKey: 'order-1',
    clientRequestId: 'request-1',
  }
  const { warnings } = await runapi
    .video(T2V)
    .doGenerate(call({ duration: 6, providerOptions: { runapi: options } }))
  expect(emulator.tasks[0]).toMatchObject({
    idempotencyKey: 'order-1',
    params: { prompt_optimizer: false, duration_seconds: 10 },
  })
  expect(emulator.requests[0]?.headers['x-client-request-id']).toBe('request-1')
  expect(warnings).toEqual([
    {
      type: 'other',
      message: 'duration was left out, because providerOptions.runapi has its own duration_seconds',
    },
  ])
})

test('a misspelled provider option is refused', async () => {
  const { emulator, runapi } = provider()
  const misspelled = { idempotency_key: 'order-1' }
  const error = await rejection(
    runapi.video(T2V).doGenerate(call({ providerOptions: { runapi: misspelled } })),
  )
  expect(error).toMatchObject({ code: 'validation', issues: [{ field: 'idempotency_key' }] })
  expect(emulator.requests).toEqual([])
})

test('provider options that name another model are refused', async () => {
  const { runapi } = provider()
  const other = { model: 'hailuo-02-text-to-video-pro' }
  const error = await rejection(runapi.video(T2V).doGenerate(call({ providerOptions: { runapi: other } })))
  expect(error.message).toMatch(/^providerOptions\.runapi\.model: /)
})

test('extraParams and validate go past the rules', async () => {
  const { emulator, runapi } = provider({ validate: false })
  const options = { extraParams: { newer: 1 }, validate: false, duration_seconds: 8 }
  await runapi.video(T2V).doGenerate(call({ providerOptions: { runapi: options } }))
  expect(emulator.tasks[0]?.params).toMatchObject({ newer: 1, duration_seconds: 8 })
})

test('the headers of a call go with each of its requests, the key with the create alone', async () => {
  const { emulator, runapi } = provider()
  const headers = { 'Idempotency-Key': 'order-1', 'x-trace': 'trace-1', 'user-agent': 'ai/7.0.173' }
  const image = { type: 'file', mediaType: 'image/png', data: PNG } as const
  await runapi.video(I2V).doGenerate(call({ image, headers }))
  expect(emulator.tasks[0]?.idempotencyKey).toBe('order-1')
  const api = emulator.requests.filter(({ path }) => path.startsWith('/api/'))
  expect(api.length).toBeGreaterThan(3)
  for (const { headers: sent, path } of api) {
    expect(sent['x-trace']).toBe('trace-1')
    expect(sent['user-agent']).toMatch(/^runapi-video\/\d\S* ai\/7\.0\.173$/)
    expect(sent['idempotency-key']).toBe(path.endsWith('image_to_video') ? 'order-1' : undefined)
  }
})

test('an object of the provider options is not a file of the SDK, whatever it looks like', async () => {
  const { emulator, runapi } = provider({ validate: false })
  const mask = { type: 'url', url: 'https://example.com/mask.png' }
  const options = { validate: false, mask_image: mask }
  await runapi.video(T2V).doStart(call({ providerOptions: { runapi: options } }))
  expect(emulator.tasks[0]?.params).toMatchObject({ mask_image: mask })
})

test('a key that is given as undefined is refused, and nothing is bought', async () => {
  const { emulator, runapi } = provider()
  const options = { idempotencyKey: undefined }
  const bought = runapi.video(T2V).doStart(call({ providerOptions: { runapi: options } }))
  expect((await rejection(bought)).message).toContain('idempotencyKey')
  expect(emulator.tasks).toEqual([])
})

test('the headers of one call do not go with another', async () => {
  const { emulator, runapi } = provider()
  const model = runapi.video(T2V)
  for (const headers of [{ 'x-trace': 'trace-1' }, undefined, { 'x-trace': 'trace-2' }])
    await model.doStart(call({ headers }))
  expect(emulator.requests.map(({ headers }) => headers['x-trace'])).toEqual([
    'trace-1',
    undefined,
    'trace-2',
  ])
})
