import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { schemas } from '../../src'
import plugin from '../../src/openclaw'
import { openHost } from './host'

const PNG = new Uint8Array([137, 80, 78, 71, 1])
const OTHER_PNG = new Uint8Array([137, 80, 78, 71, 2])

const bought = ({ tasks }: { tasks: readonly { params: unknown }[] }) => tasks.map(({ params }) => params)

test('a prompt is bought once, and comes as bytes and URL under the name of its task', async () => {
  const { emulator, generate } = await openHost()
  const { videos, model, metadata } = await generate({ durationSeconds: 6, resolution: '512P' })
  const [task] = emulator.tasks
  expect(bought(emulator)).toEqual([
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: 'Rain',
      duration_seconds: 6,
      output_resolution: '512p',
    },
  ])
  expect(videos).toMatchObject([{ fileName: `runapi-${task?.id}.mp4`, mimeType: 'video/mp4' }])
  expect(videos[0]?.buffer?.subarray(4, 8).toString()).toBe('ftyp')
  expect(videos[0]?.url).toMatch(/^https?:.*\.mp4$/)
  expect(model).toBe('hailuo-02-text-to-video-standard')
  expect(metadata).toMatchObject({ taskId: task?.id, collected: false, costUsd: 0.3 })
})

test('the same request collects what was bought, also from another evaluation of the plugin', async () => {
  const { emulator, generate } = await openHost()
  const first = await generate({})
  const second = await generate({})
  expect(second.metadata).toMatchObject({ taskId: first.metadata.taskId, collected: true })
  expect(emulator.tasks).toHaveLength(1)
})

test('two agents that ask for the same at once buy it once', async () => {
  const { emulator, generate } = await openHost()
  const [one, two] = await Promise.all([generate({}), generate({})])
  expect(one.metadata.taskId).toBe(two.metadata.taskId)
  expect(emulator.tasks).toHaveLength(1)
})

test('two processes that upload the same file at once buy one video', async () => {
  const { emulator, generate, state, api } = await openHost({
    config: { ledgerPath: 'other.jsonl' },
    before: (path) => {
      // What another process writes between the second one's look at the ledger and its purchase.
      const isSecond = path === '/api/v1/files/confirm' && emulator.tasks.length === 1
      if (isSecond) copyFileSync(join(state, 'other.jsonl'), join(state, 'runapi-video/ledger.jsonl'))
    },
  })
  const request = { inputImages: [{ buffer: PNG, fileName: 'a.png', mimeType: 'image/png' }] }
  const one = await generate(request)
  api.pluginConfig = {}
  const two = await generate(request)
  expect(emulator.requests.filter(({ path }) => path === '/api/v1/files/confirm')).toHaveLength(2)
  expect(two.metadata).toMatchObject({ taskId: one.metadata.taskId, collected: true })
  expect(emulator.tasks).toHaveLength(1)
})

test('what one service sold is not a video of another one', async () => {
  const { emulator, generate, api } = await openHost({ config: { baseUrl: 'http://127.0.0.1:4010' } })
  await generate({})
  api.pluginConfig = {}
  const { metadata } = await generate({})
  expect(metadata.collected).toBe(false)
  expect(emulator.tasks).toHaveLength(2)
  api.pluginConfig = { baseUrl: 'https://runapi.ai/' }
  expect((await generate({})).metadata.collected).toBe(true)
})

test('a repeat is measured from the purchase, and after the window it buys again', async () => {
  const { emulator, generate } = await openHost()
  await generate({})
  await emulator.clock.sleep(50 * 60_000)
  await generate({})
  expect(emulator.tasks).toHaveLength(1)
  await emulator.clock.sleep(10 * 60_000)
  await generate({})
  expect(emulator.tasks).toHaveLength(2)
})

test('the window is the one of the configuration', async () => {
  const { emulator, generate } = await openHost({ config: { repeatWindowMinutes: 0 } })
  await generate({})
  await generate({})
  expect(emulator.tasks).toHaveLength(2)
})

