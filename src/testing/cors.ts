/** What a page of another origin may send to the emulator and read of its answers. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-request-id, retry-after, location, x-runapi-task-id, etag',
}

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-client-request-id',
  'access-control-max-age': '600',
}

/** Lets a page of any origin read this answer. */
export const openToPages = (response: Response): Response => {
  for (const [name, value] of Object.entries(CORS_HEADERS)) response.headers.set(name, value)
  return response
}

/** The answer to a browser's question ahead of a request; `undefined` for other requests. */
export const preflightAnswer = (method: string | undefined): Response | undefined =>
  method === 'OPTIONS'
    ? openToPages(new Response(null, { status: 204, headers: PREFLIGHT_HEADERS }))
    : undefined
