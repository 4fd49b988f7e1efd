import { type EndpointDefinition, medianMs } from '../models/endpoint'
import { deliverWebhooks } from './deliver-webhooks'
import type { EmulatorState } from './emulator-state'
import type { Exchange } from './route'
import type { TaskScript } from './scripts'
import { costAt, modelOf, type Task } from './task'

const OTHER_TAKES_MS = 60_000

const usualMs = ({ typicalMs }: EndpointDefinition<string, unknown, unknown>): number =>
  typicalMs ? medianMs(typicalMs) : OTHER_TAKES_MS

const STARTING_CENTS = 1_000_000

/** The amount that an account has spent since a moment, in US cents. */
export const spentCents = ({ tasks, time }: EmulatorState, account: string, sinceMs = 0): number => {
  const nowMs = time.monotonic()
  return [...tasks.values()]
    .filter((task) => task.account === account && task.createdAtMs >= sinceMs)
    .reduce((sum, task) => sum + costAt(task, nowMs), 0)
}

/** The balance of an account, in US cents. */
export const balanceCents = (state: EmulatorState, account: string): number =>
  (state.options.balanceCents ?? STARTING_CENTS) - spentCents(state, account)

export interface Purchase {
  definition: EndpointDefinition<string, unknown, unknown>
  exchange: Exchange
  params: Record<string, unknown>
  key: string | undefined
  input: string
  script: TaskScript
}

/** Makes a task, which is what costs money. */
export const buyTask = (
  state: EmulatorState,
  { definition, exchange, params, key, input, script }: Purchase,
): Task => {
  const { options, tasks, time, generateTaskId } = state
  const { account, headers, filesUrl } = exchange
  const {
    id = generateTaskId(),
    takesMs = options.takesMs ?? usualMs(definition),
    outcome = 'completed',
  } = script
  const task: Task = {
    id,
    account,
    definition,
    params,
    input,
    idempotencyKey: key,
    clientRequestId: headers.get('x-client-request-id') ?? undefined,
    priceCents: priceOf(params),
    createdAtMs: time.now(),
    startedMs: time.monotonic(),
    takesMs,
    outcome,
    script,
    filesUrl,
    replays: 0,
    polls: 0,
    downloads: 0,
    outcomeObserved: false,
  }
  tasks.set(id, task)
  deliverWebhooks(task, state)
  return task
}

type Price = number | ((params: Readonly<Record<string, unknown>>) => number)

const byDuration = (params: Readonly<Record<string, unknown>>): number =>
  params.duration_seconds === 6 ? 30 : 50

// RunAPI publishes the prices of Hailuo 02 text-to-video, and that Luma's is flat. The other numbers are made up.
const CENTS: Readonly<Record<string, Price>> = {
  'luma-modify-video': 50,
  'hailuo-02-text-to-video-pro': 57,
  'hailuo-02-text-to-video-standard': byDuration,
  'hailuo-02-image-to-video-pro': 57,
  'hailuo-02-image-to-video-standard': (params) =>
    byDuration(params) - (params.output_resolution === '512p' ? 15 : 0),
  'hailuo-2.3-image-to-video-pro': (params) => (params.output_resolution === '1080p' ? 80 : 60),
  'hailuo-2.3-image-to-video-standard': (params) =>
    byDuration(params) + (params.output_resolution === '1080p' ? 20 : 0),
}
const OTHER_CENTS = 50

/** The cost of a task, in US cents. Prices of the emulator, not of the service. */
export const priceOf = (params: Readonly<Record<string, unknown>>): number => {
  const price = CENTS[modelOf(params) ?? ''] ?? OTHER_CENTS
  return typeof price === 'number' ? price : price(params)
}
