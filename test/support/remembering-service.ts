import type { Clock } from 'runapi-video'
import { fetchFailed } from './scripted-fetch'

/** How one attempt of a create ends, as the wire shows it. */
export interface AttemptKind {
  /** Whether the service buys, or finds, the task of the key before this happens. */
  readonly carriesOut?: boolean
  /** Whether a client that sees only this must reckon with a purchase. */
  readonly mayBuy: boolean
  /** Whether a client may attempt it again by itself. */
  readonly repeats: boolean
  respond(task: { id: string; replayed: boolean }, init: RequestInit): Response | Promise<Response>
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

const answers = (status: number, headers?: Record<string, string>): AttemptKind['respond'] => {
  return () => json(status, { error: `words of a ${status}` }, headers)
}

const breaks = (code: string, fields?: object): AttemptKind['respond'] => {
  return () => Promise.reject(fetchFailed(code, fields))
}

const silent: AttemptKind['respond'] = (_, { signal }) =>
  new Promise((_resolve, reject) =>
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )

const cutOff: AttemptKind['respond'] = ({ id }) => {
  let sent = false
  const body = new ReadableStream<Uint8Array>({
    pull: (out) => {
      if (sent) return out.error(fetchFailed('ECONNRESET'))
      sent = true
      out.enqueue(new TextEncoder().encode(`{"task_id":"${id}`))
    },
  })
  return new Response(body, { status: 200 })
}

const refusal = (status: number): AttemptKind => ({ mayBuy: false, repeats: false, respond: answers(status) })

const lossy = (respond: AttemptKind['respond'], carriesOut: boolean): AttemptKind => {
  return { carriesOut, mayBuy: true, repeats: true, respond }
}

/** Every way in which an attempt can end. */
export const attemptKinds: Readonly<Record<string, AttemptKind>> = {
  success: {
    carriesOut: true,
    mayBuy: true,
    repeats: false,
    respond: ({ id, replayed }) => json(200, { task_id: id, status: 'pending', task_replayed: replayed }),
  },
  ...Object.fromEntries(
    [400, 401, 402, 403, 404, 409, 413, 415, 422].map((status) => [status, refusal(status)]),
  ),
  '302': { ...refusal(302), respond: answers(302, { location: 'https://elsewhere.example/' }) },
  'opaque redirect': {
    ...refusal(302),
    // As a browser shows it.
    respond: () =>
      ({
        status: 0,
        headers: new Headers(),
        body: null,
        arrayBuffer: async () => new ArrayBuffer(0),
      }) as Response,
  },
  '429': { mayBuy: false, repeats: true, respond: answers(429, { 'retry-after': '1' }) },
  '429 for an hour': { mayBuy: false, repeats: false, respond: answers(429, { 'retry-after': '3600' }) },
  '408': lossy(answers(408), false),
  '408 carried out': lossy(answers(408), true),
  '455': lossy(answers(455), false),
  '455 carried out': lossy(answers(455), true),
  '500': lossy(answers(500), false),
  '502 carried out': lossy(answers(502), true),
  '503 for an hour, carried out': {
    ...lossy(answers(503, { 'retry-after': '3600' }), true),
    repeats: false,
  },
  'refused connection': {
    mayBuy: false,
    repeats: true,
    respond: breaks('ECONNREFUSED', { syscall: 'connect' }),
  },
  'bad certificate': { mayBuy: false, repeats: false, respond: breaks('CERT_HAS_EXPIRED') },
  'reset before': lossy(breaks('ECONNRESET'), false),
  'reset after': lossy(breaks('ECONNRESET'), true),
  'no answer before': lossy(silent, false),
  'no answer after': lossy(silent, true),
  'body cut off': lossy(cutOff, true),
  'unreadable success': {
    carriesOut: true,
    mayBuy: true,
    repeats: false,
    respond: () => new Response('<html>Welcome</html>'),
  },
  'unreadable success of another': { mayBuy: true, repeats: false, respond: () => new Response('') },
}

/** A service that remembers what was bought by which key; its n-th answer is of the n-th kind, the rest are successes. */
export const rememberingService = (kinds: readonly AttemptKind[]) => {
  const purchases = new Map<string, { id: string; paid: number; body: string }>()
  let attempts = 0
  const fetch: typeof globalThis.fetch = async (_input, init = {}) => {
    const kind = kinds[attempts++] ?? (attemptKinds.success as AttemptKind)
    const key = new Headers(init.headers).get('idempotency-key') ?? `none ${attempts}`
    const known = purchases.get(key)
    if (kind.carriesOut && !known) {
      purchases.set(key, { id: `tsk_${purchases.size + 1}`, paid: 1, body: String(init.body) })
    }
    return kind.respond({ id: purchases.get(key)?.id ?? '', replayed: known !== undefined }, init)
  }
  return {
    fetch,
    purchases,
    get attempts() {
      return attempts
    },
  }
}

/** A clock whose next sleeper wakes as soon as nothing else is left to run. Time is the sum of what was slept. */
export const leapingClock = (): Clock => {
  const sleepers = new Set<{ at: number; wake: () => void }>()
  let now = 0
  const leap = (): void => {
    let next: { at: number; wake: () => void } | undefined
    for (const sleeper of sleepers) if (next === undefined || sleeper.at < next.at) next = sleeper
    if (!next) return
    sleepers.delete(next)
    now = Math.max(now, next.at)
    next.wake()
    if (sleepers.size > 0) setImmediate(leap)
  }
  return {
    now: () => Date.UTC(2026, 0) + now,
    monotonic: () => now,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + ms, wake: resolve }
        sleepers.add(sleeper)
        if (sleepers.size === 1) setImmediate(leap)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        })
      }),
  }
}
