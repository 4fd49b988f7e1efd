import { createTransport } from '#transport'
import { ConfigurationError } from './errors/configuration-error'
import { createAuthorize } from './http/authorize'
import type { HttpContext } from './http/context'
import { createShutdown } from './http/shutdown'
import { createIsolatedRateLimiter, createRateLimiter } from './limits/rate-limiter'
import { createRetryBudget } from './limits/retry-budget'
import { createExpiringSemaphore, createSemaphore, type Semaphore } from './limits/semaphore'
import { endpointNamed, endpointNames } from './models'
import type { EndpointDefinition } from './models/endpoint'
import { sharesPromises } from './platform/env'
import { nearestName } from './platform/nearest-name'
import type { Settings } from './settings/settings'
import { createPollers, type Pollers } from './waiting/pollers'

/** The context of the methods and handles of one client. */
export interface Session {
  readonly settings: Settings
  readonly http: HttpContext
  readonly pollSlots: Semaphore
  readonly pollers: Pollers
  /** Stands for the settings that a poll depends on: the clients of a family that have the same one share their polls. */
  readonly access: object
  /** The endpoints that the user has defined, by name. */
  readonly endpoints: Map<string, EndpointDefinition<string, unknown, unknown>>
  /** Status words that were warned about. */
  readonly strangeWords: Set<string>
  /** Ends the client's own calls, and releases what it does not share with a parent. */
  close(): Promise<void>
}

/** Begins a session; with `parent`, one that shares sockets, limits, retry budget and pollers with it. */
export const createSession = (settings: Settings, parent?: Session): Session => {
  const { fetch, log, maxConnections } = settings
  const shared = sharesPromises()
  const family = parent ? familyOf(parent) : newFamily(settings, shared)
  const sharesTransport = parent !== undefined && parent.settings.fetch === fetch
  const transport = sharesTransport
    ? parent.http.transport
    : createTransport({ fetch, maxConnections, warn: (message) => log('warn', message) })
  const shutdown = createShutdown({ shared, parent: parent?.http.shutdown })
  const { pollSlots, pollers, ...limits } = family
  return {
    settings,
    http: { settings, transport, shutdown, authorize: createAuthorize(settings), ...limits },
    pollSlots,
    pollers,
    access: parent && pollsAlike(settings, parent.settings) ? parent.access : {},
    endpoints: new Map(parent?.endpoints),
    strangeWords: new Set(),
    close: async () => {
      shutdown.close()
      if (!sharesTransport) await transport.close()
    },
  }
}

/** Shared by the clients of a family. */
type Family = Pick<Session, 'pollSlots' | 'pollers'> &
  Pick<HttpContext, 'connections' | 'budget' | 'onThrottled'>

const newFamily = (
  { clock, random, maxConnections, maxConcurrentPolls }: Settings,
  shared: boolean,
): Family => {
  const semaphore = (limit: number): Semaphore =>
    shared ? createSemaphore(limit) : createExpiringSemaphore(limit, clock, random)
  const pollSlots = semaphore(maxConcurrentPolls)
  const rateLimiter = shared ? createRateLimiter(clock, random) : createIsolatedRateLimiter(clock)
  return {
    pollSlots,
    pollers: createPollers({ clock, random, pollSlots, rateLimiter }, { shared }),
    connections: semaphore(maxConnections),
    budget: createRetryBudget(),
    onThrottled: (retryAfterMs) => rateLimiter.onThrottled(clock.monotonic(), retryAfterMs),
  }
}

const familyOf = ({ pollSlots, pollers, http: { connections, budget, onThrottled } }: Session): Family => ({
  pollSlots,
  pollers,
  connections,
  budget,
  onThrottled,
})

// The base URL is part of a poller's name.
const pollsAlike = (one: Settings, other: Settings): boolean =>
  one.apiKey === other.apiKey &&
  one.fetch === other.fetch &&
  JSON.stringify(one.headers) === JSON.stringify(other.headers)

/** The endpoint of a name: the user's, else one that this release lists. */
export const endpointOf = (
  { endpoints }: Session,
  name: string,
): EndpointDefinition<string, unknown, unknown> => {
  const definition = endpoints.get(name) ?? endpointNamed(name)
  if (definition) return definition as EndpointDefinition<string, unknown, unknown>
  const nearest = nearestName(name, [...endpoints.keys(), ...endpointNames()])
  const advice =
    nearest === undefined
      ? 'pass its definition to runapi.endpoint() first'
      : `did you mean '${nearest}'? An endpoint of your own is known after runapi.endpoint(definition)`
  throw new ConfigurationError(`task.endpoint: no endpoint of this name is known; ${advice}`)
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
