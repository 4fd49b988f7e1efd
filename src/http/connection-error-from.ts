import { ConnectionError } from '../errors/connection-error'
import { safeCause } from './redact'

// The connection was never made, so nothing of the request can have arrived.
const NEVER_SENT = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectionRefused',
])

const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|certificate|UnknownIssuer|NotValidForName/i

/** What is known of a request that got no answer. */
export interface LostRequest {
  error: ConnectionError
  /** Whether the service may have received it. */
  mayHaveArrived: boolean
}

export const connectionErrorFrom = (
  thrown: unknown,
  where: string,
  secrets: readonly string[],
): LostRequest => {
  const codes = codesIn(thrown)
  const isCertificate = codes.some((code) => CERTIFICATE.test(code)) || CERTIFICATE.test(messagesIn(thrown))
  const neverSent = isCertificate || (codes.length > 0 && codes.every((code) => NEVER_SENT.has(code)))
  const [code] = codes
  const detail = code === undefined ? '' : ` (${code})`
  const message = isCertificate
    ? `the certificate of ${where} is not valid${detail}; check baseUrl, the system clock and NODE_EXTRA_CA_CERTS`
    : `no answer from ${where}${detail}; check the network and baseUrl`
  const cause = safeCause(thrown, secrets)
  return {
    error: new ConnectionError(message, { cause, retryable: !isCertificate }),
    mayHaveArrived: !neverSent,
  }
}

// Happy eyeballs reports one error an address, inside an AggregateError.
const nested = (error: unknown): unknown[] => {
  const { cause, errors } = (error ?? {}) as { cause?: unknown; errors?: unknown }
  return [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])]
}

const walk = (error: unknown, depth = 0): unknown[] =>
  depth > 5 ? [] : [error, ...nested(error).flatMap((inner) => walk(inner, depth + 1))]

const codesIn = (error: unknown): string[] =>
  walk(error).flatMap((each) => {
    const code = (each as { code?: unknown } | null | undefined)?.code
    return typeof code === 'string' ? [code] : []
  })

const messagesIn = (error: unknown): string =>
  walk(error)
    .map((each) => (each instanceof Error ? each.message : ''))
    .join('\n')
