import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
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
