import type { Clock } from '../platform/clock'
import { type NothingBoughtTwiceOptions, refuseRepeats } from './bought-twice'
import { checkScript } from './check-script'
import type { DeliveryRecord } from './delivery-record'
import { createEmulatedFetch } from './emulated-fetch'
import type { EmulatorOptions } from './emulator-options'
import { createWorld } from './emulator-state'
import { type EmulatorServer, type ListenOptions, listen } from './listen'
import { type MswHttp, mswHandlers } from './msw-handlers'
import type { RequestRecord } from './request-record'
import { type EmulatedTask, emulatedTask, type Task } from './task'
import type { TaskScript } from './task-script'

/** RunAPI in a box: what `createEmulator` gives. */
export interface Emulator {
  /**
   * A `fetch` that the emulator answers itself, without a port; for the client's `fetch` option. Every host is
   * accepted.
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * A clock for the client's `clock` option. Time passes only while everyone sleeps and no request is being answered;
   * then it jumps to the earliest sleeper, so that a two-minute task takes about a millisecond. Taking it puts the
   * emulator's tasks on its time too; until then they take as long as they say. To let time pass in a test, sleep on it:
   * `await emulator.clock.sleep(60_000)`.
   *
   * Take it before the first request. Runs repeat exactly with `fetch`; through `listen` and MSW time may pass while
   * bytes are on their way.
   */
  readonly clock: Clock
  /** What came, oldest first. */
  readonly requests: readonly RequestRecord[]
  /** What was bought, oldest first, as it stands now. */
  readonly tasks: readonly EmulatedTask[]
  /**
   * Tasks whose end nobody knows: they still run, or no status answer and no accepted webhook has told how they ended.
   * What a test of a crash leaves here was paid for and forgotten.
   */
  readonly unfinished: readonly EmulatedTask[]
  /** What all tasks cost together, in US cents. Failed ones cost nothing. */
  readonly spentCents: number
  /**
   * The attempts to deliver webhooks, oldest first. On virtual time they are made while someone sleeps; `clock.sleep(0)`
   * lets those that are under way come to their end.
   */
  readonly deliveries: readonly DeliveryRecord[]
  /** What deliveries are signed with, for `verifyWebhook`. */
  readonly callbackSecret: string
  /** Scripts the next task that has no script yet. Call it once a task. */
  next(script: TaskScript): void
  /**
   * Throws where the same thing was bought again: same account, endpoint and parameters, other idempotency key or none,
   * and neither task failed. That is what an app does that has lost its key. The error lists the purchases.
   * @example
   * afterEach(() => emulator.assertNothingBoughtTwice())
   */
  assertNothingBoughtTwice(options?: NothingBoughtTwiceOptions): void
  /** Serves the emulator on a loopback port, for other processes and languages. Needs Node's http. */
  listen(options?: ListenOptions): Promise<EmulatorServer>
  /**
   * Handlers for [MSW](https://mswjs.io), from your own `http` of it.
   * @example
   * const server = setupServer(...emulator.handlers(http))
   */
  handlers<Handler>(http: MswHttp<Handler>): Handler[]
  /** Closes every server of `listen`, and ends the delivery of webhooks. */
  close(): Promise<void>
}

/**
 * Makes an emulator of RunAPI for tests and demos: it checks keys, parameters and idempotency as strictly as the
 * service, its tasks take time, and each result is a small MP4 that plays. Nothing leaves the process.
 * @example
 * const emulator = createEmulator()
 * const runapi = new RunApiClient({ apiKey: 'test', fetch: emulator.fetch, clock: emulator.clock })
 */
export const createEmulator = (options: EmulatorOptions = {}): Emulator => {
  const end = new AbortController()
  const world = createWorld(options, end.signal)
  const fetch = createEmulatedFetch(world)
  const servers: EmulatorServer[] = []
  const view = (tasks: readonly Task[]): EmulatedTask[] => {
    const nowMs = world.time.monotonic()
    return tasks.map((task) => emulatedTask(task, nowMs))
  }

  return {
    fetch,
    get clock() {
      return world.time.takeClock()
    },
    get requests() {
      return world.requests
    },
    get tasks() {
      return view(world.tasks.all())
    },
    get unfinished() {
      return view(world.tasks.all().filter(({ endIsKnown }) => !endIsKnown))
    },
    get spentCents() {
      return view(world.tasks.all()).reduce((sum, { costCents }) => sum + costCents, 0)
    },
    get deliveries() {
      return world.deliveries
    },
    get callbackSecret() {
      return world.callbackSecret
    },
    assertNothingBoughtTwice: (assertOptions) => refuseRepeats(world, assertOptions),
    next: (script) => world.plans.add(checkScript(script)),
    listen: async (listenOptions) => {
      const server = await listen(world, listenOptions)
      servers.push(server)
      return server
    },
    handlers: (http) => mswHandlers(http, fetch),
    close: async () => {
      end.abort()
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}
