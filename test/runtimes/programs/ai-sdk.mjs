// What users of the AI SDK do with our video model, under the release of `ai` that the argument names. Each scene has
// an emulator of its own and prints what it saw; the row compares. The SDK's delays are real, everything else is not.
import { createRunApi } from 'runapi-video/ai-sdk'
import { createEmulator } from 'runapi-video/testing'

const [release = ''] = process.argv.slice(2)
const ai = await import(release)
const { experimental_generateVideo: generateVideo } = ai
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

const T2V = 'hailuo-02-text-to-video-standard'
const I2V = 'hailuo-02-image-to-video-standard'
const LUMA = 'luma-modify-video'
const PNG = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10])
const prompt = 'Rain on a tin roof'

/** @param {import('runapi-video/testing').EmulatorOptions} [options] */
const setting = (options) => {
  const emulator = createEmulator(options)
  const { fetch, clock } = emulator
  const runapi = createRunApi({ apiKey: 'test-key', fetch, clock, logLevel: 'off' })
  /** The SDK's own would ask the web. @param {{ url: URL }} file */
  const download = async ({ url }) => {
    const { body, contentType } = await runapi.client.download({ url: url.href })
    return { data: new Uint8Array(await new Response(body).arrayBuffer()), mediaType: contentType }
  }
  /** @param {object} options */
  const generate = (options) => generateVideo({ model: runapi.video(T2V), prompt, download, ...options })
  /** How often the task was created and how often that was repeated. */
  const bought = () => emulator.tasks.map(({ creates, replays }) => [creates, replays])
  return { emulator, clock, runapi, generate, bought }
}

/** @param {number} count @param {import('runapi-video/testing').Fault} fault */
const times = (count, fault) => Array(count).fill(fault)

/** @param {Promise<unknown>} promise */
const caught = (promise) =>
  promise.then(
    () => ({}),
    (error) => error,
  )

/** @param {readonly { feature?: string }[]} warnings */
const features = (warnings) => warnings.map(({ feature }) => feature)