test('another take is another order, and the same take is not', async () => {
  const { emulator, generate } = await openHost()
  await generate({})
  await generate({ providerOptions: { take: 2 } })
  await generate({ providerOptions: { take: 2 } })
  await generate({ providerOptions: { take: 1 } })
  expect(emulator.tasks).toHaveLength(2)
})

test('local files are uploaded once, and a repeat uploads nothing', async () => {
  const { emulator, generate } = await openHost()
  const request = {
    inputImages: [
      { buffer: OTHER_PNG, fileName: 'last.png', mimeType: 'image/png', role: 'last_frame' },
      { buffer: PNG, fileName: 'first.png', mimeType: 'image/png' },
    ],
  }
  await generate(request)
  expect(bought(emulator)).toMatchObject([
    {
      model: 'hailuo-02-image-to-video-standard',
      first_frame_image_url: expect.stringContaining('first'),
      last_frame_image_url: expect.stringContaining('last'),
    },
  ])
  const before = emulator.requests.filter(({ path }) => path.startsWith('/api/v1/files')).length
  await generate(request)
  expect(emulator.requests.filter(({ path }) => path.startsWith('/api/v1/files'))).toHaveLength(before)
  expect(emulator.tasks).toHaveLength(1)
})

test('another content of a file, or another query of a URL, is another request; another signature is not', async () => {
  const { emulator, generate } = await openHost()
  const image = (url: string) => generate({ inputImages: [{ url }] })
  await generate({ inputImages: [{ buffer: PNG }] })
  await generate({ inputImages: [{ buffer: OTHER_PNG }] })
  expect(emulator.tasks).toHaveLength(2)
  await image('https://example.com/a.png?id=1&X-Amz-Signature=abc&X-Amz-Date=1')
  await image('https://example.com/a.png?id=1&X-Amz-Signature=def&X-Amz-Date=2')
  expect(emulator.tasks).toHaveLength(3)
  await image('https://example.com/a.png?id=2&X-Amz-Signature=abc&X-Amz-Date=1')
  expect(emulator.tasks).toHaveLength(4)
})

test('a video goes to Luma, with its watermark', async () => {
  const { emulator, generate } = await openHost()
  await generate({ prompt: 'Night', inputVideos: [{ url: 'https://example.com/v.mp4' }], watermark: false })
  expect(bought(emulator)).toEqual([
    {
      model: 'luma-modify-video',
      prompt: 'Night',
      source_video_url: 'https://example.com/v.mp4',
      watermark: false,
    },
  ])
})

test('what is fixed on a model is dropped, and provider options are passed on', async () => {
  const { emulator, generate } = await openHost()
  await generate({
    model: 'hailuo-02-text-to-video-pro',
    durationSeconds: 10,
    resolution: '768P',
    watermark: true,
    providerOptions: { prompt_optimizer: true, callback_url: 'https://example.com/hook' },
  })
  expect(bought(emulator)).toEqual([
    {
      model: 'hailuo-02-text-to-video-pro',
      prompt: 'Rain',
      prompt_optimizer: true,
      callback_url: 'https://example.com/hook',
    },
  ])
})

