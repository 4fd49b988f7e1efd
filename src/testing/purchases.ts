import type { EndpointDefinition } from '../models/endpoint'
import { deliverWebhooks } from './deliver-webhooks'
import type { EmulatorState } from './emulator-state'
import { priceOf } from './prices'
import type { Exchange } from './route'
import type { Plan } from './scripts'
import { costAt, type Task } from './task'

const OTHER_TAKES_MS = 60_000
// The medians of what RunAPI publishes: 30–120 s and 60–120 s.
const TAKES_MS: Readonly<Record<string, number>> = { luma: 62_000, hailuo: 86_000 }

const typicalMs = (name: string): number => TAKES_MS[name.split('.')[0] ?? ''] ?? OTHER_TAKES_MS

const STARTING_CENTS = 1_000_000

/** What each account began with, in US cents. */
export const startingCents = ({ options }: EmulatorState): number => options.balanceCents ?? STARTING_CENTS

/** What an account has left, in US cents. */
export const balanceOf = (world: EmulatorState, account: string): number => {
  const { tasks, time } = world
  const nowMs = time.monotonic()
  const spent = tasks.all().filter((task) => task.account === account)
  const spentCents = spent.reduce((sum, task) => sum + costAt(task, nowMs), 0)
  return startingCents(world) - spentCents
}

export interface Purchase {
  definition: EndpointDefinition<string, unknown, unknown>
  exchange: Exchange
  params: Record<string, unknown>
  key: string | undefined
  input: string
  plan: Plan
}

/** Makes a task, which is what costs money. */
export const buyTask = (
  world: EmulatorState,
  { definition, exchange, params, key, input, plan }: Purchase,
): Task => {
  const { options, tasks, time, mintId } = world
  const { account, headers, filesUrl } = exchange
  const {
    id = mintId('tsk'),
    takesMs = options.takesMs ?? typicalMs(definition.name),
    outcome = 'completed',
  } = plan.script
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
    plan,
    filesUrl,
    replays: 0,
    polls: 0,
    downloads: 0,
    endIsKnown: false,
  }
  tasks.add(task)
  deliverWebhooks(task, world)
  return task
}
