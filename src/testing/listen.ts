import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '../errors/configuration-error'
import { answer } from './answer'
import type { EmulatorState } from './emulator-state'

/** The address that the emulator listens on. */
export interface ListenOptions {
  /** @default a free port */
  port?: number | undefined
  /** An address of this machine; `'0.0.0.0'` for all of them, so that other containers reach it. @default '127.0.0.1' */
  host?: string | undefined
}

/** The emulator behind a socket. */
export interface EmulatorServer {
  /** The base URL for clients on this machine, such as `http://127.0.0.1:4010`. */
  readonly url: string
  /** The port that it listens on. */
  readonly port: number
  /** Stops it; requests without an answer end with a broken connection. */
  close(): Promise<void>
}

// Loopback bytes arrive within them.
const TURNS_OF_A_SOCKET = 8

/** Serves the emulator with Node's http server. */
export const listen = async (
  state: EmulatorState,
  { port = 0, host = '127.0.0.1' }: ListenOptions = {},
): Promise<EmulatorServer> => {
  // Asked for by name, so that no bundler looks for it where there is no Node; and Jest allows no import() here.
  const http = globalThis.process?.getBuiltinModule?.('node:http')
  if (!http) {
    throw new ConfigurationError(
      'emulator.listen: this runtime has no node:http to listen with; pass emulator.fetch to the client as the option fetch',
    )
  }
  const server = http.createServer((incoming, outgoing) => {
    serve(incoming, outgoing, state).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const leave = state.virtual.requireIdleTurns(TURNS_OF_A_SOCKET)

  const taken = (server.address() as AddressInfo).port
  let closed: Promise<void> | undefined
  return {
    url: `http://${hostInUrl(host)}:${taken}`,
    port: taken,
    close: () => {
      closed ??= new Promise((resolve) => {
        leave()
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}

const hostInUrl = (host: string): string => {
  // These mean every address of the machine, and are themselves no address to connect to.
  if (host === '' || host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

const serve = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  state: EmulatorState,
): Promise<void> => {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  // The address that the caller knows this server by, so that it can also fetch the files.
  const origin = `http://${incoming.headers.host ?? '127.0.0.1'}`

  const answered = async (): Promise<Response> => {
    const request = await requestFrom(incoming, origin)
    return openToPages(await answer({ request, signal: gone.signal, filesUrl: `${origin}/results` }, state))
  }
  const response = preflightAnswer(incoming) ?? (await state.time.during(answered))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  if (response.body) for await (const chunk of chunksOf(response.body)) outgoing.write(chunk)
  outgoing.end()
}

const requestFrom = async (incoming: IncomingMessage, origin: string): Promise<Request> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
  const { method = 'GET', url = '/', headers } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(new URL(url, origin), {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one ?? ''] as [string, string]),
    ),
    ...(hasBody && { body: new Blob(chunks as BlobPart[]) }),
  })
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

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
const openToPages = (response: Response): Response => {
  for (const [name, value] of Object.entries(CORS_HEADERS)) response.headers.set(name, value)
  return response
}

/** The answer to a browser's question ahead of a request; `undefined` for other requests. */
const preflightAnswer = ({ method, url = '' }: IncomingMessage): Response | undefined => {
  if (method !== 'OPTIONS') return undefined
  const answer = openToPages(new Response(null, { status: 204, headers: PREFLIGHT_HEADERS }))
  // The storage that takes uploads asks for the sum that it named itself.
  if (url.startsWith('/uploads/')) answer.headers.append('access-control-allow-headers', 'content-md5')
  return answer
}
