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

/**
 * @typedef {{ VIDEOS: { put(name: string, body: ReadableStream): Promise<{ size: number }> } }} Env
 * @type {Record<string, (request: Request, env: Env) => Promise<unknown>>}
 */
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
  // R2 takes a stream only where its length is known.
  '/store': async (request, env) => {
    const { videos } = await shared.task(await request.text()).wait({ schedule })
    const { body, contentLength } = await shared.download(videos[0])
    const { size } = await env.VIDEOS.put('a.mp4', body)
    return size === contentLength
  },
  '/stop-storing': async (request, env) => {
    const { videos } = await shared.task(await request.text()).wait({ schedule })
    const signal = AbortSignal.timeout(200)
    // On a busy machine it ends before the body has begun.
    const stored = shared.download(videos[0], { signal }).then(({ body }) => env.VIDEOS.put('b.mp4', body))
    return stored.then(
      () => 'stored',
      (error) => error.name,
    )
  },
  '/stop-reading': async (request) => {
    const { videos } = await shared.task(await request.text()).wait({ schedule })
    const { body } = await shared.download(videos[0], { stallTimeoutMs: 200, maxRetries: 0 })
    return new Response(body).arrayBuffer().then(
      () => 'read',
      // workerd carries only the name and the message of an error through a stream of its own.
      (error) => error.message,
    )
  },
}

export default {
  /** @param {Request} request @param {Env} env */
  async fetch(request, env) {
    const route = routes[new URL(request.url).pathname]
    if (route === undefined) return new Response('no such route', { status: 404 })
    try {
      return Response.json(await route(request, env))
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 })
    }
  },
}
