/** An answer of the service. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

/** The service's refusals, in the body shapes that the vendor's sources show. */
export const refusals = {
  malformedJson: () => json({ error: 'Malformed JSON' }, 400),
  badHeader: (name: string) => json({ error: `${name} must be 1 to 512 printable ASCII characters` }, 400),
  unauthorized: () => json({ error: 'Invalid API key' }, 401),
  noCredits: () => json({ message: 'No credits' }, 402),
  notFound: () => json({ error: 'Not found' }, 404),
  keyConflict: () => json({ error: 'Idempotency key was used with other input' }, 409),
  mediaType: () => json({ error: 'Content-Type must be application/json' }, 415),
  invalid: (errors: FieldErrors) => json({ error: `Validation failed: ${sentence(errors)}`, errors }, 400),
}

/** The rules that were broken, by field; `base` for what belongs to no field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>

// Agents that use the vendor's MCP server see nothing of an answer but the text of `error`.
const sentence = (errors: FieldErrors): string =>
  Object.entries(errors)
    .flatMap(([field, rules]) => rules.map((rule) => (field === 'base' ? rule : `${field}: ${rule}`)))
    .join('; ')

const WORDS: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Invalid API key',
  402: 'No credits',
  403: 'Forbidden',
  404: 'Not found',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Payload too large',
  415: 'Unsupported media type',
  422: 'Validation failed',
  429: 'Too many requests',
  455: 'Service unavailable',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway timeout',
}

/** The service's message for a status if a script has no body. */
export const wordsFor = (status: number): string => WORDS[status] ?? `Status ${status}`

/** What a connection that breaks looks like to a caller of `fetch`. */
export const connectionReset = (): TypeError =>
  new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  })
