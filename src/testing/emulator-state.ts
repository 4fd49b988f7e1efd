import { families } from '../models'
import type { EndpointDefinition } from '../models/endpoint'
import { hmacKeyOf } from '../webhooks/verify-webhook'
import { checkOptions, type EmulatorOptions } from './emulator-options'
import { createOrders, type Orders } from './orders'
import type { DeliveryRecord, RequestRecord } from './records'
import type { Task } from './task'
import { createEmulatorTime, type EmulatorTime } from './time/emulator-time'
import { createVirtualTime, type VirtualTime } from './time/virtual-time'

/** Everything that the emulator remembers: what its routes read and change. */
export interface EmulatorState {
  readonly options: EmulatorOptions
  readonly endpoints: readonly EndpointDefinition<string, unknown, unknown>[]
  readonly time: EmulatorTime
  readonly virtual: VirtualTime
  readonly orders: Orders
  /** The tasks bought, by id, oldest first. */
  readonly tasks: Map<string, Task>
  readonly requests: RequestRecord[]
  readonly deliveries: DeliveryRecord[]
  /** The secret that signs webhooks. */
  readonly callbackSecret: string
  /** The answers that tell how a task ended. */
  readonly outcomeAnswers: WeakMap<Response, Task>
  /** Aborts when the emulator is closed. */
  readonly closed: AbortSignal
  /** The source of random faults. */
  readonly random: () => number
  /** A new id, such as `req_4f9k2m1x8q0z`. */
  readonly generateId: (prefix: string) => string
  /** A new id of a task, in the form that the options ask for. */
  readonly generateTaskId: () => string
  /** The id of a delivery. */
  readonly generateDeliveryId: () => string
}

const STARTS_AT = '2026-01-01T00:00:00.000Z'

// "callback secret of the emulator", in base64
const CALLBACK_SECRET = 'Y2FsbGJhY2sgc2VjcmV0IG9mIHRoZSBlbXVsYXRvcg=='

export const createEmulatorState = (options: EmulatorOptions, closed: AbortSignal): EmulatorState => {
  const {
    seed = 1,
    startsAt = STARTS_AT,
    endpoints = [],
    callbackSecret = CALLBACK_SECRET,
  } = checkOptions(options)
  const { idempotencyKeyLifeMs = Infinity } = options
  // Throws for what is not a secret: now, and not in the background later.
  hmacKeyOf(callbackSecret)
  const requests: RequestRecord[] = []
  // One source each, so that more polls do not change the ids, nor more ids the faults.
  const jitter = seededRandom(seed)
  const ids = seededRandom(seed + 1)
  const deliveryIds = seededRandom(seed + 3)
  const virtual = createVirtualTime(Date.parse(startsAt), jitter)
  const time = createEmulatorTime(virtual, () => requests.length === 0)

  return {
    options,
    endpoints: [...Object.values(families).flatMap((family) => Object.values(family)), ...endpoints],
    time,
    virtual,
    orders: createOrders((task) => time.monotonic() - task.startedMs >= idempotencyKeyLifeMs),
    tasks: new Map(),
    requests,
    deliveries: [],
    callbackSecret,
    outcomeAnswers: new WeakMap(),
    closed,
    random: seededRandom(seed + 2),
    generateId: (prefix) => shortId(prefix, ids),
    generateTaskId: () => (options.ids === 'uuid' ? uuid(ids) : shortId('tsk', ids)),
    generateDeliveryId: () => uuid(deliveryIds),
  }
}

const shortId = (prefix: string, random: () => number): string =>
  `${prefix}_${Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36)).join('')}`

const uuid = (random: () => number): string =>
  '00000000-0000-4000-8000-000000000000'.replace(/0/g, () => Math.floor(random() * 16).toString(16))

/** A source of numbers from 0 up to 1 that gives the same row for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
