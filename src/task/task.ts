import type { CallOptions, WaitOptions } from '../contract/options'
import type { Task, WaitPromise } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
import type { TaskState, VideoResult } from '../contract/task-state'
import { ConfigurationError } from '../errors/configuration-error'
import { ownFields } from '../platform/own'
import { checkCount, checkOptions } from '../settings/checks'
import { pollTask } from './poll'
import { ageMs, scheduleOf, type TaskCore } from './task-core'
import { updatesOf } from './updates'
import { waitForTask } from './wait'

// Registered, because each entry point of the CommonJS build has a handle class of its own.
const CORE = Symbol.for('runapi-video.task')

const inspectCustom = Symbol.for('nodejs.util.inspect.custom')

interface TaskInit {
  replayed: boolean
  requestId?: string | undefined
}

/** The handle that methods and `runapi.task()` return; its docs are on the interface. */
export class TaskHandle<R = VideoResult> implements Task<R> {
  readonly id: string
  readonly endpoint: string
  readonly model: string | undefined
  readonly createdAt: string | undefined
  readonly idempotencyKey: string | undefined
  readonly replayed: boolean
  readonly requestId: string | undefined
  readonly #core: TaskCore<R>

  /** @internal */
  constructor(core: TaskCore<R>, { replayed, requestId }: TaskInit = { replayed: false }) {
    const { id, endpoint } = core.ref
    const { model, createdAt, idempotencyKey } = ownFields(core.ref)
    this.id = id
    this.endpoint = endpoint
    this.model = model
    this.createdAt = createdAt
    this.idempotencyKey = idempotencyKey
    this.replayed = replayed
    this.requestId = requestId
    this.#core = core
    Object.defineProperty(this, CORE, { value: () => core })
  }

  get state(): TaskState<R> | undefined {
    return this.#core.state
  }

  poll(options?: CallOptions): Promise<TaskState<R>> {
    return pollTask(this, this.#core, options)
  }

  wait(options?: WaitOptions<TaskState<R>>): WaitPromise<R> {
    return Object.assign(waitForTask(this, this.#core, options), { task: this })
  }

  updates(options?: Omit<WaitOptions<TaskState<R>>, 'onUpdate'>): AsyncIterable<TaskState<R>> {
    return updatesOf(this, this.#core, options)
  }

  toJSON(): TaskRef {
    return { ...this.#core.ref }
  }

  /** @internal */
  [inspectCustom](
    _depth: number,
    options: object,
    inspect?: (value: unknown, options: object) => string,
  ): string {
    const fields = { ...this.toJSON(), status: this.state?.status }
    return `Task ${inspect ? inspect(fields, options) : JSON.stringify(fields)}`
  }
}

/** Whether it is a handle, also one that another entry point of the package made. */
export const isTask = (value: unknown): value is Task<unknown> =>
  typeof value === 'object' && value !== null && CORE in value

/** The data behind a handle; throws a `ConfigurationError` for anything else. */
export const coreOf = <R>(task: Task<R>): TaskCore<R> => {
  if (isTask(task)) return (task as unknown as { [CORE]: () => TaskCore<R> })[CORE]()
  throw new ConfigurationError('task: must be a handle, as a create or runapi.task() gives it')
}

/**
 * Returns how many milliseconds to sleep before the next `poll()`, by the endpoint's schedule and the task's age: for
 * engines that bring their own sleep. `attempt` counts the polls made so far, from 0.
 *
 * @example
 * await step.sleep(nextDelay(task, { attempt }))
 */
export const nextDelay = <R>(task: Task<R>, options?: { attempt?: number }): number => {
  const { attempt = 0 } = ownFields(checkOptions('options', options, { attempt: true }))
  const core = coreOf(task)
  const { random } = core.session.settings
  checkCount('attempt', attempt, 0)
  return Math.round(scheduleOf(core)({ ageMs: ageMs(core), attempt, random }))
}
