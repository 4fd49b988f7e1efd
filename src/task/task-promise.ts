import type { CallOptions, WaitOptions } from '../contract/options'
import type { CreatedTask } from '../contract/task-handle'
import type { CompletedState, TaskState, VideoResult } from '../contract/task-state'
import { abortReason, onAbort } from '../platform/on-abort'
import { own } from '../platform/own'
import { checkSignal } from '../settings/checks'

/** The promise of a create and its wait. It has the key and the task too, because the reason of an abort carries neither. */
export interface CreateWaitPromise<R = VideoResult> extends Promise<CompletedState<R>> {
  /** The key of the create, at once. */
  readonly idempotencyKey: string
  /** The task, as soon as there is one; rejects if the create does, which counts as handled. */
  readonly task: Promise<CreatedTask<R>>
}

/**
 * The promise of a task, with shortcuts. If you call `wait()` or `poll()`, their promise carries the rejection of a
 * failed create, and this one counts as handled.
 */
export interface TaskPromise<R = VideoResult> extends Promise<CreatedTask<R>> {
  /** The key of this create, available at once: store it, and nothing is bought twice, even if your process dies now. */
  readonly idempotencyKey: string
  /** Waits for the task, then for its end, like `Task.wait`. Its deadline counts from when the task exists. */
  wait(options?: WaitOptions<TaskState<R>>): CreateWaitPromise<R>
  /** Waits for the task, then polls once, like `Task.poll`. */
  poll(options?: CallOptions): Promise<TaskState<R>>
}

export const taskPromise = <R>(created: Promise<CreatedTask<R>>, idempotencyKey: string): TaskPromise<R> => {
  const taken = (): Promise<CreatedTask<R>> => {
    created.catch(() => {})
    return created
  }
  return Object.assign(created, {
    idempotencyKey,
    wait: (options?: WaitOptions<TaskState<R>>) => {
      const waiting = unlessAborted(taken(), options).then((task) => task.wait(options))
      return Object.assign(waiting, { idempotencyKey, task: created })
    },
    poll: async (options?: CallOptions) => (await unlessAborted(taken(), options)).poll(options),
  })
}

/** The task, or the reason of a signal that aborts before there is one. The create itself continues. */
const unlessAborted = async <R>(
  created: Promise<CreatedTask<R>>,
  options: CallOptions | undefined,
): Promise<CreatedTask<R>> => {
  const signal = signalIn(options)
  if (!signal) return created
  let forget = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(abortReason(signal))
    else forget = onAbort(signal, reject)
  })
  return Promise.race([aborted, created]).finally(forget)
}

// Anything but a signal is refused by the task's own method, whose error carries the task.
const signalIn = (options: CallOptions | undefined): AbortSignal | undefined => {
  try {
    return checkSignal(own(options, 'signal') as AbortSignal)
  } catch {
    return undefined
  }
}
