import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'

/** What is done with a connection when a whole request has come over it. */
export type Fault = (socket: Socket, request: RawRequest) => void

export interface RawRequest {
  /** Request line and headers, as they came. */
  head: string
  body: string
  /** Counts the requests of the server, from 0. */
  number: number
}

export interface FaultServer {
  url: string
  port: number
  requests: RawRequest[]
  /** How many connections were made. */
  readonly connections: number
}

interface FaultServerOptions {
  /** PEM; serves TLS. */
  tls?: { key: string; cert: string }
  /** Called as soon as a connection is made; `true` means that it dealt with it. */
  onConnect?: (socket: Socket) => boolean | undefined
}

/** A server of bytes: it speaks HTTP only as far as the fault does. Closed when the test is over. */
export const faultServer = async (
  faults: Fault | readonly Fault[],
  { tls, onConnect }: FaultServerOptions = {},
): Promise<FaultServer> => {
  const script = typeof faults === 'function' ? [faults] : faults
  const sockets = new Set<Socket>()
  const requests: RawRequest[] = []
  let connections = 0

  const serve = (socket: Socket): void => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    if (onConnect?.(socket)) return
    let bytes = ''
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1')
      for (;;) {
        const taken = readRequest(bytes)
        if (!taken) return
        bytes = bytes.slice(taken.length)
        const request = { head: taken.head, body: taken.body, number: requests.length }
        requests.push(request)
        const fault = script[Math.min(request.number, script.length - 1)] as Fault
        fault(socket, request)
      }
    })
  }

  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve)
  // A client that refuses the certificate is an error here too.
  server.on('tlsClientError', () => {})
  const port = await listen(server)
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections
    },
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })

const readRequest = (bytes: string): { head: string; body: string; length: number } | undefined => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = bytes.slice(0, end)
  const size = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  const length = end + 4 + size
  return bytes.length < length ? undefined : { head, body: bytes.slice(end + 4, length), length }
}

/** An HTTP answer with the content length it really has, unless the headers say otherwise. */
export const httpAnswer = (
  status: number | string,
  body: string | Buffer = '',
  headers: Record<string, string | number> = {},
): Buffer => {
  const bytes = Buffer.from(body)
  const all = { 'content-type': 'application/json', 'content-length': bytes.length, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`), bytes])
}

/** Answers as HTTP does. */
export const says =
  (status: number, body: unknown, headers: Record<string, string | number> = {}): Fault =>
  (socket) =>
    socket.write(httpAnswer(status, JSON.stringify(body), headers))

/** Writes the bytes as they are; `then` may end or destroy the connection. */
export const writes =
  (bytes: string | Buffer, then?: 'end' | 'destroy'): Fault =>
  (socket) =>
    socket.write(bytes, () => {
      if (then === 'end') socket.end()
      if (then === 'destroy') socket.resetAndDestroy()
    })

/** Breaks the connection without a word. */
export const breaks: Fault = (socket) => socket.resetAndDestroy()

/** Says nothing. */
export const staysSilent: Fault = () => {}

/** Writes the bytes one by one, `everyMs` apart, and never ends. */
export const drips =
  (start: string, everyMs: number): Fault =>
  (socket) => {
    socket.write(start)
    const timer = setInterval(() => socket.write(' '), everyMs)
    socket.on('close', () => clearInterval(timer))
  }
