const MASK = '[redacted]'
const SHORTEST_SECRET = 4
const DEEPEST_CAUSE = 5

/** The text without the given secrets, also where it spells them as JSON and URLs do. */
export const redact = (text: string, secrets: readonly string[]): string => {
  let safe = text
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue
    for (const form of formsOf(secret)) safe = safe.split(form).join(MASK)
  }
  return safe
}

const formsOf = (secret: string): Set<string> => {
  const json = JSON.stringify(secret).slice(1, -1)
  return new Set([secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret)])
}

/** Parsed JSON with every text in it, names included, passed through `clean`. */
export const cleanJson = (value: unknown, clean: (text: string) => string): unknown => {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((each) => cleanJson(each, clean))
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, each]) => [clean(name), cleanJson(each, clean)])
  return Object.fromEntries(fields)
}

/**
 * The text with the user info, query and fragment of every URL in it removed, a URL's without its scheme and a
 * percent-encoded one's too: a signed URL's query is a secret.
 */
export const withoutUrlQueries = (text: string): string =>
  text
    .replace(/(\b[a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>@]*@/gi, '$1')
    .replace(/(\b[a-z][a-z\d+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, `$1?${MASK}`)
    .replace(/([^\s?"'<>])(?:\?|%3f)[^\s?"'<>]*\w[^\s"'<>]*/gi, `$1?${MASK}`)

const LONGEST_LINE = 300
// Bounds the work on a hostile megabyte; generous, since removing URL queries shortens.
const LONGEST_READ = 4_096

/** What the service said, fit for an error message: one line, 300 characters at most, no signed URL. */
export const sanitizeMessage = (text: string): string => {
  const line = withoutUrlQueries(text.slice(0, LONGEST_READ))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line
}

/**
 * A copy of an error from below (fetch, undici, the system) that is safe to attach as `cause`: name, message, code and
 * causes, without secrets. The original is not kept, because runtimes put header values and URLs into such errors.
 */
export const safeCause = (error: unknown, secrets: readonly string[], depth = 0): unknown => {
  const clean = (text: string): string => withoutUrlQueries(redact(text, secrets))
  if (typeof error === 'string') return clean(error)
  if (typeof error !== 'object' || error === null) return undefined
  const textOf = (name: string): string | undefined => {
    const value = fieldOf(error, name)
    return typeof value === 'string' ? clean(value) : undefined
  }
  const inner = depth >= DEEPEST_CAUSE ? undefined : safeCause(fieldOf(error, 'cause'), secrets, depth + 1)
  const copy = new Error(textOf('message') ?? '', inner === undefined ? undefined : { cause: inner })
  copy.name = textOf('name') ?? 'Error'
  const code = textOf('code')
  return code === undefined ? copy : Object.assign(copy, { code })
}

/** A field of what was thrown, which may be anything: a value without fields, or one whose getters throw. */
export const fieldOf = (thrown: unknown, name: string): unknown => {
  try {
    return (thrown as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}
