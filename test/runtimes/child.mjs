import { spawn } from 'node:child_process'

/**
 * @typedef {object} ChildOptions
 * @property {string} cwd
 * @property {number} [limitMs]
 * @property {Readonly<Record<string, string>>} [env]
 * @property {{ uid?: number, gid?: number }} [user] whom it runs as
 */

/** What a child needs of this process's environment. No key, no proxy: the matrix is the same everywhere. */
const bareEnvironment = () => {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env
  return { PATH, HOME, TMPDIR, NO_COLOR: '1', CI: '1' }
}

/**
 * Runs a program to its end, within a time limit, and gives its output. Rejects with the output otherwise.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<string>}
 */
export const runChild = (file, args, { limitMs = 60_000, ...options }) =>
  new Promise((resolve, reject) => {
    const child = start(file, args, options)
    let output = ''
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const timer = setTimeout(() => signalGroup(child), limitMs)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) return resolve(output)
      const how = signal === null ? `exit ${code}` : `stopped after ${limitMs} ms`
      reject(new Error(`${how}\n${output.slice(-3000)}`))
    })
  })

/**
 * The facts that a program printed.
 * @param {string} output
 * @returns {Record<string, unknown>}
 */
export const factsIn = (output) => {
  const line = /^FACTS (.+)$/m.exec(output)?.[1]
  if (line === undefined) throw new Error(`the program printed no facts\n${output.slice(-3000)}`)
  return JSON.parse(line)
}

/**
 * A program that the test kills, without a warning, as a platform does.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {ChildOptions} options
 */
export const startChild = (file, args, options) => {
  const child = start(file, args, options)
  const closed = new Promise((resolve) => child.once('close', resolve).once('error', resolve))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return {
    pid: child.pid,
    output: () => output,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    kill: async () => {
      signalGroup(child)
      await closed
    },
    /** Lets it tidy up, and kills it only where that takes too long. */
    stop: async () => {
      signalGroup(child, 'SIGINT')
      const timer = setTimeout(() => signalGroup(child), STOP_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

/**
 * Runs a server while `use` works with it.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {ChildOptions & { url: string }} options
 * @param {() => Promise<string[]>} use
 * @returns {Promise<string[]>}
 */
export const withServer = async (file, args, { url, limitMs = 30_000, ...options }, use) => {
  const child = start(file, args, options)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  try {
    await untilAnswers(url, limitMs, () => child.exitCode !== null)
    return await use()
  } catch (error) {
    throw new Error(`${String(error)}\n${output.slice(-3000)}`, { cause: error })
  } finally {
    signalGroup(child)
  }
}

const STOP_MS = 10_000

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
let isInterrupted = false

/** Ends every child where the matrix itself is interrupted: each has a group of its own, which Ctrl-C does not reach. */
export const stopAllChildren = async () => {
  isInterrupted = true
  const ends = [...running].map((child) => {
    // A database lets go of its shared memory only where it may tidy up.
    signalGroup(child, 'SIGINT')
    setTimeout(() => signalGroup(child), STOP_MS)
    return new Promise((resolve) => child.once('close', resolve))
  })
  await Promise.all(ends)
}

/** @param {string} file @param {readonly string[]} args @param {ChildOptions} options */
const start = (file, args, { cwd, env = {}, user = {} }) => {
  if (isInterrupted) throw new Error('the matrix was interrupted')
  const child = spawn(file, args, {
    cwd,
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its own children end with it.
    detached: true,
    ...user,
  })
  running.add(child)
  const forget = () => running.delete(child)
  child.once('close', forget).once('error', forget)
  return child
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} [signal] */
const signalGroup = ({ pid }, signal = 'SIGKILL') => {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}

/** @param {string} url @param {number} limitMs @param {() => boolean} ended */
export const untilAnswers = async (url, limitMs, ended) => {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline && !ended()) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answers) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the server at ${url} did not come up`)
}
