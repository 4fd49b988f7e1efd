// The server that the clients under test ask, in a process of its own. A POST creates a task that never ends. Any GET is a
// status request: the task that the path ends in goes on for the milliseconds that its id ends in, counted from when it
// was first asked for.
import { createServer } from 'node:http'

/** @type {Map<string, number>} */
const readyAt = new Map()
let requests = 0
let sockets = 0
let mostSockets = 0

const bodyOf = (/** @type {string} */ id) => {
  const takesMs = Number(/-(\d+)$/.exec(id)?.[1] ?? Number.POSITIVE_INFINITY)
  const ready = readyAt.get(id) ?? Date.now() + takesMs
  if (Number.isFinite(ready)) readyAt.set(id, ready)
  return ready <= Date.now()
    ? { id, status: 'completed', videos: [{ url: 'http://127.0.0.1/clip.mp4' }], readyAt: ready }
    : { id, status: 'processing' }
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  requests++
  const [path = ''] = (request.url ?? '').split('?')
  const id =
    request.method === 'POST'
      ? `task-${requests}-created`
      : path.replace(/\/status$/, '').slice(path.lastIndexOf('/task-') + 1)
  const body = JSON.stringify(bodyOf(id))
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-request-id': 'r1',
  })
  response.end(body)
})
server.on('connection', (socket) => {
  mostSockets = Math.max(mostSockets, ++sockets)
  socket.on('close', () => sockets--)
})
server.listen(0, '127.0.0.1', 65_000, () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address?.port })
})
process.on('message', () => {
  process.send?.({ requests, mostSockets })
  requests = 0
  mostSockets = sockets
  readyAt.clear()
})
process.on('disconnect', () => process.exit())
