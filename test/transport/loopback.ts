import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { Transport, TransportRequest, TransportResponse } from '../../src/transport/transport'

export interface Loopback {
  readonly url: string
  readonly port: number
  /** What sent each request. */
  readonly via: ('fetch' | 'undici')[]
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
  /** Connections that were ever made, and those that are open. */
  sockets: { all: number; open: number }
  close(): Promise<void>
}

const served = async (server: Server, connected: (socket: Socket) => void = () => {}) => {
  const sockets = new Set<Socket>()
  const count = { all: 0, open: 0 }
  server.on('connection', (socket: Socket) => {
    count.all++
    count.open++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      count.open--
      sockets.delete(socket)
    })
    connected(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port, url: `http://127.0.0.1:${port}`, sockets: count, close }
}

/** A server that records what comes and answers by `answer`. */
export const listen = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('{}'),
): Promise<Loopback> => {
  const via: Loopback['via'] = []
  const requests: Loopback['requests'] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    // Only fetch says in which mode it asks.
    via.push('sec-fetch-mode' in headers ? 'fetch' : 'undici')
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    answer(request, response)
  })
  return { via, requests, ...(await served(server)) }
}

/** A server that answers each request with these bytes; `end` closes the connection after them. */
export const listenRaw = async (answer: string | Uint8Array, { end = true } = {}) => {
  const server = createTcpServer()
  return served(server, (socket) =>
    socket.on('data', () => (end ? socket.end(answer) : socket.write(answer))),
  )
}

const decoder = new TextDecoder()

export const get = (url: string, rest: Partial<TransportRequest> = {}): TransportRequest => ({
  url,
  method: 'GET',
  headers: {},
  signal: new AbortController().signal,
  ...rest,
})

export const textOf = async (response: TransportResponse, maxBytes = 1_000_000): Promise<string> =>
  decoder.decode(await response.read(maxBytes))

/** Sends so many at once and reads all answers. */
export const burst = (transport: Transport, url: string, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, async () => textOf(await transport.send(get(url)))))
