import type { Tags } from '../contract/ledger'
import type { TaskRef } from '../contract/task-ref'
import { ConfigurationError } from '../errors/configuration-error'
import { own, ownText } from '../platform/own'
import { isLoopbackHost, parseUrl } from '../settings/base-url'
import { type Asked, differingParameter } from './asked'
import { type BoughtEntry, HEADER, type IntendedEntry, type LedgerEntry, type SpendingLimit } from './entries'

/**
 * Where an order stands. `unknown`: it was or may have been sent, and nobody knows whether it was bought. `bought`: its
 * task is known. `refused`: certainly not bought.
 */
export type OrderStatus = 'unknown' | 'bought' | 'completed' | 'failed' | 'refused' | 'written_off'

/** `open`: it may be under way. `conflict`: the key was another order's. `too_late`: the order had been refused. */
export type AttemptState = 'open' | 'refused' | 'over_limit' | 'conflict' | 'too_late' | 'written_off'

/** One order as the entries tell it. Kept for each order that ever was, so it holds no more than it must. */
export interface OrderRecord {
  readonly key: string
  readonly at: string
  readonly baseUrl: string
  readonly endpoint: string
  readonly model: string | undefined
  /** `undefined` where only the purchase was found. */
  readonly asked: Asked | undefined
  readonly tags: Tags | undefined
  /** The price that is reserved. */
  readonly cents: number | undefined
  /** Only while the order may be sent again. */
  body: Readonly<Record<string, unknown>> | undefined
  /** Only while the task is not known: what was bought once needs no more attempts. */
  attempts: Map<string, AttemptState> | undefined
  task: KnownTask | undefined
  end: 'completed' | 'failed' | undefined
  /** What the service says that it cost. */
  costCents: number | undefined
  tookMs: number | undefined
  error: string | undefined
  writtenOff: string | undefined
  isDone: boolean
  files: readonly unknown[] | undefined
}

/** Of a task what its order does not say. */
interface KnownTask {
  readonly id: string
  readonly model: string | undefined
  readonly createdAt: string | undefined
  readonly statusPath: string | undefined
}

/** How much of a span of time is used. */
interface Usage {
  cents: number
  /** Orders without a price that are under way. */
  unpriced: number
}

/** What the entries say together. */
export interface LedgerState {
  /** Whether the header was seen. */
  hasHeader: boolean
  readonly orders: Map<string, OrderRecord>
  /** The keys of tasks that have not ended, by their id. */
  readonly keysByTask: Map<string, string>
  /** By day, by month, and over the ledger's life. */
  readonly usage: Map<string, Usage>
  /** The ids of write-offs: of all entries only these would mean something else when they come again. */
  readonly writeOffs: Set<string>
  /** How long the latest tasks took, oldest first, by endpoint. */
  readonly durations: Map<string, { model: string | undefined; ms: number }[]>
  readonly texts: Map<string, string>
}

export const emptyState = (): LedgerState => ({
  hasHeader: false,
  orders: new Map(),
  keysByTask: new Map(),
  usage: new Map(),
  writeOffs: new Set(),
  durations: new Map(),
  texts: new Map(),
})

export const statusOf = ({ task, end, attempts, writtenOff }: OrderRecord): OrderStatus => {
  if (task) return end ?? 'bought'
  for (const attempt of attempts?.values() ?? []) if (attempt === 'open') return 'unknown'
  return writtenOff === undefined ? 'refused' : 'written_off'
}

/** The cost of an order in US cents: what the service said, else what it quoted. */
export const centsOf = ({ costCents, cents }: OrderRecord): number | undefined => costCents ?? cents

/** What a limit still allows at the time of an order, which is an ISO 8601 string. */
export const leftOf = ({ usage }: LedgerState, limit: SpendingLimit, at: string): Usage => {
  const { cents, unpriced } = usage.get(spanOf(limit, at)) ?? { cents: 0, unpriced: 0 }
  return { cents: Math.max(0, limit.cents - cents), unpriced }
}

/** Whether a price fits what a limit leaves. */
export const fits = (left: Usage, cents: number | undefined): boolean =>
  // Prices may have fractions of a cent, and their sums then digits that nobody meant.
  cents !== undefined && left.unpriced === 0 && cents <= left.cents + 1e-6

const LIFE = 'life'

const spanOf = ({ per }: SpendingLimit, at: string): string =>
  per === undefined ? LIFE : at.slice(0, per === 'day' ? 10 : 7)

