const LONGEST = 100

/**
 * What was given, for an error text: at most 100 characters, and of an object only that it is one. Signed URLs are
 * secrets, and a refused value may be a misspelt one, so every text loses all that could be a query, a hash or a login.
 */
export const received = (value: unknown): string => {
  if (typeof value === 'string') return quoted(withoutSecrets(value))
  if (typeof value === 'object' && value !== null) return isArray(value) ? 'an array' : 'an object'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  return String(value).slice(0, LONGEST)
}

/** A text with the query, hash and login of each URL in it left out. */
export const withoutUrlSecrets = (text: string): string => text.replace(/\w:\/\/\S+/g, withoutSecrets)

const withoutSecrets = (text: string): string => {
  const end = text.search(/[?#&]|%(?:3f|23|26)/i)
  const kept = end < 0 ? text : `${text.slice(0, end)}?…`
  return kept.replace(/^(\w+:\/\/)?.*(?:@|%40)/is, '$1…@')
}

// Throws on a revoked proxy, and a refusal must not fail on what it refuses.
const isArray = (value: object): boolean => {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

const quoted = (text: string): string => {
  // The text may be megabytes, and quoting never makes it shorter.
  const start = text.slice(0, LONGEST)
  const whole = JSON.stringify(start)
  if (whole.length <= LONGEST) return whole
  // By whole characters: half an escape or half a surrogate pair would be garbage.
  const characters = [...start].map((character) => JSON.stringify(character).slice(1, -1))
  while (characters.join('').length > LONGEST - 3) characters.pop()
  return `"${characters.join('')}…"`
}
