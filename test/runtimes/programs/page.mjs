// A page's bundle, and a web worker's: each runs the program when it is asked.
import * as library from 'runapi-video'
import * as webhooks from 'runapi-video/webhooks'
import { run } from './program.mjs'

/** @param {{ baseUrl: string, apiKey?: string | null }} setting */
globalThis.runInPage = (setting) => run({ library, webhooks, ...setting })

/** @param {MessageEvent} event */
globalThis.onmessage = async ({ data }) => {
  if (typeof data?.baseUrl !== 'string') return
  postMessage(
    await globalThis
      .runInPage(data)
      .catch((/** @type {Error} */ error) => ({ crashed: String(error.stack) })),
  )
}
