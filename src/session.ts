import { createTransport, sharesPromises } from '#transport'
import { ConfigurationError } from './errors/configuration-error'
import type { HttpContext } from './http/context'
import { createShutdown } from './http/shutdown'
import { createRateLimiter, type RateLimiter } from './limits/rate-limiter'
import { createRetryBudget } from './limits/retry-budget'
import { createExpiringSemaphore, createSemaphore, type Semaphore } from './limits/semaphore'
import type { Settings } from './settings/settings'
import { createPollers, type Pollers } from './waiting/pollers'

/** What the methods and handles of one client work with. */
export interface Session {
  readonly settings: Settings
  readonly http: HttpContext
  readonly pollSlots: Semaphore
  readonly rateLimiter: RateLimiter
  readonly pollers: Pollers
  /** Status words that were warned about. */
  readonly strangeWords: Set<string>
}

// What one request is told to wait must not stop all the others for a day.
const LONGEST_SHARED_PAUSE_MS = 60_000

/** Begins a session; with `parent`, one that shares sockets, gates, budget and brake with it. */
export const createSession = (settings: Settings, parent?: Session): Session => {
  const { clock, random, log, fetch, maxConnections, maxConcurrentPolls } = settings
  const semaphore = (limit: number): Semaphore =>
    sharesPromises ? createSemaphore(limit) : createExpiringSemaphore(limit, clock, random)
  const sameFetch = parent !== undefined && parent.settings.fetch === fetch
  const rateLimiter = parent?.rateLimiter ?? createRateLimiter()
  const http: HttpContext = {
    settings,
    transport: sameFetch
      ? parent.http.transport
      : createTransport({ fetch, maxConnections, warn: (message) => log('warn', message) }),
    connections: parent?.http.connections ?? semaphore(maxConnections),
    budget: parent?.http.budget ?? createRetryBudget(),
    shutdown: parent?.http.shutdown ?? createShutdown({ shared: sharesPromises }),
    onThrottled: (retryAfterMs) =>
      rateLimiter.press(clock.monotonic(), retryAfterMs && Math.min(retryAfterMs, LONGEST_SHARED_PAUSE_MS)),
  }
  const pollSlots = parent?.pollSlots ?? semaphore(maxConcurrentPolls)
  const pollers = createPollers(
    { clock, random, gate: pollSlots, brake: rateLimiter },
    { shared: sharesPromises },
  )
  return { settings, http, pollSlots, rateLimiter, pollers, strangeWords: new Set() }
}

// Registered, because each entry point of the CJS build has a client class of its own.
const SESSION = Symbol.for('runapi-video.session')

/** Lets the functions of `runapi-video/node` work with a client. */
export const carrySession = (client: object, session: Session): void => {
  // A function, because an inspection with hidden fields shows every value, and the key is in there.
  Object.defineProperty(client, SESSION, { value: () => session })
}

export const sessionOf = (client: unknown): Session => {
  const session = (client as { [SESSION]?: () => Session } | null | undefined)?.[SESSION]?.()
  if (session) return session
  throw new ConfigurationError('runapi: must be a RunApiClient')
}
