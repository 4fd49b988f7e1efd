import type { TaskRef } from '../contract/task-ref'
import { ConfigurationError } from '../errors/configuration-error'
import { locationPath, pathSegment } from '../http/url'
import { own } from '../platform/own'
import { type BaseUrl, sameBase } from '../settings/base-url'
import { checkToken } from '../settings/checks'

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
    // Trimmed, because editors and shells put a byte order mark before the text.
    return JSON.parse(text.trim())
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
