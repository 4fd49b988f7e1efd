import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a server does with one request: it has the request's head, and writes whatever it likes. */
export type Behaviour = (socket: Socket, head: string) => void

export interface RawServer {
  url: string
  /** The heads of the requests that came. */
  heads: string[]
}

/** A loopback server below HTTP, to break in ways that no HTTP server does. The n-th request meets the n-th behaviour, the last one from then on. */
export const rawServer = async (...behaviours: Behaviour[]): Promise<RawServer> => {
  const heads: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      const behave = behaviours[Math.min(heads.length, behaviours.length - 1)]
      heads.push(text.slice(0, text.indexOf('\r\n\r\n')))
      text = ''
      behave?.(socket, heads.at(-1) as string)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}`, heads }
}

/** The head of an answer. */
export const head = (status: number, headers: Readonly<Record<string, string | number>>): string =>
  `HTTP/1.1 ${status} X\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`

/** A whole answer, after which the connection ends. */
export const reply =
  (
    status: number,
    headers: Readonly<Record<string, string | number>>,
    body: Uint8Array | string = '',
  ): Behaviour =>
  (socket) => {
    socket.write(head(status, { connection: 'close', ...headers }))
    socket.end(body)
  }

/** A file of which only the first bytes come; then the connection is reset. */
export const resetAfter =
  (bytes: Uint8Array, count: number): Behaviour =>
  (socket) => {
    socket.write(head(200, { 'content-type': 'video/mp4', 'content-length': bytes.length }))
    socket.write(bytes.subarray(0, count), () => setTimeout(() => socket.resetAndDestroy(), 5))
  }
