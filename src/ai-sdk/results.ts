import { type CompletedState, type Task, TaskFailedError, type TaskState } from '../index'
import type {
  CallResponse,
  CallWarning,
  JsonObject,
  RunApiVideoMetadata,
  VideoGeneration,
  VideoStart,
  VideoStatus,
} from './types'

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

/** The result of `doStart` for a bought task. */
export const startOf = (
  task: Task,
  { warnings, awaited, ...answered }: Answered & { warnings: CallWarning[]; awaited: boolean },
): VideoStart => ({
  operation: { ...handleOf(task), ...(awaited && { awaited }) },
  warnings,
  providerMetadata: { runapi: metadataOf(task) },
  response: responseOf({ ...answered, requestId: task.requestId }),
})

/** The result of `doGenerate` for a completed task. */
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

/** The result of `doStatus` for a state. */
export const statusOf = async (task: Task, state: TaskState, modelId: string): Promise<VideoStatus> => {
  const runapi = metadataOf(task)
  const response = answeredBy(state, modelId)
  switch (state.status) {
    case 'completed':
      return { status: 'completed', ...generationOf(task, state, { modelId, warnings: [] }) }
    case 'failed': {
      // The SDK throws an error that has nothing but its text. A task that has ended is not asked again.
      const failed = await task.wait().catch((thrown: unknown) => thrown)
      const error = failed instanceof Error ? failed.message : 'the generation failed'
      if (failed instanceof TaskFailedError && failed.serviceCode !== undefined)
        runapi.serviceCode = failed.serviceCode
      return { status: 'error', error, providerMetadata: { runapi }, response }
    }
    default:
      return { status: 'pending', providerMetadata: { runapi }, response }
  }
}

/** The result of `doStatus` while the service does not know the task yet. */
export const notYetKnown = (task: Task, answered: Answered): VideoStatus => ({
  status: 'pending',
  providerMetadata: { runapi: metadataOf(task) },
  response: responseOf(answered),
})
