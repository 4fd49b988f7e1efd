import { readTaskId } from '../contract/task-id'
import {
  type ResultReader,
  readTaskState,
  readVideoResult,
  type TaskState,
  type VideoResult,
} from '../contract/task-state'
import { refusal } from './refusal'

/** What a delivery's body says, without any proof that the service sent it. */
export interface UnverifiedWebhook<R = VideoResult> {
  /** The task's id, as the create answered it. */
  taskId: string
  /** The state that the delivery claims. */
  task: TaskState<R>
}

/** How a delivery is read. */
export interface ParseWebhookOptions<R = VideoResult> {
  /**
   * Reads the result of a completed task; for endpoints of your own, whose results are no videos.
   * @default reads `videos` and `sources`
   */
  result?: ResultReader<R> | undefined
}

/** Reads the task in a delivery's bytes. */
export const readDelivery = <R>(
  bytes: Uint8Array,
  nowMs: number,
  // Without a reader of the caller's own, R is VideoResult: the default of both.
  readResult = readVideoResult as unknown as ResultReader<R>,
): UnverifiedWebhook<R> => {
  const body = parseJson(bytes)
  const taskId = readTaskId(body)
  const task = readTaskState(body, { nowMs, readResult })
  if ('unreadable' in task) throw noTask(task.unreadable)
  if (taskId === undefined) throw noTask('it has no task id')
  return { taskId, task }
}

// What is no JSON reads as `undefined`, which is no task. The parser's message would quote the body.
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

const noTask = (why: string): Error => refusal('bad_body', `the body is no task of RunAPI: ${why}`)
