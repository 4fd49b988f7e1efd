import type { EndpointDefinition } from '../../models/endpoint'
import { json, refusals } from '../answers'
import { apiPathOf } from '../request-record'
import type { Route } from '../route'
import { statusBody } from '../status-body'
import { endsAtMs } from '../task'
import { withFault } from '../with-fault'

/** `GET <path>/{task id}`. Another account's task does not exist. */
export const taskStatus = (definition: EndpointDefinition<string, unknown, unknown>): Route => ({
  method: 'GET',
  path: `${apiPathOf(definition.path)}/:id`,
  answer: ({ account, params, signal }, world) => {
    const task = world.tasks.byId(params.id)
    if (task?.account !== account || task.definition !== definition) return refusals.notFound()
    const poll = task.polls++
    const fault = task.plan.script.faults?.status?.[poll]
    return withFault(fault, world, signal, () => {
      const nowMs = world.time.monotonic()
      const usual = json(statusBody(task, nowMs), 200, { 'x-runapi-task-id': task.id })
      if (nowMs >= endsAtMs(task)) world.endings.set(usual, task)
      return usual
    })
  },
})
