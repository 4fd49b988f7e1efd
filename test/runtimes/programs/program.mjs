// The one program of the runtime matrix: what users do, on whatever runtime imports it. It asserts nothing; it
// returns what it saw as plain JSON, and the driver compares.

export const API_KEY = 'key-of-the-matrix'
const SECRET = 'c2VjcmV0IG9mIHRoZSBtYXRyaXg='
const MODEL = 'hailuo-02-text-to-video-standard'

/**
 * @param {object} setting
 * @param {typeof import('runapi-video')} setting.library
 * @param {typeof import('runapi-video/webhooks')} setting.webhooks
 * @param {string} setting.baseUrl
 * @param {string | null} [setting.apiKey]
 */
export const run = async ({ library, webhooks, baseUrl, apiKey = API_KEY }) => {
  const unhandled = countUnhandledRejections()
  const { RunApiClient, RunApiError, schedules } = library
  const runapi = new RunApiClient({ baseUrl, apiKey })
  const schedule = schedules.fixed(40)

  const task = await runapi.hailuo.textToVideo({ model: MODEL, prompt: 'Rain', duration_seconds: 6 })
  /** @type {string[]} */
  const seen = []
  const done = await task.wait({ schedule, onUpdate: ({ status }) => seen.push(status) })
  const revived = await new RunApiClient({ baseUrl, apiKey }).task(JSON.stringify(task)).wait({ schedule })

  const invalid = await caught(
    runapi.hailuo.imageToVideo(
      /** @type {never} */ ({
        model: 'hailuo-2.3-image-to-video-pro',
        prompt: 'Rain',
        first_frame_image_url: 'https://example.com/first.png',
        last_frame_image_url: 'https://example.com/last.png',
        output_resolution: '512p',
      }),
    ),
  )
  const refused = await caught(new RunApiClient({ baseUrl, apiKey: 'wrong-key' }).task(task.toJSON()).poll())
  const unreachable = await caught(
    new RunApiClient({ baseUrl: 'http://127.0.0.1:59', apiKey: 'any', maxRetries: 0 })
      .task('hailuo.textToVideo', task.id)
      .poll(),
  )
  const stalled = await caught(
    runapi.luma.modifyVideo(
      { prompt: 'Never answer', source_video_url: 'https://example.com/walk.mp4' },
      { timeoutMs: 150, maxRetries: 0 },
    ),
  )

  return {
    completed: done.status,
    lastSeen: seen.at(-1),
    urlIsMp4: new URL(done.videos[0].url).pathname.endsWith('.mp4'),
    revived: revived.videos[0].url === done.videos[0].url,
    invalid: invalid.message,
    refused: [refused instanceof library.AuthenticationError, refused.code, refused.status],
    unreachable: [unreachable instanceof library.ConnectionError, unreachable.code],
    stalled: [stalled.code, typeof stalled.idempotencyKey],
    guard: [invalid, refused, unreachable, stalled].every(RunApiError.is),
    ...(await cancelOne(runapi, schedule)),
    together: await waitForMany(runapi, schedule),
    ...(await checkWebhooks(webhooks)),
    downloaded: await downloadLater(runapi, done.videos[0]),
    closed: await closeAndAsk(runapi, task.id),
    unhandled: await unhandled(),
  }
}

/**
 * Two waits of one task; the first is cancelled, the second must finish.
 * @param {import('runapi-video').RunApiClient} runapi
 * @param {import('runapi-video').PollSchedule} schedule
 */
const cancelOne = async (runapi, schedule) => {
  const task = await runapi.hailuo.textToVideo({ model: MODEL, prompt: 'Snow' })
  const controller = new AbortController()
  const reason = { because: 'the user left' }
  const first = caught(task.wait({ schedule, signal: controller.signal }))
  const second = task.wait({ schedule })
  setTimeout(() => controller.abort(reason), 60)
  return {
    cancelledWithReason: /** @type {unknown} */ (await first) === reason,
    otherFinished: (await second).status,
  }
}

/**
 * More at once than Node's global fetch is kept for.
 * @param {import('runapi-video').RunApiClient} runapi
 * @param {import('runapi-video').PollSchedule} schedule
 */
const waitForMany = async (runapi, schedule) => {
  const waits = Array.from({ length: 12 }, (_, index) =>
    runapi.hailuo.textToVideo({ model: MODEL, prompt: `Leaf ${index}` }).wait({ schedule }),
  )
  return new Set((await Promise.all(waits)).map(({ videos }) => videos[0].url)).size
}

/** @param {typeof import('runapi-video/webhooks')} webhooks */
const checkWebhooks = async ({ signWebhook, verifyWebhook }) => {
  const body = JSON.stringify({ id: 'tsk_1', status: 'failed', error: 'Generation failed' })
  const headers = await signWebhook(body, SECRET)
  const event = await verifyWebhook(body, headers, SECRET)
  const forged = await caught(verifyWebhook(`${body} `, headers, SECRET))
  return { webhook: [event.taskId, event.task.status], forged: forged.reason }
}

/**
 * The four letters by which an MP4 file is known.
 * @param {import('runapi-video').RunApiClient} runapi
 * @param {import('runapi-video').Video} video
 */
const downloadLater = async (runapi, video) => {
  const { body } = await runapi.download(video)
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  return String.fromCharCode(...bytes.subarray(4, 8))
}

/**
 * @param {import('runapi-video').RunApiClient} runapi
 * @param {string} id
 */
const closeAndAsk = async (runapi, id) => {
  await runapi.close()
  return (await caught(runapi.task('hailuo.textToVideo', id).poll())).code
}

/**
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>}
 */
const caught = (promise) =>
  promise.then(
    () => ({ message: 'nothing was thrown' }),
    (error) => error,
  )

/** @returns {() => Promise<number>} what came until then */
const countUnhandledRejections = () => {
  let count = 0
  const note = () => {
    count += 1
  }
  // Under another name, because Next.js complains of `process.on` in an edge route, even where it is never reached.
  const node = globalThis.process
  if (typeof globalThis.addEventListener === 'function') addEventListener('unhandledrejection', note)
  else node?.on('unhandledRejection', note)
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    return count
  }
}
