// A Cloudflare Worker. The client lives in global scope, where workerd forbids timers, randomness and I/O, and serves
// every request; a promise of one request must not be awaited by another.
import * as library from 'runapi-video'
import * as webhooks from 'runapi-video/webhooks'
import { API_KEY, run } from './program.mjs'

// The bundler puts the emulator's address here; a Worker has no variables in global scope.
// @ts-expect-error: so no one declares it
const baseUrl = /** @type {string} */ (globalThis.BASE_URL)

const shared = new library.RunApiClient({ baseUrl, apiKey: API_KEY })
const schedule = library.schedules.fixed(50)

/** @type {Record<string, (request: Request) => Promise<unknown>>} */
const routes = {
  '/run': () => run({ library, webhooks, baseUrl }),
  '/create': () => shared.hailuo.textToVideo({ model: 'hailuo-02-text-to-video-pro', prompt: 'Slow tide' }),
  '/wait': async (request) => (await shared.task(await request.text()).wait({ schedule })).status,
  '/wait-and-leave': async (request) => {
    const signal = AbortSignal.timeout(150)
    const wait = shared.task(await request.text()).wait({ schedule, signal })
    return wait.then(
      () => 'finished',
      (error) => error.name,
    )
  },
}

export default {
  /** @param {Request} request */
  async fetch(request) {
    const route = routes[new URL(request.url).pathname]
    if (route === undefined) return new Response('no such route', { status: 404 })
    try {
      return Response.json(await route(request))
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 })
    }
  },
}
