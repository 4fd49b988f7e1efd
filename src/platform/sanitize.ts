export const MASK = '[redacted]'

/**
 * The text with the user info, query and fragment of every URL in it removed, a URL's without its scheme and a
 * percent-encoded one's too: a signed URL's query is a secret. Word by word, so that its time is linear in the length.
 */
export const withoutUrlQueries = (text: string): string => text.replace(/[^\s"'<>]+/g, withoutQuery)

const withoutQuery = (word: string): string => {
  if (!/[?#@&]|%(?:3f|23|26|40)/i.test(word)) return word
  const bare = word.replace(/:\/\/[^/?#]*(?:@|%40)/gi, '://')
  const scheme = bare.indexOf('://')
  const afterScheme = scheme === -1 ? -1 : bare.slice(scheme).search(/[?#&]/)
  if (afterScheme !== -1) return `${bare.slice(0, scheme + afterScheme)}?${MASK}`
  // The mark of a question has nothing before it, or no word after it.
  const mark = bare.slice(1).search(/\?|%3f|(?:[#&]|%23|%26)[\w.-]+(?:=|%3d)/i)
  if (mark === -1) return bare
  const query = bare.slice(mark + 1).replace(/^(?:\?|%3f)/i, '')
  return /\w/.test(query) ? `${bare.slice(0, mark + 1)}?${MASK}` : bare
}

const MAX_LINE = 300
// Bounds the work on a hostile megabyte; generous, since removing URL queries and blanks shortens.
const MAX_READ = 4_096

/** The text in one line of at most 300 characters. */
export const toOneLine = (text: string): string => {
  const line = text
    .slice(0, MAX_READ)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  // Half of a surrogate pair would be garbage.
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1).replace(/[\ud800-\udbff]$/, '')}…` : line
}

/** A text of another program, fit for an error message: one line, 300 characters at most, no signed URL. */
export const sanitizeMessage = (text: string): string =>
  /^[\w.:-]{0,300}$/.test(text) ? text : toOneLine(withoutUrlQueries(text.slice(0, MAX_READ)))

/** Whether the text is HTML or XML: a proxy's page says nothing to the reader of a log. */
export const isMarkup = (text: string): boolean => /<[a-z!/]/i.test(text.slice(0, MAX_READ))
