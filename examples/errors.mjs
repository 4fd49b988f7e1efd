// What can go wrong, and what to do then: RUNAPI_API_KEY=… node errors.mjs
import {
  InsufficientCreditsError,
  RunApiClient,
  RunApiError,
  TaskFailedError,
  UnknownOutcomeError,
  ValidationError,
  WaitTimeoutError,
} from 'runapi-video'

const runapi = new RunApiClient()

/** @param {string} orderId the key comes from the order, so that a second call for it buys nothing */
const makeVideo = async (orderId) => {
  try {
    const result = await runapi.hailuo
      .textToVideo(
        { model: 'hailuo-02-text-to-video-pro', prompt: 'A paper boat in a gutter' },
        { idempotencyKey: `order-${orderId}` },
      )
      .wait({ timeoutMs: 600_000 })
    return result.videos[0].url
  } catch (error) {
    if (!RunApiError.is(error)) throw error
    if (error instanceof ValidationError) console.log('nothing was sent:', error.issues)
    else if (error instanceof InsufficientCreditsError) console.log('top up first')
    else if (error instanceof TaskFailedError) console.log('not charged:', error.failure.message)
    else if (error instanceof WaitTimeoutError) console.log('still going, wait again:', error.task.toJSON())
    else if (error instanceof UnknownOutcomeError) console.log('call again with', error.idempotencyKey)
    else console.log(error.code, error.message, error.task?.toJSON())
    return undefined
  }
}

console.log(await makeVideo('1001'))
