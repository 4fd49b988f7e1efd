import type { Task } from '../contract/task-handle'
import type { CompletedState, TaskState } from '../contract/task-state'
import { sanitizeMessage } from '../http/redact'
import type { CallWarning, JsonObject } from './call-options'
import type {
  CallResponse,
  RunApiVideoMetadata,
  VideoGeneration,
  VideoStart,
  VideoStatus,
} from './video-model-types'

/** Which model answered, and when. */
interface Answered {
  modelId: string
  atMs: number
  requestId?: string | undefined
}

const responseOf = ({ modelId, atMs, requestId }: Answered): CallResponse => ({
  timestamp: new Date(atMs),
  modelId,
  headers: requestId === undefined ? undefined : { 'x-request-id': requestId },
})

const answeredBy = ({ receivedAt, requestId }: TaskState, modelId: string): CallResponse =>
  responseOf({ modelId, atMs: Date.parse(receivedAt), requestId })

const handleOf = (task: Task): JsonObject => ({ ...task.toJSON() })

const metadataOf = (task: Task): RunApiVideoMetadata => ({
  task: handleOf(task),
  // Left out otherwise: the SDK lays the metadata of the status over that of the start.
  ...(task.replayed && { replayed: true }),
})

/** What `doStart` gives for a task that was bought. */
export const startOf = (
  task: Task,
  { warnings, awaited, ...answered }: Answered & { warnings: CallWarning[]; awaited: boolean },
): VideoStart => ({
  operation: { ...handleOf(task), ...(awaited && { awaited }) },
  warnings,
  providerMetadata: { runapi: metadataOf(task) },
  response: responseOf({ ...answered, requestId: task.requestId }),
})

/** What `doGenerate` gives for a task that is completed. */
export const generationOf = (
  task: Task,
  state: CompletedState,
  { modelId, warnings }: { modelId: string; warnings: CallWarning[] },
): VideoGeneration => {
  const { videos, expiresAt, costUsd } = state
  const runapi: RunApiVideoMetadata = {
    ...metadataOf(task),
    videos: videos.map(({ url }) => ({
      url,
      ...(expiresAt !== undefined && { expiresAt }),
      task: handleOf(task),
    })),
    ...(costUsd !== undefined && { costUsd }),
  }
  return {
    videos: videos.map(({ url }) => ({ type: 'url', url, mediaType: 'video/mp4' })),
    warnings,
    providerMetadata: { runapi },
    response: answeredBy(state, modelId),
  }
}

/** What `doStatus` gives for a state. */
export const statusOf = (task: Task, state: TaskState, modelId: string): VideoStatus => {
  const runapi = metadataOf(task)
  const response = answeredBy(state, modelId)
  switch (state.status) {
    case 'completed':
      return { status: 'completed', ...generationOf(task, state, { modelId, warnings: [] }) }
    case 'failed': {
      const { code, message } = state.error
      if (code !== undefined) runapi.serviceCode = sanitizeMessage(code)
      // The SDK throws an error that has nothing but this text.
      const error = `${task.endpoint} ${task.id}: the generation failed: ${sanitizeMessage(message)}`
      return { status: 'error', error, providerMetadata: { runapi }, response }
    }
    default:
      return { status: 'pending', providerMetadata: { runapi }, response }
  }
}

/** What `doStatus` gives while the service does not know the task yet. */
export const notYetKnown = (task: Task, answered: Answered): VideoStatus => ({
  status: 'pending',
  providerMetadata: { runapi: metadataOf(task) },
  response: responseOf(answered),
})
