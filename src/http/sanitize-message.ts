import { withoutUrlQueries } from './redact'

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