/** What an order adds to the sums; a limit cannot hold where an order under way has no price. */
const useOf = (order: OrderRecord | undefined): Usage => {
  const status = order && statusOf(order)
  if (!order || status === 'refused' || status === 'written_off' || status === 'failed') return NOTHING
  const cents = centsOf(order)
  if (cents === undefined) return status === 'completed' ? NOTHING : UNPRICED
  return { cents, unpriced: 0 }
}

const NOTHING: Usage = { cents: 0, unpriced: 0 }
const UNPRICED: Usage = { cents: 0, unpriced: 1 }

const addUse = ({ usage }: LedgerState, at: string, use: Usage, sign: 1 | -1): void => {
  if (use === NOTHING) return
  for (const span of [LIFE, at.slice(0, 7), at.slice(0, 10)]) {
    const sum = usage.get(span) ?? { cents: 0, unpriced: 0 }
    sum.cents += sign * use.cents
    sum.unpriced += sign * use.unpriced
    usage.set(span, sum)
  }
}

/**
 * Takes the next entry in. What is no entry, or of a kind that this release does not know, changes nothing; and so does
 * an entry that was taken in before.
 *
 * @throws {ConfigurationError} where the entries are those of a newer version
 */
export const apply = (state: LedgerState, given: unknown): void => {
  const entry = given as LedgerEntry
  if (own(entry, 'type') === 'header') {
    checkVersion(entry)
    state.hasHeader = true
    return
  }
  const key = ownText(entry, 'key')
  if (key === undefined || entry.type === 'header') return
  const order = state.orders.get(key)
  const before = useOf(order)
  const changed = change(state, order, entry)
  if (!changed) return
  if (changed !== order) state.orders.set(key, changed)
  const after = useOf(changed)
  if (changed === order && before.cents === after.cents && before.unpriced === after.unpriced) return
  if (order) addUse(state, order.at, before, -1)
  addUse(state, changed.at, after, 1)
}

const checkVersion = (header: unknown): void => {
  if (own(header, 'format') !== HEADER.format)
    throw new ConfigurationError('ledger: the store holds no ledger')
  const version = own(header, 'version')
  if (typeof version === 'number' && version <= HEADER.version) return
  throw new ConfigurationError(
    `ledger: it was written by a newer release (version ${String(version)}); update runapi-video to go on with it`,
  )
}

/** The order after the entry. */
const change = (
  state: LedgerState,
  order: OrderRecord | undefined,
  entry: Exclude<LedgerEntry, { type: 'header' }>,
): OrderRecord | undefined => {
  switch (entry.type) {
    case 'intended':
      return intended(state, order, entry)
    case 'bought':
      return bought(state, order, entry)
  }
  if (!order) return undefined
  switch (entry.type) {
    case 'sent':
      // An order that was refused meanwhile has given its money back, so it needs a new intent.
      if (order.attempts && !order.attempts.has(entry.attempt))
        order.attempts.set(entry.attempt, statusOf(order) === 'unknown' ? 'open' : 'too_late')
      break
    case 'refused':
    case 'unknown':
      if (order.attempts?.get(entry.attempt) !== 'open') break
      if (entry.type === 'refused') order.attempts.set(entry.attempt, 'refused')
      order.error = entry.error
      break
    case 'completed':
    case 'failed':
      if (order.end) break
      order.end = entry.type
      if (entry.type === 'failed') order.error = entry.message
      else {
        order.costCents = isAmount(entry.cents) ? entry.cents : undefined
        order.tookMs = entry.tookMs
      }
      if (order.task) ended(state, order, order.task.id)
      break
    case 'done':
      if (order.isDone || !order.task) break
      order.isDone = true
      order.files = entry.files
      break
    case 'written_off':
      if (statusOf(order) !== 'unknown' || state.writeOffs.has(entry.id)) break
      state.writeOffs.add(entry.id)
      order.writtenOff = entry.reason
      for (const [attempt, how] of order.attempts ?? [])
        if (how === 'open') order.attempts?.set(attempt, 'written_off')
  }
  return order
}

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0

