const DAYS = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAYS = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`

// The three forms of an HTTP date, RFC 9110 section 5.6.7.
const DATE_FORMS = [
  new RegExp(String.raw`^${DAYS}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(String.raw`^${LONG_DAYS}, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT$`),
  new RegExp(String.raw`^${DAYS} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
]

/**
 * How many milliseconds a `Retry-After` asks to wait: whole seconds, or one of the three HTTP date forms. A date in
 * the past is 0; anything else is `undefined`, since an unreadable header is not an instruction.
 */
export const parseRetryAfter = (value: string | null | undefined, nowMs: number): number | undefined => {
  const text = value?.trim()
  if (!text) return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER)
  for (const form of DATE_FORMS) {
    const fields = form.exec(text)?.groups
    const dateMs = fields && dateOf(fields, nowMs)
    if (dateMs !== undefined) return Math.max(0, dateMs - nowMs)
  }
  return undefined
}

const dateOf = (fields: Record<string, string>, nowMs: number): number | undefined => {
  const month = MONTHS.indexOf(fields.month ?? '')
  const [day, hour, minute, second] = [fields.day, fields.hour, fields.minute, fields.second].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const year = fields.year?.length === 2 ? fullYear(Number(fields.year), nowMs) : Number(fields.year)
  // RFC 9110 allows the 60th second, for leap seconds.
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const dateMs = Date.UTC(year, month, day, hour, minute, second)
  const sameDay = new Date(Date.UTC(year, month, day)).getUTCDate() === day
  return sameDay ? dateMs : undefined
}

// RFC 9110: two digits that would lie more than 50 years in the future mean the century before.
const fullYear = (twoDigits: number, nowMs: number): number => {
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}
