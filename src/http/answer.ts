import { MalformedResponseError } from '../errors/malformed-response-error'
import { sanitizeMessage } from './redact'

/** An answer whose status is a success, body read to its end. */
export interface Answer {
  readonly status: number
  /** The address that answered. */
  readonly url: string
  /** The body as text, as it came. */
  readonly text: string
  /** A text of the service without the secrets that the request carried: it may echo them. */
  redact(text: string): string
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
  /** A header's value; names in lower case. */
  header(name: string): string | null
}

const LONGEST_BODY = 4_096

/** The error of an answer that cannot be used, and why. */
export const malformed = (
  answer: Pick<Answer, 'status' | 'text' | 'redact' | 'requestId' | 'header'>,
  why: string,
): MalformedResponseError =>
  new MalformedResponseError(`the service answered ${answer.status} and ${why}; error.body holds what came`, {
    status: answer.status,
    contentType: sanitizeMessage(answer.redact(answer.header('content-type') ?? '')) || undefined,
    requestId: answer.requestId,
    // Redacted before it is cut: half a secret is not found any more.
    body: answer.redact(answer.text).slice(0, LONGEST_BODY),
  })

/** The body as JSON; throws a `MalformedResponseError`. */
export const jsonOf = (answer: Answer): unknown => {
  try {
    return JSON.parse(answer.text)
  } catch {
    throw malformed(answer, answer.text === '' ? 'the body is empty' : 'the body is no JSON')
  }
}

/** The body as a JSON object; throws a `MalformedResponseError`. */
export const objectOf = (answer: Answer): Record<string, unknown> => {
  const body = jsonOf(answer)
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>
  throw malformed(answer, 'the body is no JSON object')
}

/** The request id of what has one, for events. */
export const requestIdOf = ({
  requestId,
}: {
  readonly requestId?: string | undefined
}): { requestId?: string } => (requestId === undefined ? {} : { requestId })
