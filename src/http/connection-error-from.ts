import { ConfigurationError } from '../errors/configuration-error'
import { ConnectionError } from '../errors/connection-error'
import type { RunApiError } from '../errors/run-api-error'
import { sanitizeMessage } from '../platform/sanitize'
import { fieldOf, redact, safeCause } from './redact'

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
  // undici refused the request, or the way to the proxy failed.
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_PRX_TLS',
  'ERR_PROXY_TUNNEL',
  // Bun
  'ConnectionRefused',
  'FailedToOpenSocket',
])
// Deno gives no codes, and fetch none for the ports it blocks.
const NEVER_SENT_MESSAGE = /client error \(Connect\)|^bad port$/
// By system call; or, if a TLS handshake broke off, in Node's words alone: the code is that of any reset.
const BEFORE_SENDING = /^(?:connect$|getaddrinfo$|Client network socket disconnected before secure TLS)/

// OpenSSL's names, as Node and Bun give them. Never matched in a message that has a code: a host may be called anything.
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|(?:HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$)/
const CERTIFICATE_MESSAGE = /invalid peer certificate/

/** The facts about a request that got no answer. */
interface LostRequest {
  error: RunApiError
  /** Whether the service may have received it. */
  possiblyReceived: boolean
}

export const connectionErrorFrom = (
  thrown: unknown,
  where: string,
  secrets: readonly string[],
): LostRequest => {
  const misconfigured = textOf(thrown, 'misconfigured')
  if (misconfigured !== '') return { error: new ConfigurationError(misconfigured), possiblyReceived: false }
  const proxy = textOf(thrown, 'proxy')
  const toldNeverSent = fieldOf(thrown, 'neverSent') === true
  const causes = causesOf(thrown)
  const isCertificate = causes.some(isOfCertificate)
  const neverSent = toldNeverSent || isCertificate || causes.every(isBeforeSending)
  const code = causes.map((cause) => textOf(cause, 'code')).find((each) => each !== '')
  const detail = code === undefined ? '' : ` (${sanitizeMessage(redact(code, secrets))})`
  const by = proxy === '' ? where : `${where} through the proxy ${proxy}`
  const check = proxy === '' ? '' : `${textOf(thrown, 'proxyVariable')}, `
  const message = isCertificate
    ? `the certificate of ${by} is not valid${detail}; check ${check}baseUrl, the system clock and NODE_EXTRA_CA_CERTS`
    : neverSent && proxy !== ''
      ? `no connection through the proxy ${proxy}${detail}; check ${check}NO_PROXY and the network`
      : `no answer from ${by}${detail}; check ${check}the network and baseUrl`
  const isWrapped = toldNeverSent || proxy !== ''
  const cause = safeCause(isWrapped ? fieldOf(thrown, 'cause') : thrown, secrets)
  return {
    error: new ConnectionError(message, { cause, retryable: !isCertificate }),
    possiblyReceived: !neverSent,
  }
}

const isOfCertificate = (cause: unknown): boolean => {
  const code = textOf(cause, 'code')
  return code === '' ? CERTIFICATE_MESSAGE.test(textOf(cause, 'message')) : CERTIFICATE.test(code)
}

const isBeforeSending = (cause: unknown): boolean => {
  const code = textOf(cause, 'code')
  const message = textOf(cause, 'message')
  if (code === '') return NEVER_SENT_MESSAGE.test(message)
  return NEVER_SENT.has(code) || BEFORE_SENDING.test(textOf(cause, 'syscall') || message)
}

const MAX_ERRORS = 100

/** The errors at the bottom: happy eyeballs reports one an address, inside an AggregateError. */
const causesOf = (thrown: unknown): unknown[] => {
  const all = new Set([thrown])
  const bottom: unknown[] = []
  // A set that grows is walked to its new end, and an error that is its own cause comes once.
  for (const each of all) {
    const inner = innerOf(each)
    for (const cause of inner) if (all.size < MAX_ERRORS) all.add(cause)
    if (inner.length === 0) bottom.push(each)
  }
  return bottom.length > 0 ? bottom : [thrown]
}

const innerOf = (error: unknown): unknown[] => {
  const cause = fieldOf(error, 'cause')
  const errors = fieldOf(error, 'errors')
  return [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])]
}

const textOf = (error: unknown, name: string): string => {
  const value = fieldOf(error, name)
  return typeof value === 'string' ? value : ''
}
