import type { EndpointDefinition } from '../models/endpoint'
import type { Outcome, TaskScript } from './scripts'

/** A task as the emulator keeps it. */
export interface Task {
  readonly id: string
  readonly account: string
  readonly definition: EndpointDefinition<string, unknown, unknown>
  readonly params: Readonly<Record<string, unknown>>
  /** The body and path that it was made from, to tell a repeated create from another one with the same key. */
  readonly input: string
  readonly idempotencyKey: string | undefined
  readonly clientRequestId: string | undefined
  readonly priceCents: number
  readonly createdAtMs: number
  /** The same moment on the monotonic clock. */
  readonly startedMs: number
  readonly takesMs: number
  readonly outcome: Outcome
  readonly script: TaskScript
  /** The base URL of its files, without a slash at the end. */
  readonly filesUrl: string
  replays: number
  polls: number
  downloads: number
  /** Whether a status answer or an accepted webhook has told how it ended. */
  outcomeObserved: boolean
}

/** The status of a task, in the service's words. */
export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed'

/** A task that was bought, for a test to check. */
export interface EmulatedTask {
  /** The id that the create returned. */
  readonly id: string
  /** The endpoint's name, such as `'luma.modifyVideo'`. */
  readonly endpoint: string
  /** The requested model. */
  readonly model: string | undefined
  /** The parameters as received. */
  readonly params: Readonly<Record<string, unknown>>
  /** Its current status. */
  readonly status: TaskStatus
  /** How often it was bought: always 1, because creates with a known idempotency key are replays. A second purchase is a second task. */
  readonly creates: number
  /** How many creates were answered with this task again. */
  readonly replays: number
  /** The number of requests for its status. */
  readonly polls: number
  /** The number of requests for its video. */
  readonly downloads: number
  /** The `Idempotency-Key` of the create, if it had one. */
  readonly idempotencyKey: string | undefined
  /** The `X-Client-Request-Id` of the create, if it had one. */
  readonly clientRequestId: string | undefined
  /** Its cost, in US cents; 0 once it has failed. */
  readonly costCents: number
  /** An ISO 8601 string. */
  readonly createdAt: string
}

const isFailure = (outcome: Outcome): boolean =>
  outcome === 'failed' || (typeof outcome === 'object' && 'failed' in outcome)

// The service publishes no time for this step; short, and never more than a tenth of the whole.
const MAX_PENDING_MS = 5_000

/** When it ends on the monotonic clock. */
export const endsAtMs = (task: Task): number => task.startedMs + task.takesMs

/** The status of a task at a moment of the monotonic clock. */
export const statusAt = (task: Task, nowMs: number): TaskStatus => {
  if (nowMs >= endsAtMs(task)) return isFailure(task.outcome) ? 'failed' : 'completed'
  return nowMs - task.startedMs < Math.min(MAX_PENDING_MS, task.takesMs / 10) ? 'pending' : 'processing'
}

/** The cost of a task by then: failed generations are not charged. */
export const costAt = (task: Task, nowMs: number): number =>
  statusAt(task, nowMs) === 'failed' ? 0 : task.priceCents

export const modelOf = (params: Readonly<Record<string, unknown>>): string | undefined =>
  typeof params.model === 'string' ? params.model : undefined

export const emulatedTask = (task: Task, nowMs: number): EmulatedTask => ({
  id: task.id,
  endpoint: task.definition.name,
  model: modelOf(task.params),
  params: task.params,
  status: statusAt(task, nowMs),
  creates: 1,
  replays: task.replays,
  polls: task.polls,
  downloads: task.downloads,
  idempotencyKey: task.idempotencyKey,
  clientRequestId: task.clientRequestId,
  costCents: costAt(task, nowMs),
  createdAt: new Date(task.createdAtMs).toISOString(),
})

/** The address of a task's video. */
const videoUrl = ({ id }: Task, filesUrl: string): string => `${filesUrl}/${id}.mp4`

/** The address of the input as the service kept it. */
const sourceUrl = ({ id }: Task, filesUrl: string): string => `${filesUrl}/${id}/input.mp4`

/**
 * The status envelope at a moment of the monotonic clock; webhooks carry the same. Its URLs are under `filesUrl`: the
 * name that the asker knows the emulator by, which may be another one than the buyer's.
 */
export const statusBody = (task: Task, nowMs: number, filesUrl = task.filesUrl): Record<string, unknown> => {
  const status = statusAt(task, nowMs)
  const { id, outcome } = task
  if (status === 'completed') {
    const usual = {
      id,
      status,
      videos: [{ url: videoUrl(task, filesUrl) }],
      // Luma's answers name their input; whatever takes a video does here.
      ...('source_video_url' in task.params && { sources: [{ url: sourceUrl(task, filesUrl) }] }),
      usage: { cost: costAt(task, nowMs) / 100 },
    }
    return typeof outcome === 'object' && 'completed' in outcome ? { ...usual, ...outcome.completed } : usual
  }
  if (status === 'failed') {
    const error = typeof outcome === 'object' && 'failed' in outcome ? outcome.failed : 'Generation failed'
    return { id, status, error }
  }
  return { id, status }
}
