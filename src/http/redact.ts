import { MASK, withoutUrlQueries } from '../platform/sanitize'

const MIN_SECRET = 4
const MAX_CAUSES = 5

/** The text without the given secrets, even if they are escaped as in JSON and URLs. */
export const redact = (text: string, secrets: readonly string[]): string => redactorOf(secrets)(text)

/** Removes the given secrets from texts, of which one answer may contain millions. */
export const redactorOf = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.filter(({ length }) => length >= MIN_SECRET).flatMap(formsOf))]
  const shortest = Math.min(...forms.map(({ length }) => length))
  return (text) => {
    if (text.length < shortest) return text
    let safe = text
    for (const form of forms) if (safe.includes(form)) safe = safe.split(form).join(MASK)
    return safe
  }
}

const formsOf = (secret: string): string[] => {
  const json = JSON.stringify(secret).slice(1, -1)
  return [secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret)]
}

/** Passes every text in parsed JSON through `redactText`, names included. Changes the value in place and returns it. */
export const redactJson = (value: unknown, redactText: (text: string) => string): unknown => {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  const holder = value as Record<string, unknown>
  for (const name of Object.keys(holder)) {
    const safeName = Array.isArray(value) ? name : redactText(name)
    const safe = redactJson(holder[name], redactText)
    if (safeName !== name) delete holder[name]
    if (safeName !== name || safe !== holder[name]) define(holder, safeName, safe)
  }
  return value
}

/** Not by `=`: a name may be `__proto__`, and the prototype may be frozen. */
const define = (holder: object, name: string, value: unknown): void => {
  Object.defineProperty(holder, name, { value, configurable: true, enumerable: true, writable: true })
}

/**
 * A copy of an error from below (fetch, undici, the system) that is safe to attach as `cause`: name, message, code and
 * causes, without secrets. The original is not kept, because runtimes put header values and URLs into such errors.
 */
export const safeCause = (error: unknown, secrets: readonly string[], depth = 0): unknown => {
  const safeText = (text: string): string => withoutUrlQueries(redact(text, secrets))
  if (typeof error === 'string') return safeText(error)
  if (typeof error !== 'object' || error === null) return undefined
  const textOf = (name: string): string | undefined => {
    const value = fieldOf(error, name)
    return typeof value === 'string' ? safeText(value) : undefined
  }
  const inner = depth >= MAX_CAUSES ? undefined : safeCause(fieldOf(error, 'cause'), secrets, depth + 1)
  const copy = new Error(textOf('message') ?? '', inner === undefined ? undefined : { cause: inner })
  define(copy, 'name', textOf('name') ?? 'Error')
  const code = textOf('code')
  return code === undefined ? copy : Object.assign(copy, { code })
}

/** A field of a thrown value, which may be anything: a value without fields, or one whose getters throw. */
export const fieldOf = (thrown: unknown, name: string): unknown => {
  try {
    return (thrown as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}
