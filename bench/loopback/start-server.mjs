import { fork } from 'node:child_process'
import { once } from 'node:events'

/** Starts the server. `counts()` gives what it saw since the last time, and begins anew. */
export const startServer = async () => {
  const server = fork(new URL('server.mjs', import.meta.url))
  const [{ port }] = await once(server, 'message')
  return {
    url: `http://127.0.0.1:${port}`,
    /** @returns {Promise<{ requests: number, mostSockets: number }>} */
    counts: async () => {
      server.send('counts')
      const [counts] = await once(server, 'message')
      return counts
    },
    stop: () => server.disconnect(),
  }
}
