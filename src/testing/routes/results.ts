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

const isServed = (task: Task, state: EmulatorState): boolean => {
  const nowMs = state.time.monotonic()
  const { resultLifeMs = RESULT_LIFE_MS } = task.script
  return statusAt(task, nowMs) === 'completed' && nowMs < endsAtMs(task) + resultLifeMs
}

/** A task's video: from its completion on, for seven days. */
export const resultFile: Route = {
  method: 'GET',
  path: '/results/:file',
  open: true,
  answer: ({ params, signal }, state) => {
    const task = state.tasks.get((params.file ?? '').replace(/\.mp4$/, ''))
    if (task === undefined || !isServed(task, state)) return refusals.notFound()
    const download = task.downloads++
    const fault = task.script.faults?.result?.[download]
    return withFault(fault, state, signal, clip)
  },
}

/** The input video as the service kept it. */
export const sourceFile: Route = {
  method: 'GET',
  path: '/results/:id/input.mp4',
  open: true,
  answer: ({ params }, state) => {
    const task = state.tasks.get(params.id ?? '')
    return task !== undefined && isServed(task, state) ? clip() : refusals.notFound()
  },
}
