import type { Clock } from '../platform/clock'
import { onAbort, throwIfAborted } from '../platform/on-abort'
import { answer } from './answer'
import { type NothingBoughtTwiceOptions, refuseRepeats } from './bought-twice'
import type { EmulatorOptions } from './emulator-options'
import { createEmulatorState, type EmulatorState } from './emulator-state'
import { type EmulatorServer, type ListenOptions, listen } from './listen'
import type { DeliveryRecord, RequestRecord } from './records'
import { checkScript, type TaskScript } from './scripts'
import { type EmulatedTask, emulatedTask, type Task } from './task'

/** RunAPI in a box, made by `createEmulator`. */
export interface Emulator {
  /**
   * A `fetch` that the emulator answers itself, without a port; for the client's `fetch` option. It accepts every host.
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * A clock for the client's `clock` option. Time passes only while everyone sleeps and no request is being answered;
   * then it jumps to the end of the earliest sleep, so a two-minute task takes about a millisecond. Reading this property
   * puts the emulator's tasks on virtual time too; until then they run in real time. To let time pass in a test, sleep on
   * it: `await emulator.clock.sleep(60_000)`.
   *
   * Read it before the first request. Runs repeat exactly with `fetch`; through `listen` and MSW time may pass while
   * bytes are on their way.
   */
  readonly clock: Clock
  /** The requests received, oldest first. */
  readonly requests: readonly RequestRecord[]
  /** The tasks bought, oldest first, in their current state. */
  readonly tasks: readonly EmulatedTask[]
  /**
   * Tasks whose outcome nobody has seen: they still run, or no status answer and no accepted webhook has reported it. A
   * task that a crash test leaves here was paid for and forgotten.
   */
  readonly unfinished: readonly EmulatedTask[]
  /** The total cost of all tasks, in US cents. Failed ones cost nothing. */
  readonly spentCents: number
  /**
   * The attempts to deliver webhooks, oldest first. On virtual time they are made while someone sleeps; `clock.sleep(0)`
   * lets those that are under way come to their end.
   */
  readonly deliveries: readonly DeliveryRecord[]
  /** The secret that signs deliveries, for `verifyWebhook`. */
  readonly callbackSecret: string
  /** Scripts the next task that has no script yet. Call it once for each task. */
  next(script: TaskScript): void
  /**
   * Throws if the same thing was bought twice: same account, endpoint and parameters, but another idempotency key or none,
   * and neither task failed. An app that loses its key does this. The error lists the purchases.
   * @example
   * afterEach(() => emulator.assertNothingBoughtTwice())
   */
  assertNothingBoughtTwice(options?: NothingBoughtTwiceOptions): void
  /**
   * Forgets every idempotency key that bought something: a create that repeats one buys again, as it would once the
   * service has forgotten the key. Test what your app does then. To expire keys, use the option `idempotencyKeyLifeMs`.
   */
  forgetKeys(): void
  /** Serves the emulator on a loopback port, for other processes and languages. Needs Node's http. */
  listen(options?: ListenOptions): Promise<EmulatorServer>
  /**
   * Handlers for [MSW](https://mswjs.io), from your own `http` of it.
   * @example
   * const server = setupServer(...emulator.handlers(http))
   */
  handlers<Handler>(http: MswHttp<Handler>): Handler[]
  /** Closes every server of `listen`, and stops delivering webhooks. */
  close(): Promise<void>
}

/**
 * Makes an emulator of RunAPI for tests and demos: it checks keys, parameters and idempotency by the rules that RunAPI
 * publishes, its tasks take time, and each result is a small MP4 that plays. Nothing leaves the process.
 * @example
 * const emulator = createEmulator()
 * const runapi = new RunApiClient({ apiKey: 'test', fetch: emulator.fetch, clock: emulator.clock })
 */
export const createEmulator = (options: EmulatorOptions = {}): Emulator => {
  const end = new AbortController()
  const state = createEmulatorState(options, end.signal)
  const fetch = createEmulatedFetch(state)
  const servers: EmulatorServer[] = []
  const view = (tasks: readonly Task[]): EmulatedTask[] => {
    const nowMs = state.time.monotonic()
    return tasks.map((task) => emulatedTask(task, nowMs))
  }

  return {
    fetch,
    get clock() {
      return state.time.takeClock()
    },
    get requests() {
      return state.requests
    },
    get tasks() {
      return view([...state.tasks.values()])
    },
    get unfinished() {
      return view([...state.tasks.values()].filter(({ outcomeObserved }) => !outcomeObserved))
    },
    get spentCents() {
      return view([...state.tasks.values()]).reduce((sum, { costCents }) => sum + costCents, 0)
    },
    get deliveries() {
      return state.deliveries
    },
    get callbackSecret() {
      return state.callbackSecret
    },
    assertNothingBoughtTwice: (assertOptions) => refuseRepeats(state, assertOptions),
    next: (script) => state.orders.script(checkScript(script)),
    forgetKeys: state.orders.forgetKeys,
    listen: async (listenOptions) => {
      const server = await listen(state, listenOptions)
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

const FILES_URL = 'https://tempfile.runapi.ai/results'

/** A `fetch` that the emulator answers, whatever the host. */
const createEmulatedFetch = (state: EmulatorState): typeof globalThis.fetch => {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    throwIfAborted(signal)
    // Without the signal: a Request that follows one leaves a listener on it.
    const request = new Request(input, { ...init, signal: null })
    const answered = state.time.during(() => answer({ request, signal, filesUrl: FILES_URL }, state))
    return signal === undefined ? answered : unlessAborted(answered, signal)
  }
}

const unlessAborted = <T>(answered: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const forget = onAbort(signal, reject)
    answered.then(resolve, reject).finally(forget)
  })

/** The part of MSW's `http` that is used; fits versions 2 and 3. */
export interface MswHttp<Handler> {
  /** Makes a handler of every method, as MSW's `http.all`. */
  all(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler
}

/** Handlers that give MSW's requests to the API and to its files to `fetch`. */
const mswHandlers = <Handler>(http: MswHttp<Handler>, fetch: typeof globalThis.fetch): Handler[] => {
  const resolver = async ({ request }: { request: Request }): Promise<Response> => {
    try {
      return await fetch(request)
    } catch {
      // MSW answers a resolver that throws with a 500; this is its word for a broken connection.
      return Response.error()
    }
  }
  return ['*/api/v1/*', 'https://tempfile.runapi.ai/*'].map((path) => http.all(path, resolver))
}
