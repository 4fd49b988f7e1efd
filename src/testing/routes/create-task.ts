import type { EndpointDefinition } from '../../models/endpoint'
import { json, refusals } from '../answers'
import { brokenRules } from '../broken-rules'
import { canonicalJson } from '../canonical-json'
import type { EmulatorState } from '../emulator-state'
import { priceOf } from '../prices'
import { balanceOf, buyTask } from '../purchases'
import { isPrintable, readJsonObject } from '../read-request'
import { apiPathOf } from '../request-record'
import type { Route } from '../route'
import type { Task } from '../task'
import { modelOf } from '../task'
import { withFault } from '../with-fault'

/** `POST <path>`: validates, then buys a task, or repeats the answer to an earlier create with the same key. */
export const createTask = (definition: EndpointDefinition<string, unknown, unknown>): Route => ({
  method: 'POST',
  path: apiPathOf(definition.path),
  answer: async (exchange, world) => {
    const { account, headers, signal } = exchange
    for (const name of ['Idempotency-Key', 'X-Client-Request-Id']) {
      if (!isPrintable(headers.get(name))) return refusals.badHeader(name)
    }
    const params = readJsonObject(exchange)
    if (params instanceof Response) return params
    const errors = world.options.validate === false ? undefined : await brokenRules(definition, params)
    if (errors) return refusals.invalid(errors)

    const key = headers.get('idempotency-key') ?? undefined
    const input = canonicalJson([definition.path, params])
    const earlier = world.tasks.byKey(account, key)
    if (earlier && earlier.input !== input) return refusals.keyConflict()
    if (!earlier && balanceOf(world, account) < priceOf(params)) return refusals.noCredits()

    const plan = world.plans.take(account, key)
    const attempt = plan.attempts++
    const fault = plan.script.faults?.create?.[attempt]
    return withFault(fault, world, signal, () => {
      const task = world.tasks.byKey(account, key)
      if (task) task.replays += 1
      return created(
        task ?? buyTask(world, { definition, exchange, params, key, input, plan }),
        world,
        task !== undefined,
      )
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
