import { costAt, statusAt, type Task } from './task'

/** The address of a task's video. */
const videoUrl = (task: Task): string => `${task.filesUrl}/${task.id}.mp4`

/** The address of the input as the service kept it. */
const sourceUrl = (task: Task): string => `${task.filesUrl}/${task.id}/input.mp4`

/** The status envelope at a moment of the monotonic clock; webhooks carry the same. */
export const statusBody = (task: Task, nowMs: number): Record<string, unknown> => {
  const status = statusAt(task, nowMs)
  const { id, outcome } = task
  if (status === 'completed') {
    const usual = {
      id,
      status,
      videos: [{ url: videoUrl(task) }],
      // Luma's answers name their input; whatever takes a video does here.
      ...('source_video_url' in task.params && { sources: [{ url: sourceUrl(task) }] }),
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
