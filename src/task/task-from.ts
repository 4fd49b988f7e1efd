import type { TaskEvent } from '../contract/events'
import type { CreatedTask } from '../contract/task-handle'
import { readTaskId } from '../contract/task-id'
import type { TaskRef } from '../contract/task-ref'
import { readTaskState, type TaskState } from '../contract/task-state'
import type { ApiResponse } from '../http/context'
import { malformed, requestIdOf } from '../http/request'
import { locationPath, pathSegment } from '../http/url'
import { type EndpointDefinition, resultReaderOf } from '../models/endpoint'
import { own, ownText } from '../platform/own'
import type { Session } from '../session'
import { TaskHandle } from './task'
import { newTaskCore } from './task-core'

/** A create that has begun. */
export interface Creation<R> {
  session: Session
  definition: EndpointDefinition<string, unknown, R>
  idempotencyKey: string
  /** The monotonic time of the call. */
  startedAt: number
}

/** Tells the client's listener how a create ended. */
export const emitTask = <R>(
  { session: { settings }, definition, idempotencyKey, startedAt }: Creation<R>,
  fields: Omit<TaskEvent, 'type' | 'endpoint' | 'idempotencyKey' | 'elapsedMs'>,
): void =>
  settings.emit?.({
    type: 'task',
    endpoint: definition.name,
    idempotencyKey,
    elapsedMs: settings.clock.monotonic() - startedAt,
    ...fields,
  })

/** The handle of the task that a create's answer names. Throws a `MalformedResponseError` when it names none. */
export const taskFrom = <R>(
  response: ApiResponse,
  creation: Creation<R>,
  params: Readonly<Record<string, unknown>> | undefined,
): CreatedTask<R> => {
  const { session, definition, idempotencyKey } = creation
  const { settings } = session
  const content = parse(response.text)
  const id = taskIdIn(response, content)
  if (id === undefined)
    throw malformed(response, 'names no task; it may exist and be paid for, call again with the same key')
  const named = ownText(content, 'model')
  // An endpoint of your own may have no models.
  const model = named === undefined ? (ownText(params, 'model') ?? definition.name) : response.redact(named)
  const statusPath = statusPathIn(response, session)
  const ref: TaskRef = {
    v: 1,
    endpoint: definition.name,
    id,
    model,
    idempotencyKey,
    createdAt: new Date(settings.clock.now()).toISOString(),
    baseUrl: settings.baseUrl().href,
    ...(statusPath !== undefined && { statusPath }),
  }
  const replayed = own(content, 'task_replayed') === true
  const createdAt = replayed ? undefined : ref.createdAt
  const state = firstState(response, content, { session, definition, createdAt })
  const { requestId } = response
  emitTask(creation, {
    outcome: replayed ? 'replayed' : 'created',
    taskId: id,
    model,
    ...requestIdOf(response),
  })
  // A create knows the three fields that a handle may lack.
  return new TaskHandle(newTaskCore(session, definition, ref, { state, replayed }), {
    replayed,
    requestId,
  }) as unknown as CreatedTask<R>
}

// A header alone can name the task, so an unreadable body is not yet fatal.
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const taskIdIn = (response: ApiResponse, content: unknown): string | undefined => {
  const candidates = [readTaskId(content), response.header('x-runapi-task-id'), lastSegment(response)]
  return candidates.find((id): id is string => typeof id === 'string' && canBeId(id, response))
}

// The id is shown in logs and errors, so an echoed key does not count as one.
const canBeId = (id: string, { redact }: ApiResponse): boolean =>
  pathSegment(id) !== undefined && redact(id) === id

const lastSegment = (response: ApiResponse): string | undefined => {
  const location = response.header('location')
  if (location === null) return undefined
  try {
    return decodeURIComponent(new URL(location, response.url).pathname.split('/').pop() ?? '')
  } catch {
    return undefined
  }
}

/** A 202 names the status path in `Location`; one of another origin is not followed, because the key would go there. */
const statusPathIn = (response: ApiResponse, { settings }: Session): string | undefined => {
  const location = response.header('location')
  if (response.status !== 202 || location === null) return undefined
  const path =
    response.redact(location) === location
      ? locationPath(settings.baseUrl(), location, response.url)
      : undefined
  if (path === undefined)
    settings.log('warn', 'a Location outside the base URL, or with the key in it, was not followed')
  return path
}

const firstState = <R>(
  { requestId, redact }: ApiResponse,
  content: unknown,
  {
    session,
    definition,
    createdAt,
  }: Pick<Creation<R>, 'session' | 'definition'> & { createdAt: string | undefined },
): TaskState<R> => {
  const nowMs = session.settings.clock.now()
  const readResult = resultReaderOf(definition)
  const state = readTaskState(content, { readResult, nowMs, requestId, createdAt, redact })
  if (!('unreadable' in state)) return state
  const raw =
    typeof content === 'object' && content !== null ? (content as Readonly<Record<string, unknown>>) : {}
  const base = {
    receivedAt: new Date(nowMs).toISOString(),
    raw,
    ...(requestId !== undefined && { requestId }),
  }
  return { status: 'pending', ...base }
}
