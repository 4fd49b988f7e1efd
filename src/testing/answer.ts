import { refusals } from './answers'
import type { EmulatorOptions } from './emulator-options'
import type { EmulatorState } from './emulator-state'
import { apiPathOf, recordRequest } from './records'
import { matchPath, type Route } from './route'
import { routesOf } from './routes'
import { withFault } from './with-fault'

/** A request, however it arrived. */
export interface Arrival {
  readonly request: Request
  readonly signal: AbortSignal | undefined
  /** The base URL of files in the answer, without a slash at the end. */
  readonly filesUrl: string
}

/** Answers one request. Rejects if the connection breaks, or with the signal's reason. */
export const answer = async (arrival: Arrival, state: EmulatorState): Promise<Response> => {
  const { request, signal } = arrival
  const { options, time, requests, random } = state
  const bytes = new Uint8Array(await request.arrayBuffer())
  const account = accountOf(request.headers, options.apiKey)
  const record = recordRequest(request, { bytes, authorized: account !== undefined, atMs: time.now() })
  const index = requests.push(record) - 1
  const fault = options.fault?.({ request: record, index, random })

  const response = await withFault(fault, state, signal, async () => {
    const path = apiPathOf(new URL(request.url).pathname)
    const found = findRoute(routesOf(state), request.method, path)
    if (found === undefined) return refusals.notFound()
    if (account === undefined && !found.route.open) return refusals.unauthorized()
    const exchange = {
      ...arrival,
      record,
      headers: request.headers,
      bytes,
      account: account ?? '',
      params: found.params,
    }
    return found.route.answer(exchange, state)
  })
  if (options.latencyMs !== undefined) await time.sleep(options.latencyMs, signal)

  response.headers.set('x-request-id', state.generateId('req'))
  const clientRequestId = request.headers.get('x-client-request-id')
  if (clientRequestId !== null) response.headers.set('x-client-request-id', clientRequestId)
  record.status = response.status
  // Only an answer that nothing has struck: a broken or replaced one is another object, or none.
  const ended = state.outcomeAnswers.get(response)
  if (ended && !signal?.aborted) ended.outcomeObserved = true
  return response
}

const findRoute = (
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined => {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, path) : undefined
    if (params) return { route, params }
  }
  return undefined
}

/** The account that a request's key belongs to; `undefined` if the key is missing or wrong. */
const accountOf = (headers: Headers, apiKey: EmulatorOptions['apiKey']): string | undefined => {
  const key = /^Bearer +(\S.*)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (key === undefined) return undefined
  // Any key is the same account then, so that keys may rotate; the key itself is kept nowhere.
  if (apiKey === undefined) return 'account_1'
  const place = [apiKey].flat().indexOf(key)
  return place === -1 ? undefined : `account_${place + 1}`
}
