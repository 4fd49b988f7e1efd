import { checkToken } from '../checks'
import { ConfigurationError } from '../errors/configuration-error'
import { type BaseUrl, locationPath, pathSegment, sameBase } from '../http/url'
import { own } from '../own'

/**
 * A task as plain data, without any secret: store it, send it to another process, and revive it there with
 * `runapi.task(ref)`.
 */
export interface TaskRef {
  /** The version of this form. */
  v: 1
  /** The endpoint that made it, such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The service's id of the task. */
  id: string
  /** The model, where it is known. */
  model?: string
  /** The key of the create; absent for a handle that was made from a bare id. */
  idempotencyKey?: string
  /** When the create returned, as an ISO 8601 string. */
  createdAt?: string
  /** The service that knows the task. */
  baseUrl?: string
  /** Where the status is, for a service that named another place than the usual one. */
  statusPath?: string
}

const refuse = (field: string, rule: string): never => {
  throw new ConfigurationError(`task.${field}: ${rule}; pass what task.toJSON() gave, unchanged`)
}

/** Checks a ref from outside. Throws a `ConfigurationError` that names the field. */
export const parseTaskRef = (given: unknown, base: BaseUrl): TaskRef => {
  const ref = typeof given === 'string' ? parseJson(given) : given
  if (typeof ref !== 'object' || ref === null || Array.isArray(ref)) return refuse('ref', 'must be an object')
  if (own(ref, 'v') !== 1) return refuse('v', 'must be 1, the version that this release reads')
  const parsed: TaskRef = {
    v: 1,
    endpoint: checkEndpointName(own(ref, 'endpoint')),
    id: checkId(own(ref, 'id')),
  }
  const model = own(ref, 'model')
  if (model !== undefined) parsed.model = typeof model === 'string' ? model : refuse('model', 'must be text')
  const key = own(ref, 'idempotencyKey')
  if (key !== undefined) parsed.idempotencyKey = checkToken('task.idempotencyKey', key)
  const createdAt = own(ref, 'createdAt')
  if (createdAt !== undefined) parsed.createdAt = checkTime(createdAt)
  const baseUrl = own(ref, 'baseUrl')
  if (baseUrl !== undefined) parsed.baseUrl = checkBase(baseUrl, base)
  const statusPath = own(ref, 'statusPath')
  if (statusPath !== undefined) parsed.statusPath = checkStatusPath(statusPath, base)
  return parsed
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigurationError(
      "task: must be what task.toJSON() gave, or its JSON; for a bare id call runapi.task('luma.modifyVideo', id)",
    )
  }
}

const checkEndpointName = (name: unknown): string =>
  typeof name === 'string' && name !== ''
    ? name
    : refuse('endpoint', "must be a name such as 'luma.modifyVideo'")

/** Checks a task id; it becomes one segment of a URL. */
export const checkId = (id: unknown): string => {
  if (typeof id === 'string' && pathSegment(id) !== undefined) return id
  throw new ConfigurationError(
    'task.id: must be the id that the service gave: 1 to 512 characters, and not "." or ".."',
  )
}

const checkTime = (time: unknown): string => {
  const isIso =
    typeof time === 'string' && /^\d{4}-\d\d-\d\dT/.test(time) && Number.isFinite(Date.parse(time))
  return isIso ? time : refuse('createdAt', 'must be an ISO 8601 time')
}

const checkBase = (baseUrl: unknown, base: BaseUrl): string => {
  if (typeof baseUrl === 'string' && sameBase(base, baseUrl)) return baseUrl
  throw new ConfigurationError(
    `task.baseUrl: this task lives at another service than this client's ${base.href}; make a client with the ` +
      "task's baseUrl, or remove baseUrl from the ref if both are the same service",
  )
}

const checkStatusPath = (path: unknown, base: BaseUrl): string => {
  const checked =
    typeof path === 'string' && path.startsWith('/') && !path.startsWith('//')
      ? locationPath(base, base.prefix + path, base.href)
      : undefined
  return checked ?? refuse('statusPath', 'must be a path of the service')
}
