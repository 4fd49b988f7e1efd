import type { EndpointDefinition } from '../models/endpoint'
import type { RequestRecord } from './records'
import { checkFields, checkMs, checkOneOf, type Fault } from './scripts'

/** Options of an emulator; each has a default. */
export interface EmulatorOptions {
  /**
   * The key, or the keys, that the emulator accepts; each has an account of its own. Any other key gets a 401.
   * @default any key, all of one account
   */
  apiKey?: string | readonly string[] | undefined
  /** How long a task takes, in milliseconds. @default 62 s for Luma, 86 s for Hailuo, 60 s for other endpoints */
  takesMs?: number | undefined
  /** How long each answer takes, in milliseconds. @default 0 */
  latencyMs?: number | undefined
  /** Each account's credit, in US cents. A create that exceeds it gets a 402. @default 1_000_000 */
  balanceCents?: number | undefined
  /** The field of a create's answer that contains the task's id: the vendor's sources disagree. @default 'both' */
  idField?: 'both' | 'id' | 'task_id' | undefined
  /** The form of task ids: the vendor's MCP server accepts only UUIDs. A script's `id` overrides it. @default 'short' */
  ids?: 'short' | 'uuid' | undefined
  /**
   * How long an idempotency key is remembered after its purchase, in milliseconds of the emulator's time; a later create
   * with the same key buys again. RunAPI publishes no such time.
   * @default Infinity
   */
  idempotencyKeyLifeMs?: number | undefined
  /** Whether parameters that break the rules are refused with 400. @default true */
  validate?: boolean | undefined
  /** Further endpoints, as passed to `runapi.endpoint(definition)`. */
  endpoints?: readonly EndpointDefinition<string, unknown, unknown>[] | undefined
  /**
   * Called for every request, before anything else handles it: for faults by number, by path or at seeded random. Faults
   * of one task are simpler to script with `next`.
   */
  fault?: ((context: FaultContext) => Fault | undefined) | undefined
  /**
   * Receives the deliveries to tasks' `callback_url`, in place of the network: your own webhook handler.
   * @default the global fetch, and only if the URL's host is loopback; other deliveries are recorded and not sent
   */
  deliver?: ((request: Request) => Response | Promise<Response>) | undefined
  /**
   * Hosts that deliveries may be sent to besides loopback ones, such as the name of another container; without
   * `deliver`.
   * @default none
   */
  webhookHosts?: readonly string[] | undefined
  /** The secret that signs deliveries: base64, like the account's Callback Secret. @default a fixed one: `emulator.callbackSecret` */
  callbackSecret?: string | undefined
  /** The seed of ids, jitter and random faults. The same seed gives the same run. @default 1 */
  seed?: number | undefined
  /** The start time of the virtual clock, as an ISO 8601 string. @default '2026-01-01T00:00:00.000Z' */
  startsAt?: string | undefined
}

/** The context that a fault may depend on. */
export interface FaultContext {
  /** The request received. */
  request: RequestRecord
  /** The number of this request, from 0. */
  index: number
  /** A random number from 0 up to 1, from the emulator's seed. */
  random: () => number
}

const NAMES = [
  'apiKey',
  'takesMs',
  'latencyMs',
  'balanceCents',
  'idField',
  'ids',
  'idempotencyKeyLifeMs',
  'validate',
  'endpoints',
  'fault',
  'deliver',
  'webhookHosts',
  'callbackSecret',
  'seed',
  'startsAt',
] as const satisfies readonly (keyof EmulatorOptions)[]

/** Refuses invalid options. @throws {RangeError} that names the option */
export const checkOptions = (options: EmulatorOptions): EmulatorOptions => {
  checkFields('createEmulator', options, NAMES)
  const {
    apiKey,
    balanceCents,
    idField,
    ids,
    validate,
    endpoints,
    fault,
    deliver,
    webhookHosts,
    seed,
    startsAt,
  } = options
  const refuse = (name: string, rule: string): never => {
    throw new RangeError(`${name} must be ${rule}`)
  }
  checkMs('takesMs', options.takesMs)
  checkMs('latencyMs', options.latencyMs)
  checkMs('idempotencyKeyLifeMs', options.idempotencyKeyLifeMs)
  checkOneOf('idField', idField, ['both', 'id', 'task_id'])
  checkOneOf('ids', ids, ['short', 'uuid'])
  checkOneOf('validate', validate, [true, false])
  const keys: readonly unknown[] = apiKey === undefined ? [] : [apiKey].flat()
  if (keys.some((key) => typeof key !== 'string' || !/^\S+$/.test(key))) {
    refuse('apiKey', 'a key without spaces, or a list of such keys')
  }
  if (balanceCents !== undefined && !(typeof balanceCents === 'number' && balanceCents >= 0)) {
    refuse('balanceCents', '0 or more cents')
  }
  if (endpoints !== undefined && !Array.isArray(endpoints)) refuse('endpoints', 'a list of definitions')
  if (fault !== undefined && typeof fault !== 'function') refuse('fault', 'a function')
  if (deliver !== undefined && typeof deliver !== 'function') refuse('deliver', 'a function')
  const isList = Array.isArray(webhookHosts) && webhookHosts.every((host) => typeof host === 'string')
  if (webhookHosts !== undefined && !isList) refuse('webhookHosts', 'a list of host names')
  if (seed !== undefined && !Number.isFinite(seed)) refuse('seed', 'a number')
  if (startsAt !== undefined && !Number.isFinite(Date.parse(startsAt))) {
    refuse('startsAt', "an ISO 8601 string such as '2026-01-01T00:00:00.000Z'")
  }
  return options
}
