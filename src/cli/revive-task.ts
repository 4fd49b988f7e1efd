import type { RunApiClient } from '../client'
import type { Task, TaskRef } from '../contract/task-handle'
import { RunApiError } from '../errors'
import { own } from '../platform/own'
import { UsageError } from './usage-error'

/** The task of a handle, or of what `wait` printed. */
export const reviveTask = (runapi: RunApiClient, given: unknown): Task => {
  try {
    return runapi.task((own(given, 'task') ?? given) as TaskRef)
  } catch (error) {
    if (!RunApiError.is(error)) throw error
    // The key goes where the user says, never where a file says.
    if (error.message.startsWith('task.baseUrl:'))
      throw new UsageError('the task lives at another service; pass its baseUrl with --base-url')
    throw new UsageError(`this is no task: ${error.message.replace(/;[^;]*$/, '')}; pass what create printed`)
  }
}
