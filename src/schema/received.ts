const MAX_LENGTH = 100

/**
 * The received value, for an error text: at most 100 characters, and of an object only what kind it is. Signed URLs are
 * secrets, and a refused value may be a misspelt one, so every text loses all that could be a query, a hash or a login.
 */
export const received = (value: unknown): string => {
  if (typeof value === 'string') return quoted(withoutSecrets(value))
  if (typeof value === 'object' && value !== null) {
    const kind = kindOf(value)
    if (kind === 'Array') return 'an array'
    return KNOWN_KINDS.has(kind) ? `a ${kind}` : 'an object'
  }
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  return String(value).slice(0, MAX_LENGTH)
}

const KNOWN_KINDS = new Set(['Blob', 'File', 'Promise', 'ReadableStream', 'Uint8Array', 'URL'])

/** The name of a platform's kind of object, in any realm; `''` for a value that cannot be inspected, such as a revoked proxy. */
export const kindOf = (value: unknown): string => {
  try {
    return Object.prototype.toString.call(value).slice(8, -1)
  } catch {
    return ''
  }
}

// Of a whole value that was refused, so it is stricter than `withoutUrlQueries`, which cleans sentences.
const withoutSecrets = (text: string): string => {
  const end = text.search(/[?#&]|%(?:3f|23|26)/i)
  const kept = end < 0 ? text : `${text.slice(0, end)}?…`
  return kept.replace(/^(\w+:\/\/)?.*(?:@|%40)/is, '$1…@')
}

const quoted = (text: string): string => {
  // The text may be megabytes, and quoting never makes it shorter.
  const start = text.slice(0, MAX_LENGTH)
  const whole = JSON.stringify(start)
  if (whole.length <= MAX_LENGTH) return whole
  // By whole characters: half an escape or half a surrogate pair would be garbage.
  const characters = [...start].map((character) => JSON.stringify(character).slice(1, -1))
  while (characters.join('').length > MAX_LENGTH - 3) characters.pop()
  return `"${characters.join('')}…"`
}