/** @type {Record<string, () => Promise<unknown>>} */
const scenes = {
  async generates() {
    const { emulator, generate, bought } = setting()
    const { video, warnings, providerMetadata, responses } = await generate({ duration: 6 })
    const { task, costUsd: cost } = providerMetadata.runapi
    return {
      file: new TextDecoder().decode(video.uint8Array.slice(4, 8)),
      mediaType: video.mediaType,
      warnings,
      hasTask: task.id === emulator.tasks[0]?.id,
      cost,
      modelId: responses[0].modelId,
      duration: emulator.tasks[0]?.params.duration_seconds,
      agent: emulator.requests[0]?.headers['user-agent']?.replace(/\d[\d.]*/g, 'x'),
      bought: bought(),
    }
  },
  async warns() {
    const { generate } = setting()
    return features((await generate({ aspectRatio: '16:9', fps: 24, seed: 7 })).warnings)
  },
  async refuses() {
    const { generate, emulator } = setting()
    const error = await caught(generate({ duration: 7 }))
    const { code } = error
    const marks = [ai.AISDKError.isInstance(error), ai.APICallError.isInstance(error)]
    return { code, marks, requests: emulator.requests.length }
  },
  async takesProviderOptions() {
    const { generate, emulator } = setting()
    const runapi = { prompt_optimizer: false, idempotencyKey: 'order-1' }
    await generate({ providerOptions: { runapi } })
    const [task] = emulator.tasks
    return [task?.params.prompt_optimizer, task?.idempotencyKey]
  },
  async passesTheKeyOn() {
    const { generate, bought } = setting()
    const headers = { 'Idempotency-Key': 'order-1' }
    await generate({ headers })
    const { providerMetadata } = await generate({ headers })
    return { bought: bought(), replayed: providerMetadata.runapi.replayed }
  },
  async uploadsBytes() {
    const { runapi, generate, emulator } = setting()
    await generate({ model: runapi.video(I2V), prompt: { image: PNG, text: prompt } })
    return String(emulator.tasks[0]?.params.first_frame_image_url).replace(/file_\w+/, 'file')
  },
  async takesFrames() {
    const { runapi, generate, emulator } = setting()
    const frameImages = ['first', 'last'].map((name) => ({
      image: `https://example.com/${name}.png`,
      frameType: `${name}_frame`,
    }))
    const { warnings } = await generate({ model: runapi.video(I2V), frameImages })
    const { first_frame_image_url, last_frame_image_url } = emulator.tasks[0]?.params ?? {}
    return [first_frame_image_url, last_frame_image_url, warnings]
  },
  async takesAVideo() {
    const { runapi, generate, emulator } = setting()
    const reference = { data: 'https://example.com/park-walk.mp4', mediaType: 'video/mp4' }
    await generate({ model: runapi.video(LUMA), inputReferences: [reference] })
    return emulator.tasks[0]?.params.source_video_url
  },
  async makesTwo() {
    const { generate, bought } = setting()
    const { videos, providerMetadata } = await generate({ n: 2 })
    const ids = providerMetadata.runapi.videos.map(
      (/** @type {{ task: { id: string } }} */ { task }) => task.id,
    )
    return { videos: videos.length, handles: new Set(ids).size, bought: bought() }
  },
  async aborts() {
    const { generate, clock, bought } = setting({ takesMs: 600_000 })
    const controller = new AbortController()
    const ending = caught(generate({ abortSignal: controller.signal }))
    await clock.sleep(30_000)
    const reason = new Error('the user left')
    controller.abort(reason)
    return { isReason: (await ending) === reason, bought: bought() }
  },
  async fails() {
    const { generate, emulator, bought } = setting()
    emulator.next({ outcome: { failed: 'Too dark' } })
    const error = await caught(generate({}))
    const hasTask = error.task?.id === emulator.tasks[0]?.id
    return { name: error.name, hasTask, marked: ai.APICallError.isInstance(error), bought: bought() }
  },
  async losesAnswersWithoutAKey() {
    const { generate, emulator, bought } = setting()
    emulator.next({ faults: { create: times(9, 'lose-answer') } })
    const { code, idempotencyKey } = await caught(generate({}))
    emulator.assertNothingBoughtTwice()
    return { code, hasKey: idempotencyKey === emulator.tasks[0]?.idempotencyKey, bought: bought() }
  },
  async losesAnswersWithAKey() {
    const { runapi, generate, emulator, bought } = setting()
    emulator.next({ faults: { create: times(5, 'lose-answer') } })
    const model = runapi.video(I2V)
    const { videos } = await generate({
      model,
      prompt: { image: PNG, text: prompt },
      headers: { 'idempotency-key': 'order-1' },
    })
    return { videos: videos.length, bought: bought() }
  },
  async isSentAway() {
    const { generate, emulator, bought } = setting()
    emulator.next({ faults: { create: times(3, { status: 429, retryAfter: 1 }) } })
    const { videos } = await generate({})
    return { videos: videos.length, bought: bought() }
  },
  async hasTheWrongKey() {
    const { generate, emulator } = setting({ apiKey: 'another-key' })
    const error = await caught(generate({}))
    const { name, statusCode, isRetryable } = error
    const marked = ai.APICallError.isInstance(error)
    return { name, statusCode, isRetryable, marked, requests: emulator.requests.length }
  },
  async findsModelsByName() {
    const { runapi, generate } = setting()
    const error = await caught((async () => runapi.videoModel('sora-9'))())
    const custom = ai.customProvider({ fallbackProvider: runapi })
    Object.assign(globalThis, { AI_SDK_DEFAULT_PROVIDER: runapi })
    const byName = await generate({ model: T2V })
    Object.assign(globalThis, { AI_SDK_DEFAULT_PROVIDER: undefined })
    return {
      unknown: ai.NoSuchModelError.isInstance(error),
      custom: (await generate({ model: custom.videoModel(T2V) })).videos.length,
      byName: byName.videos.length,
    }
  },
}

