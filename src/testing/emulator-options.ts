import type { EndpointDefinition } from '../models/endpoint'
import type { RequestRecord } from './records'
import type { Fault } from './scripts'

/** Options of an emulator; each has a default. */
export interface EmulatorOptions {
  /**
   * The key that is accepted; of several, each is an account of its own. Anything else is answered with 401.
   * @default any key, all of one account
   */
  apiKey?: string | readonly string[]
  /** How long a task takes, in milliseconds. @default 62 s for Luma, 86 s for Hailuo, 60 s for other endpoints */
  takesMs?: number
  /** How long each answer takes, in milliseconds. @default 0 */
  latencyMs?: number
  /** What each account has to spend, in US cents. A create beyond it is answered with 402. @default 1_000_000 */
  balanceCents?: number
  /** The field of a create's answer that holds the task's id: the vendor's sources disagree. @default 'both' */
  idField?: 'both' | 'id' | 'task_id'
  /** Whether parameters that break the rules are refused with 422. @default true */
  validate?: boolean
  /** Further endpoints, as given to `runapi.endpoint(definition)`. */
  endpoints?: readonly EndpointDefinition<string, unknown, unknown>[]
  /**
   * Asked for every request, before anything else looks at it: faults by number, by path or at seeded random. Faults of
   * one task are simpler to script with `next`.
   */
  fault?: (context: FaultContext) => Fault | undefined
  /**
   * Receives the deliveries to tasks' `callback_url`, in place of the network: your own webhook handler.
   * @default the global fetch, and only where the URL's host is loopback; other deliveries are recorded and not sent
   */
  deliver?: (request: Request) => Response | Promise<Response>
  /** What deliveries are signed with: base64, as the account's Callback Secret. @default a fixed one: `emulator.callbackSecret` */
  callbackSecret?: string
  /** The seed of ids, jitter and random faults. The same seed gives the same run. @default 1 */
  seed?: number
  /** Where the virtual clock begins, as an ISO 8601 string. @default '2026-01-01T00:00:00.000Z' */
  startsAt?: string
}

/** What a fault may depend on. */
export interface FaultContext {
  /** The request that came. */
  request: RequestRecord
  /** The number of this request, from 0. */
  index: number
  /** A random number from 0 up to 1, from the emulator's seed. */
  random: () => number
}
