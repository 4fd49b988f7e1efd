import { refusals } from './answers'
import type { EmulatorState } from './emulator-state'
import type { RequestRecord } from './records'

/** One request on its way through the emulator. */
export interface Exchange {
  readonly record: RequestRecord
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** The account of the key that came with it. */
  readonly account: string
  /** The values of `:name` in the route's path. */
  readonly params: Readonly<Record<string, string>>
  /** The base URL of files in this request's answer, without a slash at the end. */
  readonly filesUrl: string
  readonly signal: AbortSignal | undefined
}

/** Something that the service answers. A new one is one more entry in `routes/index.ts`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** From `/api/v1/` on, or the path of a file; `:name` stands for one segment. */
  readonly path: string
  /** Whether it needs no key. */
  readonly open?: boolean
  readonly answer: (exchange: Exchange, state: EmulatorState) => Response | Promise<Response>
}

/** The values of `:name`, if the path fits the pattern. */
export const matchPath = (pattern: string, path: string): Record<string, string> | undefined => {
  const expected = pattern.split('/')
  const actual = path.split('/')
  if (expected.length !== actual.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of expected.entries()) {
    const given = decode(actual[index] ?? '')
    if (given === undefined) return undefined
    if (part.startsWith(':') && given !== '') params[part.slice(1)] = given
    else if (part !== given) return undefined
  }
  return params
}

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** Whether an optional header's value is 1 to 512 printable ASCII characters. */
export const isPrintable = (value: string | null): boolean =>
  value === null || /^[\x20-\x7e]{1,512}$/.test(value)

/** The JSON object of the body, or the refusal. */
export const readJsonObject = ({ bytes, headers }: Exchange): Record<string, unknown> | Response => {
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') return refusals.mediaType()
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : refusals.malformedJson()
  } catch {
    return refusals.malformedJson()
  }
}
