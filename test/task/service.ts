import { RunApiClient, type RunApiClientOptions } from 'runapi-video'
import { createVirtualTime } from '../../src/testing/time/virtual-time'

/** What happens to a status request: an answer, or what `fetch` does in its place. */
export type Step = (signal: AbortSignal, id?: string) => Response | Promise<Response>

export const lumaBody = {
  model: 'luma-modify-video',
  prompt: 'Transform the scene into a foggy autumn morning with golden light',
  source_video_url: 'https://example.com/park-walk.mp4',
} as const

export const VIDEO = 'https://tempfile.runapi.ai/a.mp4'

export const json =
  (body: unknown, headers: Record<string, string> = {}, status = 200): Step =>
  () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })
/** An answer about the task that was asked for. */
const about =
  (fields: object, headers?: Record<string, string>): Step =>
  (signal, id = 'tsk_abc123') =>
    json({ id, ...fields }, headers)(signal)
export const said = (status: string, headers?: Record<string, string>): Step => about({ status }, headers)
export const completed: Step = about({ status: 'completed', videos: [{ url: VIDEO }] })
export const failed: Step = about({ status: 'failed', error: 'Generation failed' })
export const refused = (status: number, headers: Record<string, string> = {}): Step =>
  json({ error: 'The words of the service' }, headers, status)
export const reset: Step = () =>
  Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }))
export const text =
  (body: string, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(body, { headers: { 'content-type': 'text/html', ...headers } })
/** No answer ever comes; like `fetch`, it obeys its signal. */
export const stall: Step = (signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

interface ServiceOptions extends RunApiClientOptions {
  /** What the create answers. */
  create?: Step
}

/** A client on virtual time whose service answers status requests by a script; the last step repeats. */
export const service = (script: readonly Step[], { create, ...options }: ServiceOptions = {}) => {
  const { clock } = createVirtualTime(Date.parse('2026-03-01T12:00:00.000Z'), () => 0.5)
  const polledAt: number[] = []
  const urls: string[] = []
  const logged: unknown[][] = []
  const note = (...line: unknown[]): void => void logged.push(line)
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const signal = init?.signal as AbortSignal
    signal.throwIfAborted()
    urls.push(String(input))
    if (init?.method === 'POST')
      return (create ?? json({ task_id: 'tsk_abc123', status: 'pending', model: lumaBody.model }))(signal)
    const step = script[Math.min(polledAt.length, script.length - 1)] as Step
    polledAt.push(clock.monotonic())
    return step(signal, decodeURIComponent(new URL(String(input)).pathname.split('/').pop() ?? ''))
  }
  const logger = { debug: note, info: note, warn: note, error: note }
  const runapi = new RunApiClient({ apiKey: 'test-key', fetch, clock, logger, ...options })
  /** An answer that takes its time. */
  const slowly =
    (ms: number, step: Step): Step =>
    async (signal, id) => {
      await clock.sleep(ms, signal)
      return step(signal, id)
    }
  return { runapi, clock, polledAt, urls, logged, slowly, create: () => runapi.luma.modifyVideo(lumaBody) }
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: unknown) => error,
  )