/** What `ai@7` brought. @type {typeof scenes} */
const scenesOfStart = {
  async polls() {
    const { generate, clock, emulator, bought } = setting({ takesMs: 60_000 })
    const { videos, providerMetadata } = await generate({
      poll: { intervalMs: 5_000, delay: (/** @type {number} */ ms) => clock.sleep(ms) },
    })
    const { task, costUsd: cost } = providerMetadata.runapi
    const hasTask = task.id === emulator.tasks[0]?.id
    return { videos: videos.length, polls: emulator.tasks[0]?.polls, hasTask, cost, bought: bought() }
  },
  async pollsByItsOwnTimers() {
    const { generate } = setting({ takesMs: 0 })
    return (await generate({ poll: { intervalMs: 20 } })).videos.length
  },
  async abortsBetweenPolls() {
    const { generate, bought } = setting({ takesMs: 60_000 })
    const controller = new AbortController()
    const ending = caught(generate({ poll: { intervalMs: 60_000 }, abortSignal: controller.signal }))
    await new Promise((resolve) => setTimeout(resolve, 200))
    controller.abort()
    return { name: (await ending).name, bought: bought() }
  },
  async failsBetweenPolls() {
    const { generate, emulator } = setting({ takesMs: 0 })
    emulator.next({ id: 'tsk_1', outcome: { failed: 'Too dark' } })
    return (await caught(generate({ poll: { intervalMs: 20 } }))).message
  },
  async startsAndAsks() {
    const { runapi, clock, emulator } = setting({ takesMs: 60_000 })
    const model = runapi.video(T2V)
    const webhookUrl = 'https://your.app/hook'
    const { operation, warnings } = await ai.experimental_startVideo({ model, prompt, seed: 7, webhookUrl })
    const stored = JSON.parse(JSON.stringify(operation))
    const first = await ai.experimental_getVideoStatus(model, { operation: stored })
    await clock.sleep(61_000)
    const last = await ai.experimental_getVideoStatus(model, { operation: stored })
    return {
      warnings: features(warnings),
      statuses: [first.status, last.status],
      isUrl: last.videos[0].url.includes(emulator.tasks[0]?.id),
      webhook: emulator.tasks[0]?.params.callback_url,
    }
  },
  async startsWithLostAnswers() {
    const { runapi, emulator, bought } = setting()
    emulator.next({ faults: { create: times(5, 'lose-answer') } })
    const image = { image: PNG, text: prompt }
    const start = await ai.experimental_startVideo({ model: runapi.video(I2V), prompt: image })
    return { hasTask: start.operation.id === emulator.tasks[0]?.id, bought: bought() }
  },
  async asksAgain() {
    const { runapi, emulator } = setting()
    emulator.next({ faults: { status: times(4, { status: 503 }) } })
    const model = runapi.video(T2V)
    const { operation } = await ai.experimental_startVideo({ model, prompt })
    return (await ai.experimental_getVideoStatus(model, { operation })).status
  },
  async waitsForAWebhook() {
    /** @type {(delivery: object) => void} */
    let arrived = () => {}
    const received = new Promise((resolve) => {
      arrived = resolve
    })
    const { generate, clock, emulator, bought } = setting({
      takesMs: 60_000,
      deliver: async (request) => {
        arrived({ headers: Object.fromEntries(request.headers), body: await request.json() })
        return new Response()
      },
    })
    const webhook = async () => ({ url: 'https://your.app/hook', received })
    const ending = generate({ webhook })
    await clock.sleep(90_000)
    const { videos } = await ending
    return { videos: videos.length, polls: emulator.tasks[0]?.polls, bought: bought() }
  },
  async isSentAForgedWebhook() {
    const { generate, clock, bought } = setting({ takesMs: 60_000 })
    const received = Promise.resolve({ headers: {}, body: { status: 'completed', videos: [] } })
    const webhook = async () => ({ url: 'https://your.app/hook', received })
    const { videos } = await generate({ webhook })
    return { videos: videos.length, waited: clock.monotonic() >= 60_000, bought: bought() }
  },
  async asksARegistry() {
    const { runapi, generate } = setting()
    const registry = ai.createProviderRegistry({ runapi })
    return (await generate({ model: registry.videoModel(`runapi:${T2V}`) })).videos.length
  },
}

const all = ai.experimental_startVideo ? { ...scenes, ...scenesOfStart } : scenes
const seen = Object.entries(all).map(async ([name, scene]) => [
  name,
  await scene().catch((error) => String(error?.stack ?? error)),
])
console.log(`FACTS ${JSON.stringify(Object.fromEntries(await Promise.all(seen)))}`)
