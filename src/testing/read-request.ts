import { refusals } from './answers'
import type { Exchange } from './route'

/** Whether an optional header's value is 1 to 512 printable ASCII characters. */
export const isPrintable = (value: string | null): boolean =>
  value === null || /^[\x20-\x7e]{1,512}$/.test(value)

/** The JSON object that came, or the refusal. */
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
