import type { Task } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
import type { ResultReader, TaskState } from '../contract/task-state'
import { RunApiError, type RunApiErrorInit } from '../errors/run-api-error'
import { pathSegment } from '../http/url'
import { type EndpointDefinition, resultReaderOf, scheduleOfEndpoint } from '../models/endpoint'
import type { Clock } from '../platform/clock'
import { ownText } from '../platform/own'
import type { Session } from '../session'
import type { Settings } from '../settings/settings'
import type { PollSchedule } from '../waiting/poll-schedule'

/** The data behind a handle. */
export interface TaskCore<R> {
  readonly session: Session
  readonly ref: TaskRef
  /** The path of its status, under the base URL. */
  readonly statusPath: string
  readonly readResult: ResultReader<R>
  readonly schedule: PollSchedule
  /** When the task was created; `undefined` for a bare id and for a replay, whose create was an earlier one. */
  readonly createdAt: string | undefined
  /** The monotonic time at which the create returned; `undefined` for a handle made from a bare id. */
  readonly bornAt: number | undefined
  /** The monotonic time at which this handle was made. */
  readonly madeAt: number
  /** The monotonic time of the latest state seen. */
  seenAt: number | undefined
  /** The latest state seen. */
  state: TaskState<R> | undefined
}

export const newTaskCore = <R>(
  session: Session,
  definition: EndpointDefinition<string, unknown, R>,
  given: TaskRef,
  { state, replayed = false }: { state?: TaskState<R>; replayed?: boolean } = {},
): TaskCore<R> => {
  const ref = { ...given }
  // A polluted prototype must not lead the key to another path.
  const statusPath = ownText(ref, 'statusPath')
  const createdAt = ownText(ref, 'createdAt')
  const madeAt = session.settings.clock.monotonic()
  return {
    session,
    ref,
    statusPath: statusPath ?? `${definition.path}/${pathSegment(ref.id)}`,
    readResult: resultReaderOf(definition),
    schedule: scheduleOfEndpoint(definition),
    createdAt: replayed ? undefined : createdAt,
    bornAt: createdAt === undefined ? undefined : bornAt(createdAt, session.settings.clock),
    madeAt,
    seenAt: state && madeAt,
    state,
  }
}

// A revived task's age is in wall-clock time, which may be wrong; it is never below 0.
const bornAt = (createdAt: string, clock: Clock): number =>
  clock.monotonic() - Math.max(0, clock.now() - Date.parse(createdAt))

/** Milliseconds since the create returned; if that is unknown, since the handle was made. */
export const ageMs = ({ bornAt, madeAt, session }: TaskCore<unknown>): number =>
  session.settings.clock.monotonic() - (bornAt ?? madeAt)

// Old enough for the first poll of all our endpoints.
const ASSUMED_AGE_MS = 60_000

/** The endpoint's schedule. A task of unknown age may be long done: it is polled at once, without the initial silence. */
export const scheduleOf = ({ bornAt, schedule }: TaskCore<unknown>): PollSchedule =>
  bornAt === undefined
    ? (context) =>
        context.attempt === 0 ? 0 : schedule({ ...context, ageMs: ASSUMED_AGE_MS + context.ageMs })
    : schedule

/** Names the task among the waits of a family of clients. */
export const pollerName = (settings: Settings, taskId: string): string =>
  `${settings.baseUrl().href} ${taskId}`

/** The context of every error after a create, so that nothing paid for is lost. */
export const errorContext = <R>(task: Task<R>, { ref, state }: TaskCore<R>) =>
  ({
    task: task as unknown as Task,
    lastState: state as TaskState | undefined,
    idempotencyKey: ref.idempotencyKey,
  }) satisfies RunApiErrorInit

/** Returns the result of `check`; its refusal carries the task, which may have been bought a moment ago. */
export const checkedFor = <R, T>(task: Task<R>, core: TaskCore<R>, check: () => T): T => {
  try {
    return check()
  } catch (error) {
    throw RunApiError.is(error) ? error.with({ ...errorContext(task, core), elapsedMs: 0, polls: 0 }) : error
  }
}
