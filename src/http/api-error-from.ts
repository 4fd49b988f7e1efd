import { ApiError, type ApiErrorInit } from '../errors/api-error'
import { AuthenticationError } from '../errors/authentication-error'
import { BadRequestError } from '../errors/bad-request-error'
import { ConflictError } from '../errors/conflict-error'
import { InsufficientCreditsError } from '../errors/insufficient-credits-error'
import { NotFoundError } from '../errors/not-found-error'
import { PermissionDeniedError } from '../errors/permission-denied-error'
import { RateLimitError } from '../errors/rate-limit-error'
import { ServerError } from '../errors/server-error'
import { own, ownText } from '../platform/own'
import type { Answer } from './answer'
import { cleanJson, sanitizeMessage } from './redact'

type ErrorAnswer = Pick<Answer, 'status' | 'text' | 'redact' | 'requestId' | 'retryAfterMs'>

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
  401: 'the service did not accept the API key; check apiKey or RUNAPI_API_KEY',
  402: 'the account has not enough credits',
  403: 'the API key may not do this',
  404: 'the service knows no such task or path',
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

/** Builds the error of an answer that is no success. */
export const apiErrorFrom = ({ status, text, redact, requestId, retryAfterMs }: ErrorAnswer): ApiError => {
  const body = readJson(text, redact) ?? redact(text)
  const said = isRedirect(status) ? undefined : typeof body === 'string' ? plainText(body) : messageIn(body)
  const words = wordsFor(status)
  const wayOut = status === 402 ? '; runapi.account.balance() shows what is left' : ''
  const message = `${status}: ${said === undefined ? words : sanitizeMessage(said)}${wayOut}`
  const serviceCode = ownText(own(body, 'error'), 'code') ?? ownText(body, 'code')
  const Class = CLASS_OF[status] ?? (status >= 500 && status <= 599 ? ServerError : ApiError)
  return new Class(message, {
    status,
    requestId,
    retryAfterMs,
    serviceCode: serviceCode && sanitizeMessage(serviceCode),
    fieldErrors: fieldErrorsIn(body),
    body,
  })
}

// What a redirect says about itself is a proxy's boilerplate.
const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status <= 399)

const wordsFor = (status: number): string => {
  const words = WORDS[status]
  if (words !== undefined) return words
  if (isRedirect(status)) return WORDS[0] as string
  return status >= 500 ? 'the service failed' : 'the service refused the request'
}

// Redacted after it was parsed: JSON has many spellings of one text.
const readJson = (text: string, redact: (text: string) => string): unknown => {
  try {
    return cleanJson(JSON.parse(text), redact)
  } catch {
    return undefined
  }
}

// A proxy's HTML page says nothing to a reader of a log.
const plainText = (text: string): string | undefined =>
  text.trim() === '' || /<[a-z!/]/i.test(text) ? undefined : text

const messageIn = (body: unknown): string | undefined => {
  const errors = own(body, 'errors')
  const [first] = Array.isArray(errors) ? errors : []
  const said =
    ownText(own(body, 'error'), 'message') ??
    ownText(body, 'error') ??
    ownText(body, 'message') ??
    ownText(body, 'detail') ??
    ownText(body, 'errorMessage') ??
    ownText(body, 'msg') ??
    (typeof first === 'string' ? first : ownText(first, 'message'))
  return said === undefined ? undefined : plainText(said)
}

// They are printed with the error.
const MOST_FIELDS = 50

const fieldErrorsIn = (body: unknown): Record<string, string[]> | undefined => {
  const errors = own(body, 'errors')
  if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return undefined
  const fields = Object.entries(errors)
    .slice(0, MOST_FIELDS)
    .map(([field, said]) => {
      const sentences = (Array.isArray(said) ? said : [said]).filter((each) => typeof each === 'string')
      return [sanitizeMessage(field), sentences.slice(0, MOST_FIELDS).map(sanitizeMessage)] as const
    })
  return Object.fromEntries(fields)
}
