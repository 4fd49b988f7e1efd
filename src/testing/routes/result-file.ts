import { refusals } from '../answers'
import { clipBytes } from '../clip'
import type { EmulatorState } from '../emulator-state'
import type { Route } from '../route'
import { endsAtMs, statusAt, type Task } from '../task'
import { withFault } from '../with-fault'

const clip = (): Response => {
  const bytes = clipBytes()
  return new Response(bytes, {
    headers: { 'content-type': 'video/mp4', 'content-length': String(bytes.length) },
  })
}

const RESULT_LIFE_MS = 7 * 24 * 3_600_000

const isServed = (task: Task, world: EmulatorState): boolean => {
  const nowMs = world.time.monotonic()
  const { resultLifeMs = RESULT_LIFE_MS } = task.plan.script
  return statusAt(task, nowMs) === 'completed' && nowMs < endsAtMs(task) + resultLifeMs
}

/** A task's video: from its completion on, for seven days. */
export const resultFile: Route = {
  method: 'GET',
  path: '/results/:file',
  open: true,
  answer: ({ params, signal }, world) => {
    const task = world.tasks.byId(params.file?.replace(/\.mp4$/, ''))
    if (task === undefined || !isServed(task, world)) return refusals.notFound()
    const download = task.downloads++
    const fault = task.plan.script.faults?.result?.[download]
    return withFault(fault, world, signal, clip)
  },
}

/** The input video as the service kept it. */
export const sourceFile: Route = {
  method: 'GET',
  path: '/results/:id/input.mp4',
  open: true,
  answer: ({ params }, world) => {
    const task = world.tasks.byId(params.id)
    return task !== undefined && isServed(task, world) ? clip() : refusals.notFound()
  },
}
