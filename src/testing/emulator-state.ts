import { families } from '../models'
import type { EndpointDefinition } from '../models/endpoint'
import { keyOf } from '../webhooks/callback-secret'
import type { DeliveryRecord } from './delivery-record'
import type { EmulatorOptions } from './emulator-options'
import type { RequestRecord } from './request-record'
import { createPlans, type Plans } from './scripts'
import { seededRandom } from './seeded-random'
import type { Task } from './task'
import { createTaskStore, type TaskStore } from './task-store'
import { createEmulatorTime, type EmulatorTime } from './time/emulator-time'
import { createVirtualTime, type VirtualTime } from './time/virtual-time'

/** Everything that the emulator remembers: what its routes read and change. */
export interface EmulatorState {
  readonly options: EmulatorOptions
  readonly endpoints: readonly EndpointDefinition<string, unknown, unknown>[]
  readonly time: EmulatorTime
  readonly virtual: VirtualTime
  readonly plans: Plans
  readonly tasks: TaskStore
  readonly requests: RequestRecord[]
  readonly deliveries: DeliveryRecord[]
  /** What webhooks are signed with. */
  readonly callbackSecret: string
  /** The answers that tell how a task ended. */
  readonly endings: WeakMap<Response, Task>
  /** Aborts when the emulator is closed. */
  readonly ended: AbortSignal
  /** The source of random faults. */
  readonly random: () => number
  /** A new id, such as `tsk_4f9k2m1x8q0z`. */
  readonly mintId: (prefix: string) => string
  readonly mintUuid: () => string
}

const STARTS_AT = '2026-01-01T00:00:00.000Z'

const CALLBACK_SECRET = btoa('callback secret of the emulator')

export const createWorld = (options: EmulatorOptions, ended: AbortSignal): EmulatorState => {
  const { seed = 1, startsAt = STARTS_AT, endpoints = [], callbackSecret = CALLBACK_SECRET } = options
  // Throws for what is no secret: now, and not in the background later.
  keyOf(callbackSecret)
  const requests: RequestRecord[] = []
  // One source each, so that more polls do not change the ids, nor more ids the faults.
  const jitter = seededRandom(seed)
  const ids = seededRandom(seed + 1)
  const uuids = seededRandom(seed + 3)
  const virtual = createVirtualTime(Date.parse(startsAt), jitter)

  return {
    options,
    endpoints: [...Object.values(families).flatMap((family) => Object.values(family)), ...endpoints],
    time: createEmulatorTime(virtual, () => requests.length === 0),
    virtual,
    plans: createPlans(),
    tasks: createTaskStore(),
    requests,
    deliveries: [],
    callbackSecret,
    endings: new WeakMap(),
    ended,
    random: seededRandom(seed + 2),
    mintId: (prefix) =>
      `${prefix}_${Array.from({ length: 12 }, () => Math.floor(ids() * 36).toString(36)).join('')}`,
    mintUuid: () =>
      '00000000-0000-4000-8000-000000000000'.replace(/0/g, () => Math.floor(uuids() * 16).toString(16)),
  }
}
