const MASK = '[redacted]'
const SHORTEST_SECRET = 4
const DEEPEST_CAUSE = 5

/** The text without the given secrets. */
export const redact = (text: string, secrets: readonly string[]): string => {
  let safe = text
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) safe = safe.split(secret).join(MASK)
  }
  return safe
}

/** The text with the user info, query and fragment of every URL in it removed: a signed URL's query is a secret. */
export const withoutUrlQueries = (text: string): string =>
  text
    .replace(/(\b[a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>@]*@/gi, '$1')
    .replace(/(\b[a-z][a-z\d+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, `$1?${MASK}`)

/**
 * A copy of an error from below (fetch, undici, the system) that is safe to attach as `cause`: name, message, code and
 * causes, without secrets. The original is not kept, because runtimes put header values and URLs into such errors.
 */
export const safeCause = (error: unknown, secrets: readonly string[], depth = 0): unknown => {
  const clean = (text: string): string => withoutUrlQueries(redact(text, secrets))
  if (typeof error === 'string') return clean(error)
  if (typeof error !== 'object' || error === null) return undefined
  const { name, message, code, cause } = error as {
    name?: unknown
    message?: unknown
    code?: unknown
    cause?: unknown
  }
  const inner =
    cause === undefined || depth >= DEEPEST_CAUSE ? undefined : safeCause(cause, secrets, depth + 1)
  const copy = new Error(clean(String(message ?? '')), inner === undefined ? undefined : { cause: inner })
  if (typeof name === 'string') copy.name = name
  if (typeof code === 'string') Object.assign(copy, { code })
  return copy
}