const intended = (
  state: LedgerState,
  order: OrderRecord | undefined,
  entry: IntendedEntry,
): OrderRecord | undefined => {
  if (typeof entry.at !== 'string' || typeof entry.attempt !== 'string') return order
  if (order?.task || order?.attempts?.has(entry.attempt)) return order
  if (order && statusOf(order) === 'unknown') {
    order.attempts?.set(entry.attempt, isSameOrder(order, entry) ? 'open' : 'conflict')
    return order
  }
  const { key, at, baseUrl, endpoint, model, asked, body, tags, attempt } = entry
  // A line that was changed by hand must not make room for others.
  const cents = isAmount(entry.cents) ? entry.cents : undefined
  const limit = isAmount(own(entry.limit, 'cents')) ? entry.limit : undefined
  const isAccepted = limit === undefined || fits(leftOf(state, limit, at), cents)
  return newOrder(
    {
      key,
      at,
      baseUrl: shared(state, baseUrl),
      endpoint: shared(state, endpoint),
      model: model && shared(state, model),
    },
    {
      asked,
      tags,
      cents,
      body: isAccepted ? body : undefined,
      attempts: new Map([...(order?.attempts ?? []), [attempt, isAccepted ? 'open' : 'over_limit']]),
    },
  )
}

// Written out, because V8 gives every object that is made by spreading a shape of its own.
const newOrder = (
  { key, at, baseUrl, endpoint, model }: Pick<OrderRecord, 'key' | 'at' | 'baseUrl' | 'endpoint' | 'model'>,
  intent?: Pick<OrderRecord, 'asked' | 'tags' | 'cents' | 'body' | 'attempts'>,
): OrderRecord => ({
  key,
  at,
  baseUrl,
  endpoint,
  model,
  asked: intent?.asked,
  tags: intent?.tags,
  cents: intent?.cents,
  body: intent?.body,
  attempts: intent?.attempts,
  task: undefined,
  end: undefined,
  costCents: undefined,
  tookMs: undefined,
  error: undefined,
  writtenOff: undefined,
  isDone: false,
  files: undefined,
})

/** The text that is in use already: a hundred thousand orders name a handful of models. */
const shared = ({ texts }: LedgerState, text: string): string => {
  const known = texts.get(text)
  if (known === undefined) texts.set(text, text)
  return known ?? text
}

/** Whether two base URLs are of one service; two loopback ones count as equal, as for handles. */
export const sameService = (a: string, b: string): boolean => a === b || (isLoopback(a) && isLoopback(b))

const isLoopback = (url: string): boolean => {
  const host = parseUrl(url, undefined)?.hostname
  return host !== undefined && isLoopbackHost(host)
}

const isSameOrder = (order: OrderRecord, { baseUrl, endpoint, asked }: IntendedEntry): boolean =>
  sameService(order.baseUrl, baseUrl) &&
  order.endpoint === endpoint &&
  (order.asked === undefined || differingParameter(order.asked, asked) === undefined)

const bought = (
  state: LedgerState,
  given: OrderRecord | undefined,
  entry: BoughtEntry,
): OrderRecord | undefined => {
  const { key, task } = entry
  if (given?.task || ownText(task, 'id') === undefined) return given
  // A store that lost the intent still says what must not be bought again.
  const order = given ?? newOrder(orderOf(task, key))
  const { id, model, createdAt, statusPath } = task
  order.task = { id, model: model && shared(state, model), createdAt, statusPath }
  order.body = undefined
  order.attempts = undefined
  if (order.end) ended(state, order, id)
  else state.keysByTask.set(id, order.key)
  return order
}

const orderOf = ({ endpoint, baseUrl = '', model, createdAt = '' }: TaskRef, key: string) => ({
  key,
  at: createdAt,
  baseUrl,
  endpoint,
  model,
})

/** The task of an order, as `runapi.task()` takes it. */
export const taskOf = ({ key, endpoint, baseUrl, task }: OrderRecord): TaskRef | undefined =>
  task && {
    v: 1,
    endpoint,
    id: task.id,
    ...(task.model !== undefined && { model: task.model }),
    idempotencyKey: key,
    ...(task.createdAt !== undefined && { createdAt: task.createdAt }),
    ...(baseUrl !== '' && { baseUrl }),
    ...(task.statusPath !== undefined && { statusPath: task.statusPath }),
  }

const MOST_DURATIONS = 500

const ended = (state: LedgerState, { end, endpoint, model, tookMs }: OrderRecord, taskId: string): void => {
  state.keysByTask.delete(taskId)
  if (end !== 'completed' || tookMs === undefined) return
  const known = state.durations.get(endpoint) ?? []
  known.push({ model, ms: tookMs })
  if (known.length > 2 * MOST_DURATIONS) known.splice(0, MOST_DURATIONS)
  state.durations.set(endpoint, known)
}
