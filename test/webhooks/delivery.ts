import { WebhookVerificationError } from '../../src/webhooks'

// Keys are recognisable on purpose: a leak of either form shows up in a search.
export const SECRET = btoa('the-first-callback-secret-of-32b')
export const OTHER_SECRET = btoa('another-callback-secret-of-32-by')

export const ID = '8f14e45f-ceea-467f-a9d1-2f0b8c1d7a10'
export const TIMESTAMP = 1_790_000_000
export const NOW = TIMESTAMP * 1000

/** A delivery as the service sends it. */
export const BODY =
  '{"id":"tsk_abc123","status":"completed","videos":[{"url":"https://tempfile.runapi.ai/a.mp4"}],"usage":{"cost":0.5}}'

/** The error that a promise rejects with; fails when it resolves. */
export const rejection = async (promise: Promise<unknown>): Promise<Error> => {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && outcome.error instanceof Error) return outcome.error
  throw new Error(`expected a rejection with an error, got ${JSON.stringify(outcome)}`)
}

/** The reason of the refusal that a promise rejects with. */
export const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await rejection(promise)
  if (error instanceof WebhookVerificationError) return error.reason
  throw error
}
