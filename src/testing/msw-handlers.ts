/** The part of MSW's `http` that is used; fits versions 2 and 3. */
export interface MswHttp<Handler> {
  /** Makes a handler of every method, as MSW's `http.all`. */
  all(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler
}

/** Handlers that give MSW's requests to the API and to its files to `fetch`. */
export const mswHandlers = <Handler>(http: MswHttp<Handler>, fetch: typeof globalThis.fetch): Handler[] => {
  const resolver = async ({ request }: { request: Request }): Promise<Response> => {
    try {
      return await fetch(request)
    } catch {
      // MSW answers a resolver that throws with a 500; this is its word for a broken connection.
      return Response.error()
    }
  }
  return ['*/api/v1/*', 'https://tempfile.runapi.ai/*'].map((path) => http.all(path, resolver))
}
