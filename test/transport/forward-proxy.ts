import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ForwardProxy {
  readonly url: string
  /** The `host:port` of each tunnel that was asked for, and the credentials that came with it. */
  readonly tunnels: { to: string; authorization: string | undefined }[]
  close(): Promise<void>
}

/** A proxy that opens tunnels by CONNECT; `names` maps made-up hosts to ports of this machine. */
export const listenProxy = async (
  names: Readonly<Record<string, number>> = {},
  status = 200,
): Promise<ForwardProxy> => {
  const tunnels: ForwardProxy['tunnels'] = []
  const open = new Set<Duplex>()
  const server = createServer((_, response) => response.writeHead(500).end())
  server.on('connect', (request, client: Duplex) => {
    const to = request.url ?? ''
    tunnels.push({ to, authorization: request.headers['proxy-authorization'] })
    open.add(client)
    client.on('error', () => {})
    if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const [host = '', port] = to.split(':')
    const target = connect(names[host] ?? Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    open.add(target)
    target.on('error', () => client.destroy())
    client.on('close', () => target.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of open) socket.destroy()
      }),
  }
}

/** A SOCKS5 proxy that connects to hosts by name; with `login`, only for that user and password. */
export const listenSocks = async (
  names: Readonly<Record<string, number>> = {},
  login?: { user: string; password: string },
): Promise<ForwardProxy> => {
  const tunnels: ForwardProxy['tunnels'] = []
  const open = new Set<Socket>()
  const server = createTcpServer((client) => {
    open.add(client)
    client.on('error', () => {})
    let authorization: string | undefined
    const greet = (): void => void client.write(Uint8Array.of(5, login ? 2 : 0))
    const authorize = (message: Buffer): boolean => {
      const length = message[1] ?? 0
      const [user, password] = [message.subarray(2, 2 + length), message.subarray(3 + length)].map(String)
      authorization = `${user}:${password}`
      const isWelcome = user === login?.user && password === login?.password
      client.write(Uint8Array.of(1, isWelcome ? 0 : 1))
      return isWelcome
    }
    const tunnel = (message: Buffer): void => {
      const isName = message[3] === 3
      const end = isName ? 5 + (message[4] ?? 0) : 8
      const host = isName ? message.subarray(5, end).toString() : message.subarray(4, end).join('.')
      const port = message.readUInt16BE(end)
      tunnels.push({ to: `${host}:${port}`, authorization })
      const target = connect(names[host] ?? port, '127.0.0.1', () => {
        client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
        target.pipe(client).pipe(target)
      })
      open.add(target)
      target.on('error', () => client.destroy())
      client.on('close', () => target.destroy())
    }
    const steps: ((message: Buffer) => unknown)[] = [greet, ...(login ? [authorize] : []), tunnel]
    const next = (message: Buffer): void => {
      if (steps.shift()?.(message) === false) client.end()
      else if (steps.length > 0) client.once('data', next)
    }
    client.once('data', next)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `socks5://127.0.0.1:${port}`,
    tunnels,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
