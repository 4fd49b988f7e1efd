import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { runChild, startChild, untilAnswers } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { until } from '../exercise-example.mjs'
import { freePort } from '../free-port.mjs'

// Servers that engines need. Each is on a free loopback port, has a folder of its own, and leaves neither behind.

const START_MS = 60_000

export const redisUnavailable = () => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no redis-server: apt-get install redis-server'
  }
}

/**
 * @param {string} consumer
 * @param {(port: number) => Promise<string[]>} use
 */
export const withRedis = async (consumer, use) => {
  const port = await freePort()
  const folder = newFolder(consumer, 'redis')
  // As the shared ledger wants it; a queue of jobs is better off with it too.
  const persistence = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...persistence]
  const redis = startChild('redis-server', args, { cwd: folder })
  try {
    await untilListens(port, redis)
    return await use(port)
  } finally {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const POSTGRES = '/usr/lib/postgresql'

/** Debian keeps each release in a folder, and puts none on the PATH. */
const postgresBinaries = () => {
  const releases = existsSync(POSTGRES) ? readdirSync(POSTGRES).sort((a, b) => Number(b) - Number(a)) : []
  return releases
    .map((release) => join(POSTGRES, release, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
}

/** PostgreSQL refuses to run as root. */
const postgresUser = () => {
  if (process.getuid?.() !== 0) return {}
  const id = (/** @type {string} */ flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
  return { uid: id('-u'), gid: id('-g') }
}

export const postgresUnavailable = () => {
  if (postgresBinaries() === undefined) return 'there is no PostgreSQL: apt-get install postgresql'
  try {
    postgresUser()
    return undefined
  } catch {
    return 'PostgreSQL refuses to run as root, and there is no user postgres'
  }
}

/**
 * @param {string} consumer
 * @param {(url: string) => Promise<string[]>} use
 */
export const withPostgres = async (consumer, use) => {
  const port = await freePort()
  const bin = postgresBinaries() ?? ''
  const user = postgresUser()
  const folder = newFolder(consumer, 'postgres')
  if (user.uid !== undefined) {
    chmodSync(consumer, 0o711)
    chownSync(folder, user.uid, user.gid)
  }
  const options = { cwd: folder, user, env: { HOME: folder } }
  const init = ['-D', join(folder, 'db'), '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C']
  try {
    await runChild(join(bin, 'initdb'), init, { ...options, limitMs: START_MS })
    const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200']
    const args = ['-D', join(folder, 'db'), '-p', String(port), '-k', folder, ...settings]
    const postgres = startChild(join(bin, 'postgres'), args, options)
    try {
      const isReady = () => postgres.ended() || postgres.output().includes('ready to accept connections')
      await until(() => isReady() || undefined, START_MS)
      if (postgres.ended()) throw new Error(`PostgreSQL did not come up\n${postgres.output()}`)
      return await use(`postgres://postgres@127.0.0.1:${port}/postgres`)
    } finally {
      await postgres.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const restateUnavailable = () =>
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : 'the registry package of this binary is for Linux on x64'

/**
 * @param {string} consumer
 * @param {(urls: { ingress: string, admin: string }) => Promise<string[]>} use
 */
export const withRestate = async (consumer, use) => {
  const folder = newFolder(consumer, 'restate')
  const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()]
  const server = join(toolFolder('restate'), '@restatedev/restate-server-linux-x64/bin/restate-server')
  const env = {
    RESTATE_BASE_DIR: folder,
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_DEFAULT_NUM_PARTITIONS: '1',
    RESTATE_DISABLE_TELEMETRY: 'true',
  }
  const restate = startChild(server, ['--no-logo'], { cwd: folder, env })
  const urls = { ingress: `http://127.0.0.1:${ingress}`, admin: `http://127.0.0.1:${admin}` }
  try {
    for (const health of [`${urls.admin}/health`, `${urls.ingress}/restate/health`])
      await untilAnswers(health, START_MS, () => restate.ended())
    return await use(urls)
  } catch (error) {
    throw new Error(`${String(error)}\n${restate.output().slice(-3000)}`, { cause: error })
  } finally {
    await restate.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} consumer @param {string} name */
const newFolder = (consumer, name) => {
  mkdirSync(consumer, { recursive: true })
  return mkdtempSync(join(consumer, `${name}-`))
}

/** @param {number} port @param {ReturnType<typeof startChild>} child */
const untilListens = async (port, child) => {
  const listens = () =>
    new Promise((resolve) => {
      const socket = createConnection({ port, host: '127.0.0.1' })
      const end = (/** @type {true | undefined} */ found) => {
        socket.destroy()
        resolve(found)
      }
      socket.once('connect', () => end(true)).once('error', () => end(undefined))
    })
  const found = await until(() => (child.ended() ? false : listens()), START_MS)
  if (found !== true) throw new Error(`a server did not come up\n${child.output()}`)
}
