import type { EndpointDefinition } from '../../models/endpoint'
import { json, refusals } from '../answers'
import { brokenRules } from '../broken-rules'
import type { EmulatorState } from '../emulator-state'
import { balanceCents, buyTask, priceOf } from '../purchases'
import { apiPathOf } from '../records'
import { isPrintable, type Route, readJsonObject } from '../route'
import { endsAtMs, modelOf, statusBody, type Task } from '../task'
import { withFault } from '../with-fault'

/** `POST <path>`: validates, then buys a task, or repeats the answer to an earlier create with the same key. */
export const createTask = (definition: EndpointDefinition<string, unknown, unknown>): Route => ({
  method: 'POST',
  path: apiPathOf(definition.path),
  answer: async (exchange, state) => {
    const { account, headers, signal } = exchange
    for (const name of ['Idempotency-Key', 'X-Client-Request-Id']) {
      if (!isPrintable(headers.get(name))) return refusals.badHeader(name)
    }
    const params = readJsonObject(exchange)
    if (params instanceof Response) return params
    const errors = state.options.validate === false ? undefined : await brokenRules(definition, params)
    if (errors) return refusals.invalid(errors)

    const key = headers.get('idempotency-key') ?? undefined
    const input = canonicalJson([definition.path, params])
    const earlier = state.orders.find(account, key)?.task
    if (earlier && earlier.input !== input) return refusals.keyConflict()
    if (!earlier && balanceCents(state, account) < priceOf(params)) return refusals.noCredits()

    const order = state.orders.open(account, key)
    const { script } = order
    const fault = script.faults?.create?.[order.creates++]
    return withFault(fault, state, signal, () => {
      const isReplay = order.task !== undefined
      order.task ??= buyTask(state, { definition, exchange, params, key, input, script })
      if (isReplay) order.task.replays += 1
      return created(order.task, state, isReplay)
    })
  },
})

const created = (task: Task, { options }: EmulatorState, isReplay: boolean): Response => {
  const { id } = task
  const ids = { both: { task_id: id, id }, id: { id }, task_id: { task_id: id } }[options.idField ?? 'both']
  const replayed = isReplay && { task_replayed: true }
  const body = { ...ids, status: 'pending', model: modelOf(task.params), ...replayed }
  return json(body, 200, { 'x-runapi-task-id': id })
}

/** JSON with sorted keys: equal for equal input, however it was written. */
const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** `GET <path>/{task id}`. Another account's task does not exist. */
export const taskStatus = (definition: EndpointDefinition<string, unknown, unknown>): Route => ({
  method: 'GET',
  path: `${apiPathOf(definition.path)}/:id`,
  answer: ({ account, params, signal, filesUrl }, state) => {
    const task = state.tasks.get(params.id ?? '')
    if (task?.account !== account || task.definition !== definition) return refusals.notFound()
    const poll = task.polls++
    const fault = task.script.faults?.status?.[poll]
    return withFault(fault, state, signal, () => {
      const nowMs = state.time.monotonic()
      const usual = json(statusBody(task, nowMs, filesUrl), 200, { 'x-runapi-task-id': task.id })
      if (nowMs >= endsAtMs(task)) state.outcomeAnswers.set(usual, task)
      return usual
    })
  },
})
