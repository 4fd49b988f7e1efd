import {
  type ClientEvent,
  RunApiClient,
  type RunApiClientOptions,
  type Task,
  type TaskPromise,
} from 'runapi-video'
import { createEmulator, type Emulator, type Fault, type TaskScript } from 'runapi-video/testing'
import { fetchFailed, params } from './scripted-fetch'

/** A service, a network and a client, for one ending. */
export interface EndingPlace {
  readonly emulator: Emulator
  readonly controller: AbortController
  /** What the clients tell their listener. */
  readonly events: readonly ClientEvent[]
  /** The create that the ending is about. */
  creating: TaskPromise | undefined
  /** The task that the ending is about, for who has no more than a variable. */
  task: Task | undefined
  client(options?: RunApiClientOptions): RunApiClient
  /** Makes the create that the ending is about. */
  create(runapi?: RunApiClient, options?: Parameters<RunApiClient['luma']['modifyVideo']>[1]): TaskPromise
  /** Buys the task that the ending is about. */
  buy(runapi?: RunApiClient, script?: TaskScript): Promise<Task>
  /** The n-th create is struck by the n-th fault, the last one repeats. */
  strikeCreates(...faults: Fault[]): void
  strikePolls(...faults: Fault[]): void
  /** Every connection fails with this code; none does without one. */
  breakNetwork(code: string | undefined): void
  /** Ends all that goes wrong. */
  heal(): void
}

export const endingPlace = (): EndingPlace => {
  const faults: Record<string, Fault[]> = {}
  const events: ClientEvent[] = []
  const onEvent = (event: ClientEvent): void => void events.push(event)
  let broken: string | undefined
  const emulator = createEmulator({
    fault: ({ request: { method } }) => {
      const list = faults[method] ?? []
      return list.length > 1 ? list.shift() : list[0]
    },
  })
  const { clock } = emulator
  const fetch: typeof globalThis.fetch = (input, init) =>
    broken === undefined ? emulator.fetch(input, init) : Promise.reject(fetchFailed(broken))
  const here: EndingPlace = {
    emulator,
    controller: new AbortController(),
    events,
    creating: undefined,
    task: undefined,
    client: (options) =>
      new RunApiClient({ apiKey: 'test-key', fetch, clock, onEvent, logLevel: 'off', ...options }),
    create: (runapi = here.client(), options = {}) => {
      here.creating = runapi.luma.modifyVideo(params, options)
      return here.creating
    },
    buy: async (runapi, script = {}) => {
      emulator.next(script)
      here.task = await here.create(runapi)
      return here.task
    },
    strikeCreates: (...given) => {
      faults.POST = given
    },
    strikePolls: (...given) => {
      faults.GET = given
    },
    breakNetwork: (code) => {
      broken = code
    },
    heal: () => {
      broken = undefined
      here.strikeCreates()
      here.strikePolls()
    },
  }
  return here
}
