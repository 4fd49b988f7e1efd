import { fork } from 'node:child_process'

/**
 * Runs a program of its own in a fresh process and gives the one message that it sends.
 * @param {URL} program
 * @param {string[]} args
 * @param {string[]} [execArgv]
 * @returns {Promise<Record<string, number>>}
 */
export const measuredChild = (program, args, execArgv = []) =>
  new Promise((resolve, reject) => {
    // Without the environment's proxies, keys and options.
    const child = fork(program, args, { execArgv, env: { PATH: process.env.PATH } })
    child.on('message', (message) => resolve(/** @type {Record<string, number>} */ (message)))
    child.on('error', reject)
    child.on('exit', (code) =>
      reject(new Error(`${program.pathname} ${args} ended with ${code} and no message`)),
    )
  })
