import type { TaskRef } from '../contract/task-ref'
import { isAmount } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { own, ownText } from '../platform/own'
import { isLoopbackHost, parseUrl } from '../settings/base-url'
import { type BoughtEntry, HEADER, type IntendedEntry, type LedgerEntry } from './entries'
import { differingParameter } from './fingerprints'
import {
  addUse,
  fits,
  type LedgerState,
  leftOf,
  type OrderRecord,
  orderStatusOf,
  useOf,
} from './ledger-state'

/**
 * Applies the next entry. Unknown, invalid and repeated entries change nothing.
 *
 * @throws {ConfigurationError} if the entries are from a newer version
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

/** Refuses the header of a newer version. `where` begins the sentence. */
export const checkVersion = (header: unknown, where = 'ledger'): void => {
  if (own(header, 'format') !== HEADER.format)
    throw new ConfigurationError('ledger: the store holds no ledger')
  const version = own(header, 'version')
  if (typeof version === 'number' && version <= HEADER.version) return
  throw new ConfigurationError(
    `${where}: it was written by a newer release (version ${String(version)}); update runapi-video to go on with it`,
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
  // Remembered even if it changes nothing: when it comes again, it may meet a later attempt.
  const isRepeated = entry.type === 'written_off' && state.writeOffs.has(entry.id)
  if (entry.type === 'written_off') state.writeOffs.add(entry.id)
  if (!order || isRepeated) return undefined
  switch (entry.type) {
    case 'sent':
      // An order that was refused meanwhile has given its money back, so it needs a new intent.
      if (order.attempts && !order.attempts.has(entry.attempt))
        order.attempts.set(entry.attempt, orderStatusOf(order) === 'unknown' ? 'open' : 'too_late')
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
        order.tookMs = isAmount(entry.tookMs) ? entry.tookMs : undefined
      }
      if (order.task) ended(state, order, order.task.id)
      break
    case 'done':
      if (order.isDone || !order.task) break
      order.isDone = true
      order.files = entry.files
      break
    case 'written_off':
      if (orderStatusOf(order) !== 'unknown') break
      order.writtenOff = entry.reason
      for (const [attempt, how] of order.attempts ?? [])
        if (how === 'open') order.attempts?.set(attempt, 'written_off')
  }
  return order
}

const intended = (
  state: LedgerState,
  order: OrderRecord | undefined,
  entry: IntendedEntry,
): OrderRecord | undefined => {
  if (typeof entry.at !== 'string' || typeof entry.attempt !== 'string') return order
  if (order?.task || order?.attempts?.has(entry.attempt)) return order
  if (order && orderStatusOf(order) === 'unknown') {
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

const MAX_DURATIONS = 500

const ended = (state: LedgerState, { end, endpoint, model, tookMs }: OrderRecord, taskId: string): void => {
  state.keysByTask.delete(taskId)
  if (end !== 'completed' || tookMs === undefined) return
  const known = state.durations.get(endpoint) ?? []
  known.push({ model, ms: tookMs })
  if (known.length > 2 * MAX_DURATIONS) known.splice(0, MAX_DURATIONS)
  state.durations.set(endpoint, known)
}
