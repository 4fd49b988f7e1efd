import { ApiError, type ApiErrorInit } from '../errors/api-error'
import { AuthenticationError } from '../errors/authentication-error'
import { BadRequestError } from '../errors/bad-request-error'
import { ConflictError } from '../errors/conflict-error'
import { InsufficientCreditsError } from '../errors/insufficient-credits-error'
import { NotFoundError } from '../errors/not-found-error'
import { PermissionDeniedError } from '../errors/permission-denied-error'
import { RateLimitError } from '../errors/rate-limit-error'
import { ServerError } from '../errors/server-error'
import { leavesOutcomeOpen } from '../errors/status'
import { own, ownText } from '../platform/own'
import { isMarkup, sanitizeMessage } from '../platform/sanitize'
import type { ApiResponse } from './context'
import { redactJson } from './redact'

type ErrorResponse = Pick<ApiResponse, 'status' | 'text' | 'redact' | 'requestId' | 'retryAfterMs'>

type ApiErrorClass = new (message: string, init: ApiErrorInit) => ApiError

const CLASS_OF: Readonly<Record<number, ApiErrorClass>> = {
  400: BadRequestError,
  401: AuthenticationError,
  402: InsufficientCreditsError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: BadRequestError,
  429: RateLimitError,
  455: ServerError,
}

const WORDS: Readonly<Record<number, string>> = {
  0: 'the service redirected, which an API answer never does; check baseUrl',
  400: 'the service refused the parameters',
  401: 'the service did not accept the API key',
  402: 'the account does not have enough credits',
  403: 'the API key may not do this',
  404: 'the service does not know this path',
  408: 'the service did not receive the request in time',
  409: 'the idempotency key was used with other parameters, or the state does not allow this',
  413: 'the request is too large for the service',
  415: 'the service does not take this media type',
  422: 'the service refused the parameters',
  429: 'too many requests',
  455: 'the service is unavailable for now',
  500: 'the service failed',
  502: 'the service could not be reached by its gateway',
  503: 'the service is unavailable for now',
  504: 'the service did not answer its gateway in time',
}

interface ErrorContext {
  /** The source of the request's key, in words; `undefined` if none was sent. */
  keyFrom?: string | undefined
  /** Advice for the caller, if the request knows more than its status says. */
  advice?: string | undefined
}

/** Builds the error of an answer that is not a success: the cause, in the service's words if it sent any, and what to do. */
export const apiErrorFrom = (response: ErrorResponse, { keyFrom, advice }: ErrorContext = {}): ApiError => {
  const { status, text, redact, requestId, retryAfterMs } = response
  const body = readJson(text, redact) ?? redact(text)
  const isPage = typeof body === 'string' && isMarkup(body)
  const words = isRedirect(status) ? undefined : typeof body === 'string' ? plainText(body) : messageIn(body)
  const cause = words === undefined ? ownWords(status, isPage) : sanitizeMessage(words)
  const whatToDo = advice ?? generalAdvice(response, isPage ? undefined : { keyFrom })
  const serviceCode = ownText(own(body, 'error'), 'code') ?? ownText(body, 'code')
  const Class = CLASS_OF[status] ?? (status >= 500 && status <= 599 ? ServerError : ApiError)
  const message = whatToDo === undefined ? cause : `${cause.replace(/[.,;:]+$/, '')}; ${whatToDo}`
  return new Class(`${status}: ${message}`, {
    status,
    requestId,
    retryAfterMs,
    serviceCode: serviceCode && sanitizeMessage(serviceCode),
    fieldErrors: fieldErrorsIn(body),
    body,
  })
}

// The body of a redirect is a proxy's boilerplate.
const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status <= 399)

const ownWords = (status: number, isPage: boolean): string => {
  if (isRedirect(status)) return WORDS[0] as string
  // The service's own refusals are JSON, so the key must not be blamed for this one.
  if (isPage && status !== 429 && !leavesOutcomeOpen(status))
    return 'a web page came in place of an answer of the service; a proxy, a login page or a bot check may stand in between'
  return WORDS[status] ?? (status >= 500 ? 'the service failed' : 'the service refused the request')
}

/** The advice for every request with this status. `key` is absent if the answer says nothing about the key. */
const generalAdvice = (
  { status, retryAfterMs }: ErrorResponse,
  key: { keyFrom: string | undefined } | undefined,
): string | undefined => {
  switch (status) {
    case 401:
      if (key?.keyFrom === undefined)
        return key && 'no API key was sent: pass apiKey, or let the server behind baseUrl add it'
      return `the key came from ${key.keyFrom}: check at https://runapi.ai that it is complete and still valid`
    case 402:
      return 'runapi.account.balance() shows what is left'
    case 403:
      return key?.keyFrom === undefined
        ? undefined
        : `the key came from ${key.keyFrom}: ask the owner of its account for the permission`
    case 404:
      return 'check the path in baseUrl'
    case 429:
      return retryAfterMs === undefined
        ? 'call again later'
        : `call again in ${Math.ceil(retryAfterMs / 1_000)} s, which the service asks for`
    default:
      return undefined
  }
}

// Redacted after it was parsed: JSON has many spellings of one text.
const readJson = (text: string, redact: (text: string) => string): unknown => {
  try {
    return redactJson(JSON.parse(text), redact)
  } catch {
    return undefined
  }
}

const plainText = (text: string): string | undefined =>
  text.trim() === '' || isMarkup(text) ? undefined : text

const messageIn = (body: unknown): string | undefined => {
  const errors = own(body, 'errors')
  const [first] = Array.isArray(errors) ? errors : []
  const message =
    ownText(own(body, 'error'), 'message') ??
    ownText(body, 'error') ??
    ownText(body, 'message') ??
    ownText(body, 'detail') ??
    ownText(body, 'errorMessage') ??
    ownText(body, 'msg') ??
    (typeof first === 'string' ? first : ownText(first, 'message'))
  return message === undefined ? undefined : plainText(message)
}

// They are printed with the error.
const MAX_FIELDS = 50

const fieldErrorsIn = (body: unknown): Record<string, string[]> | undefined => {
  const errors = own(body, 'errors')
  if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return undefined
  const fields = Object.entries(errors)
    .slice(0, MAX_FIELDS)
    .map(([field, complaints]) => {
      const sentences = (Array.isArray(complaints) ? complaints : [complaints]).filter(
        (each) => typeof each === 'string',
      )
      return [sanitizeMessage(field), sentences.slice(0, MAX_FIELDS).map(sanitizeMessage)] as const
    })
  return Object.fromEntries(fields)
}
