// What an app around the library does: it stores the key before it buys, the handle once it has one, and after a failure
// it goes on with what the error carries.
import { RunApiError } from 'runapi-video'

/** @import { Clock, RunApiClient, Task } from 'runapi-video' */

/**
 * What the app keeps of an order. It outlives the process.
 * @typedef {object} Order
 * @property {number} number
 * @property {string} prompt tells the order, so that the service's books can be compared with the app's
 * @property {string} [key] stored before the call
 * @property {string} [handle] the task as JSON, stored when the call has succeeded
 * @property {'completed' | 'failed'} [end]
 * @property {string} [url]
 * @property {boolean} waits whether the app is interested in the end
 */

/**
 * @typedef {object} Failure
 * @property {string} code
 * @property {boolean} hasKey
 * @property {boolean} hasHandle
 */

/**
 * @typedef {object} Life one run of the app's process
 * @property {RunApiClient} runapi
 * @property {Clock} clock
 * @property {boolean} losesKeys
 * @property {(failure: Failure) => void} onFailure
 * @property {() => boolean} isOver
 */

const PAUSE_MS = 5_000

/** @param {RunApiClient} runapi */
const methodsOf = ({ luma, hailuo }) => [
  (/** @type {string} */ prompt, /** @type {{ idempotencyKey?: string }} */ options) =>
    luma.modifyVideo({ prompt, source_video_url: 'https://example.com/walk.mp4' }, options),
  (/** @type {string} */ prompt, /** @type {{ idempotencyKey?: string }} */ options) =>
    hailuo.textToVideo({ model: 'hailuo-02-text-to-video-pro', prompt }, options),
  (/** @type {string} */ prompt, /** @type {{ idempotencyKey?: string }} */ options) =>
    hailuo.imageToVideo(
      {
        model: 'hailuo-2.3-image-to-video-pro',
        prompt,
        first_frame_image_url: 'https://example.com/frame.png',
      },
      options,
    ),
]

/**
 * Sees an order through, from wherever it stands.
 * @param {Order} order
 * @param {Life} life
 */
export const serve = async (order, life) => {
  const { runapi, isOver } = life
  let task = order.handle === undefined ? await buy(order, life) : runapi.task(order.handle)
  while (order.waits && task && order.end === undefined && !isOver()) {
    try {
      const { videos } = await task.wait()
      if (isOver()) return
      order.url = videos[0].url
      order.end = 'completed'
    } catch (error) {
      if (isOver()) return
      const failure = noted(error, life)
      if (failure.code === 'task_failed') order.end = 'failed'
      // Nothing but the error's own handle: a wait that loses it is a bug that this program must show.
      task = failure.task
    }
  }
}

/**
 * @param {Order} order
 * @param {Life} life
 * @returns {Promise<Task | undefined>}
 */
const buy = async (order, life) => {
  const { runapi, clock, isOver, losesKeys } = life
  const methods = methodsOf(runapi)
  const create = /** @type {(typeof methods)[0]} */ (methods[order.number % methods.length])
  // Half of the app's keys come from its orders, half are the library's.
  if (order.number % 2 === 0) order.key ??= `order-${order.number}`
  while (!isOver()) {
    if (losesKeys) delete order.key
    const creating = create(order.prompt, order.key === undefined ? {} : { idempotencyKey: order.key })
    order.key ??= creating.idempotencyKey
    try {
      const task = await creating
      if (!isOver()) order.handle = JSON.stringify(task)
      return task
    } catch (error) {
      if (isOver()) return undefined
      const { mayPass, idempotencyKey } = noted(error, life)
      if (!mayPass || idempotencyKey === undefined) return undefined
      order.key = idempotencyKey
      await clock.sleep(PAUSE_MS)
    }
  }
  return undefined
}

/**
 * @param {unknown} error
 * @param {Life} life
 */
const noted = (error, { onFailure }) => {
  if (!RunApiError.is(error)) {
    onFailure({ code: String(error), hasKey: false, hasHandle: false })
    return { code: 'unknown', mayPass: false, idempotencyKey: undefined, task: undefined }
  }
  const { code, idempotencyKey, task } = error
  onFailure({ code, hasKey: idempotencyKey !== undefined, hasHandle: task !== undefined })
  // A create's answer that cannot be read says nothing either.
  return { code, idempotencyKey, task, mayPass: error.retryable || code === 'malformed_response' }
}
