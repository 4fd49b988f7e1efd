import { RunApiClient, type RunApiClientOptions } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'

/** What came, as the wire would show it. */
export interface Sent {
  url: string
  method: string
  headers: Headers
  body: string | undefined
  atMs: number
}

/** Answers one request. */
export type Step = (init: RequestInit) => Response | Promise<Response>

/** A client whose n-th request is answered by the n-th step, the rest by the last one; on virtual time. */
export const scriptedClient = (steps: Step | readonly Step[], options: RunApiClientOptions = {}) => {
  const script = typeof steps === 'function' ? [steps] : steps
  const { clock } = createEmulator()
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const step = script[Math.min(sent.length, script.length - 1)] as Step
    sent.push({
      url: String(input),
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: init.body as string | undefined,
      atMs: clock.monotonic(),
    })
    return step(init)
  }
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock, logLevel: 'off', ...options })
  return { runapi, sent, clock }
}

/** An answer with a JSON body; a string is sent as it is. */
export const answers =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })

// Literal bodies of the wire.
export const CREATED = { task_id: 'tsk_abc123', status: 'pending', model: 'luma-modify-video' }
export const REPLAYED = { ...CREATED, task_replayed: true }
export const COMPLETED = {
  id: 'tsk_abc123',
  status: 'completed',
  videos: [{ url: 'https://tempfile.runapi.ai/out.mp4' }],
  usage: { cost: 0.5 },
}

export const created: Step = answers(200, CREATED)
export const completed: Step = answers(200, COMPLETED)

/** What Node's fetch throws. */
export const fetchFailed = (code: string, fields: object = {}): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }, fields) })

/** The connection breaks after the request was sent. */
export const lost: Step = () => {
  throw fetchFailed('ECONNRESET')
}

/** The connection is refused: nothing was sent. */
export const refused: Step = () => {
  throw fetchFailed('ECONNREFUSED', { syscall: 'connect' })
}

/** No answer comes until the signal aborts. */
export const stalls: Step = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** No answer ever comes, and the signal is ignored. */
export const isDeaf: Step = () => new Promise(() => {})

export const params = {
  prompt: 'Transform the scene into a foggy autumn morning with golden light',
  source_video_url: 'https://example.com/park-walk.mp4',
} as const

/** What a promise rejected with. */
export const rejection = async (promise: Promise<unknown>): Promise<Error & Record<string, unknown>> => {
  try {
    await promise
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('it did not reject')
}