const LOCAL_FILE = /_url: .* is not an http or https URL\. Pass one, or the path of a local file/
// What an agent cannot do.
const FOR_PROGRAMS =
  /error\.\w|runapi\.(?:files|resume)|ledger\.\w+\(|extraParams|uploadFile|the option apiKey/

test.each([
  ['an unknown model', { model: 'hailuo-9' }, /no model "hailuo-9"\. Use one of: auto, /],
  [
    'images for a text model',
    { model: 'hailuo-02-text-to-video-pro', inputImages: [{ url: 'https://example.com/a.png' }] },
    /does not take images\. Use one of: hailuo-02-image-to-video-pro/,
  ],
  [
    'a last frame on Hailuo 2.3',
    {
      model: 'hailuo-2.3-image-to-video-pro',
      inputImages: [{ url: 'https://example.com/a.png' }, { url: 'https://example.com/b.png' }],
    },
    /Nothing was bought\. .*last_frame_image_url.*only Hailuo 02/,
  ],
  [
    'three images',
    { inputImages: ['a', 'b', 'c'].map((name) => ({ url: `https://example.com/${name}.png` })) },
    /at most a first and a last one/,
  ],
  [
    'a role that is not known',
    { inputImages: [{ url: 'https://example.com/a.png', role: 'reference_image' }] },
    /Use first_frame or last_frame/,
  ],
  [
    'images and a video',
    {
      inputImages: [{ url: 'https://example.com/a.png' }],
      inputVideos: [{ url: 'https://example.com/v.mp4' }],
    },
    /not both/,
  ],
  ['a blank prompt', { prompt: ' ' }, /Nothing was bought\. .*prompt/],
  ['an image as a data URL', { inputImages: [{ url: 'data:image/png;base64,iVBORw0KGgo=' }] }, LOCAL_FILE],
  ['an image by a file URL', { inputImages: [{ url: 'file:///clips/a.png' }] }, LOCAL_FILE],
  ['a video by its path', { inputVideos: [{ url: '/clips/a.mp4' }] }, LOCAL_FILE],
  ['an empty image', { inputImages: [{ buffer: new Uint8Array() }] }, /neither a URL nor bytes/],
  [
    'an option that no model has',
    { providerOptions: { seed: 1 } },
    /Nothing was bought\. providerOptions: hailuo-02-text-to-video-standard does not take seed, leave it out\.$/,
  ],
  [
    'an option that this model has not',
    { inputVideos: [{ url: 'https://example.com/v.mp4' }], providerOptions: { prompt_optimizer: true } },
    /luma-modify-video does not take prompt_optimizer, leave it out\.$/,
  ],
  [
    'a parameter among the options',
    { providerOptions: { model: 'hailuo-02-text-to-video-pro', toString: 1 } },
    /does not take model, leave it out; .* does not take toString/,
  ],
  [
    'ten seconds in 1080p, of the nearest model',
    { inputImages: [{ url: 'https://example.com/a.png' }], durationSeconds: 10, resolution: '1080P' },
    /use duration_seconds 6 or output_resolution 768p/,
  ],
])('%s is refused in words for the agent, and nothing is sent', async (_, request, words) => {
  const { emulator, generate } = await openHost()
  const error = await generate(request).catch((thrown: Error) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect((error as Error).message).toMatch(words)
  expect((error as Error).message).toMatch(/^Nothing was bought\. /)
  expect((error as Error).message).not.toMatch(FOR_PROGRAMS)
  expect((error as Error).cause).toBeUndefined()
  expect(emulator.requests).toEqual([])
})

test.each([
  ...[400, 401, 402, 403, 404, 409, 413, 422, 429].map(
    (status) => [{ status }, 'Nothing was bought.'] as const,
  ),
  ...[500, 502, 503].map((status) => [{ status }, 'RunAPI may have bought the video'] as const),
  ['reset', 'It is not known whether the video was bought'],
  ['lose-answer', 'It is not known whether the video was bought'],
] as const)(
  'a create that ends with %o is told to an agent in words that it can follow',
  async (fault, words) => {
    let isDown = true
    const { emulator, generate } = await openHost({
      emulator: { fault: ({ request }) => (isDown && request.path.endsWith('_video') ? fault : undefined) },
    })
    const message = await generate({}).then(String, (error: Error) => error.message)
    expect(message).toContain(words)
    expect(message).not.toMatch(FOR_PROGRAMS)
    expect(/exactly the same video again/.test(message)).toBe(!message.startsWith('Nothing was bought'))
    isDown = false
    await generate({})
    expect(emulator.tasks).toHaveLength(1)
  },
)

test.each([500, 503])('an upload that ends with %i is told as nothing bought', async (status) => {
  let isDown = true
  const fault = ({ request }: { request: { path: string } }) =>
    isDown && request.path.startsWith('/api/v1/files') ? { status } : undefined
  const { emulator, generate } = await openHost({ emulator: { fault } })
  const request = { inputImages: [{ buffer: PNG }] }
  await expect(generate(request)).rejects.toThrow(/^Nothing was bought\. .* Ask again later\.$/)
  isDown = false
  await generate(request)
  expect(emulator.tasks).toHaveLength(1)
})

test('without a key nothing is sent, and the error says how to set one', async () => {
  const { emulator, generate } = await openHost({ key: undefined })
  await expect(generate({})).rejects.toThrow('openclaw models auth login --provider runapi')
  expect(emulator.requests).toEqual([])
})

test('an order over the limit is not bought, and the agent is told whose limit it is', async () => {
  const { emulator, generate } = await openHost({ config: { limit: { cents: 40, per: 'day' } } })
  await generate({ durationSeconds: 6 })
  await expect(generate({ prompt: 'Snow', durationSeconds: 6 })).rejects.toThrow(
    /Nothing was bought\..*only its owner/s,
  )
  expect(emulator.tasks).toHaveLength(1)
})

test('with too few credits nothing is bought, and asking again after a refill buys once', async () => {
  const { emulator, generate } = await openHost({ emulator: { balanceCents: 0 } })
  await expect(generate({})).rejects.toThrow(/Nothing was bought\. .*too few credits/)
  expect(emulator.tasks).toHaveLength(0)
})

test('a lost answer is told as such, and the same request collects the video', async () => {
  const { emulator, generate } = await openHost()
  emulator.next({ faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  await expect(generate({})).rejects.toThrow(
    /not known whether the video was bought.*exactly the same video again/s,
  )
  const { metadata } = await generate({})
  expect(metadata.collected).toBe(true)
  expect(emulator.tasks).toHaveLength(1)
  emulator.assertNothingBoughtTwice()
})

test('an answer that cannot be read is not told as nothing bought, and the same request collects the video', async () => {
  const { emulator, generate } = await openHost()
  emulator.next({ faults: { create: [{ status: 200, carryOut: true, body: '<html>' }] } })
  const error = await generate({}).catch((thrown: Error) => thrown)
  expect(String(error)).toContain('may have bought the video')
  expect(String(error)).not.toContain('Nothing was bought')
  await generate({})
  expect(emulator.tasks).toHaveLength(1)
})

test('a paid task is waited for where another provider would follow, whatever time the request gives', async () => {
  const { emulator, generate } = await openHost({ others: ['runway'] })
  emulator.next({ takesMs: 300_000 })
  const { metadata } = await generate({ timeoutMs: 1_000 })
  expect(metadata.taskId).toBe(emulator.tasks[0]?.id)
})

test('without a follower the time of the request ends the wait, and a repeat collects', async () => {
  const { emulator, generate } = await openHost()
  emulator.next({ takesMs: 300_000 })
  const error = await generate({ timeoutMs: 1_000 }).catch((thrown: Error) => thrown)
  expect(String(error)).toContain(`task ${emulator.tasks[0]?.id} goes on`)
  expect(String(error)).not.toMatch(/(?:operation|request) was aborted/)
  const { metadata } = await generate({})
  expect(metadata.collected).toBe(true)
  expect(emulator.tasks).toHaveLength(1)
})

test.each([
  [{ waitMinutes: 20 }, 15],
  [{ waitMinutes: 2 }, 1],
])('with %o the time that OpenClaw takes from the provider is as long', async (config, takesMinutes) => {
  const { emulator, generate, provider } = await openHost({ config })
  emulator.next({ takesMs: takesMinutes * 60_000 })
  const { metadata } = await generate({ timeoutMs: provider().defaultTimeoutMs })
  expect(metadata.taskId).toBe(emulator.tasks[0]?.id)
  emulator.next({ takesMs: (config.waitMinutes + 1) * 60_000 })
  await expect(generate({ prompt: 'Snow', timeoutMs: provider().defaultTimeoutMs })).rejects.toThrow(
    /goes on/,
  )
})

test('a paid task is waited for where another of our own models would follow', async () => {
  const { emulator, generate } = await openHost()
  emulator.next({ takesMs: 300_000 })
  const video = { primary: 'runapi/auto', fallbacks: ['runapi/hailuo-02-text-to-video-pro'] }
  const cfg = { agents: { defaults: { mediaModels: { video } } } }
  const { metadata } = await generate({ timeoutMs: 1_000, cfg })
  expect(metadata.taskId).toBe(emulator.tasks[0]?.id)
})

test('a video whose ledger fails at the end is handed over, and the failure is logged', async () => {
  const broken: string[] = []
  const { emulator, generate, state, log } = await openHost({
    emulator: {
      fault: ({ request }) => {
        if (!request.path.startsWith('/results/')) return undefined
        // From here on no file stands there that could be written.
        for (const file of broken) {
          rmSync(file)
          mkdirSync(file)
        }
        return undefined
      },
    },
  })
  broken.push(join(state, 'runapi-video/ledger.jsonl'))
  const { videos, metadata } = await generate({})
  expect(videos[0]?.buffer?.subarray(4, 8).toString()).toBe('ftyp')
  expect(metadata.taskId).toBe(emulator.tasks[0]?.id)
  expect(log).toEqual([expect.stringMatching(/ledger: .*ledger\.jsonl/)])
})

test('a task that RunAPI does not show to this key is not bought again by itself, and the error says how', async () => {
  let isHidden = false
  const { emulator, generate } = await openHost({
    emulator: {
      fault: ({ request }) => (isHidden && request.method === 'GET' ? { status: 404 } : undefined),
    },
  })
  const { metadata } = await generate({})
  isHidden = true
  await expect(generate({})).rejects.toThrow(
    new RegExp(`bought as task ${metadata.taskId}, .* providerOptions: \\{ "take": 2 \\}`),
  )
  expect(emulator.tasks).toHaveLength(1)
})

test('a bought video whose file is gone is not handed over as a dead link', async () => {
  const { emulator, generate } = await openHost({ config: { repeatWindowMinutes: 30 * 24 * 60 } })
  await generate({})
  await emulator.clock.sleep(8 * 24 * 60 * 60_000)
  await expect(generate({})).rejects.toThrow(/its file is gone from RunAPI\. .*"take": 2/)
  await generate({ providerOptions: { take: 2 } })
  expect(emulator.tasks).toHaveLength(2)
})

test('what the service says of an abort does not make OpenClaw drop the text', async () => {
  const { emulator, generate } = await openHost()
  emulator.next({ outcome: { failed: 'The operation was aborted' } })
  await expect(generate({})).rejects.toThrow('failed: The operation was ended')
})

test('a failed generation is told with its reason, and asking again is a new order', async () => {
  const { emulator, generate } = await openHost()
  emulator.next({ outcome: { failed: 'The prompt was refused' } })
  await expect(generate({})).rejects.toThrow(/failed: The prompt was refused\. .*not charged/)
  await generate({})
  expect(emulator.tasks).toHaveLength(2)
})

test('a result over the media cap comes as its URL', async () => {
  const { generate } = await openHost()
  const { videos } = await generate({ cfg: { agents: { defaults: { mediaMaxMb: 0.000_1 } } } })
  expect(videos[0]).toMatchObject({
    url: expect.stringMatching(/^http/),
    metadata: { notDownloaded: expect.any(String) },
  })
  expect(videos[0]?.buffer).toBeUndefined()
})

test('the ledger stands in the state folder, for its owner only, without the key', async () => {
  const { generate, state } = await openHost()
  await generate({})
  const text = await readFile(join(state, 'runapi-video/ledger.jsonl'), 'utf8')
  expect(text).toContain('"done"')
  expect(text).not.toContain('key-of-the-profile')
})

test.each([
  [
    'a file in the way of its folder',
    (at: string) => writeFile(at, ''),
    /folder of the ledger cannot be made: .*ledgerPath/,
  ],
  [
    'a folder in its place',
    (at: string) => mkdir(join(at, 'ledger.jsonl'), { recursive: true }),
    /is a directory.*plugins\.entries/,
  ],
  [
    'something else in its place',
    async (at: string) => {
      await mkdir(at)
      await writeFile(join(at, 'ledger.jsonl'), 'hello\n')
    },
    /is no ledger.*plugins\.entries/,
  ],
])('a ledger with %s buys nothing, and works when that is mended', async (_, spoil, words) => {
  const { emulator, generate, state } = await openHost()
  const folder = join(state, 'runapi-video')
  await spoil(folder)
  await expect(generate({})).rejects.toThrow(words)
  expect(emulator.tasks).toHaveLength(0)
  rmSync(folder, { recursive: true })
  await generate({})
  expect(emulator.tasks).toHaveLength(1)
})

test('the place of the ledger does not depend on the folder that a process runs in', async () => {
  const { generate, state, api } = await openHost({ config: { ledgerPath: 'money/videos.jsonl' } })
  await generate({})
  expect(await readFile(join(state, 'money/videos.jsonl'), 'utf8')).toContain('"done"')
  const inHome = join(state, 'home.jsonl').replace(homedir(), '~')
  api.pluginConfig = { ledgerPath: inHome }
  await generate({})
  expect(await readFile(join(state, 'home.jsonl'), 'utf8')).toContain('"done"')
})

test('the capabilities of each model follow from its table', async () => {
  const { provider } = await openHost()
  const { catalogByModel, models, resolveModelCapabilities } = provider()
  const known = Object.values(schemas).flatMap((family) =>
    Object.values(family).flatMap(({ models: all }) => Object.keys(all)),
  )
  expect(models).toEqual(expect.arrayContaining(['auto', ...known]))
  expect(models).toHaveLength(known.length + 1)
  expect(catalogByModel['hailuo-02-text-to-video-standard']).toMatchObject({
    modes: ['generate'],
    capabilities: { generate: { supportedDurationSeconds: [6, 10], resolutions: ['512P', '768P'] } },
  })
  expect(catalogByModel.auto?.modes).toEqual(['generate', 'imageToVideo', 'videoToVideo'])
  const pro = resolveModelCapabilities({ model: 'hailuo-02-text-to-video-pro' })?.generate
  expect(pro).toMatchObject({ supportsResolution: false })
  expect(pro && 'supportedDurationSeconds' in pro && pro.supportedDurationSeconds).toBeUndefined()
  const last = resolveModelCapabilities({ model: 'hailuo-02-image-to-video-pro' })?.imageToVideo
  expect(last).toMatchObject({ enabled: true, maxInputImages: 2 })
  expect(resolveModelCapabilities({ model: 'hailuo-2.3-image-to-video-pro' })?.imageToVideo).toMatchObject({
    maxInputImages: 1,
  })
  expect(resolveModelCapabilities({ model: 'luma-modify-video' })).toMatchObject({
    supportsWatermark: true,
    videoToVideo: { enabled: true, maxInputVideos: 1 },
    imageToVideo: { enabled: false },
  })
  expect(resolveModelCapabilities({ model: 'kling' })).toBeUndefined()
})

test('what OpenClaw has no field for is a provider option, and the guide names each', async () => {
  const { provider } = await openHost()
  const { capabilities, resolveModelCapabilities } = provider()
  const ofHailuo = { prompt_optimizer: 'boolean', enable_safety_checker: 'boolean', callback_url: 'string' }
  expect(capabilities.providerOptions).toEqual({ ...ofHailuo, take: 'number' })
  const luma = resolveModelCapabilities({ model: 'luma-modify-video' })?.videoToVideo
  expect(luma?.providerOptions).toEqual({ callback_url: 'string', take: 'number' })
  const [sentence = ''] =
    /^`providerOptions` takes .*$/m.exec(await readFile('docs/openclaw.md', 'utf8')) ?? []
  const [, ...named] = [...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(named.sort()).toEqual(Object.keys(capabilities.providerOptions ?? {}).sort())
})

test('the manifest, the package and the plugin agree', async () => {
  const manifest = JSON.parse(await readFile('openclaw.plugin.json', 'utf8'))
  const packageJson = JSON.parse(await readFile('package.json', 'utf8'))
  expect(manifest.id).toBe(plugin.id)
  expect(packageJson.name).toBe(plugin.id)
  expect(packageJson.files).toContain('openclaw.plugin.json')
  expect(packageJson.openclaw.extensions).toEqual(['./dist/openclaw/index.js'])
  const registered: { id: string }[] = []
  const { api } = await openHost()
  plugin.register({
    ...api,
    registerProvider: (provider) => registered.push(provider),
    registerVideoGenerationProvider: (provider) => registered.push(provider),
  })
  expect(registered.map(({ id }) => id)).toEqual(['runapi', ...manifest.contracts.videoGenerationProviders])
})
