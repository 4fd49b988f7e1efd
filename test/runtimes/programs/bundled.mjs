// Every entry point that claims to run everywhere, in one bundle: each does what it is for. It leaves the program as a
// global function, because the bundle is evaluated as a script.
import { RunApiClient, schedules } from 'runapi-video'
import { createRunApi } from 'runapi-video/ai-sdk'
import { memoryStore, openLedger } from 'runapi-video/ledger'
import { createEmulator } from 'runapi-video/testing'
import { signWebhook, verifyWebhook } from 'runapi-video/webhooks'
import { API_KEY } from './program.mjs'

const params = /** @type {const} */ ({ model: 'hailuo-02-text-to-video-standard', prompt: 'Rain' })

/** @param {string} baseUrl */
const run = async (baseUrl) => {
  const ledger = openLedger(memoryStore())
  const runapi = new RunApiClient({ baseUrl, apiKey: API_KEY, ledger })
  const done = await runapi.hailuo
    .textToVideo(params, { idempotencyKey: 'order-1' })
    .wait({ schedule: schedules.fixed(40) })

  const { fetch, clock } = createEmulator()
  const rehearsed = new RunApiClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'any', fetch, clock })

  const secret = 'c2VjcmV0IG9mIHRoZSBtYXRyaXg='
  const body = JSON.stringify({ id: 'tsk_1', status: 'failed', error: 'Generation failed' })
  const event = await verifyWebhook(body, await signWebhook(body, secret), secret)

  return {
    completed: done.status,
    inLedger: (await ledger.order('order-1'))?.status,
    rehearsed: (await rehearsed.hailuo.textToVideo(params).wait()).status,
    webhook: event.task.status,
    aiSdk: createRunApi({ baseUrl, apiKey: API_KEY }).video(params.model).modelId,
  }
}

globalThis.runMatrix = run
