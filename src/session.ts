import { createTransport, sharesPromises } from '#transport'
import { ConfigurationError } from './errors/configuration-error'
import { expiringGate, type Gate, queueGate } from './gate'
import type { HttpContext } from './http/request'
import { createRetryBudget } from './http/retry-budget'
import { createLifetime } from './lifetime'
import type { Settings } from './settings'
import { type Brake, createBrake } from './waiting/brake'
import { createWatches, type Watches } from './waiting/watches'

/** What the methods and handles of one client work with. */
export interface Session {
  readonly settings: Settings
  readonly http: HttpContext
  readonly pollGate: Gate
  readonly brake: Brake
  readonly watches: Watches
  /** Status words that were warned about. */
  readonly strangeWords: Set<string>
}

/** Begins a session; with `parent`, one that shares sockets, gates, budget and brake with it. */
export const createSession = (settings: Settings, parent?: Session): Session => {
  const { clock, random, fetch, maxConnections, maxConcurrentPolls } = settings
  const gate = (limit: number): Gate =>
    sharesPromises ? queueGate(limit) : expiringGate(limit, clock, random)
  const sameFetch = parent !== undefined && parent.settings.fetch === fetch
  const http: HttpContext = {
    settings,
    transport: sameFetch ? parent.http.transport : createTransport({ fetch, maxConnections }),
    connections: parent?.http.connections ?? gate(maxConnections),
    budget: parent?.http.budget ?? createRetryBudget(),
    lifetime: parent?.http.lifetime ?? createLifetime({ shared: sharesPromises }),
  }
  const pollGate = parent?.pollGate ?? gate(maxConcurrentPolls)
  const brake = parent?.brake ?? createBrake()
  const watches = createWatches({ clock, random, gate: pollGate, brake }, { shared: sharesPromises })
  return { settings, http, pollGate, brake, watches, strangeWords: new Set() }
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
