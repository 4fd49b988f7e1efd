import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChild, startChild, untilAnswers } from '../child.mjs'
import { toolFolder } from '../consumer.mjs'
import { freePort } from '../free-port.mjs'
import { nodeBinary } from '../rows/node.mjs'

const NODE = 24
const TOKEN = 'token-of-the-gateway'
// A gateway is there within 20 seconds, and within minutes on a machine that does other things.
const START_LIMIT_MS = 600_000
const COMMAND_LIMIT_MS = 600_000

/** OpenClaw with a state folder of its own. */
export const createOpenClaw = () => {
  const folder = mkdtempSync(join(tmpdir(), 'runapi-video-openclaw-'))
  const state = join(folder, 'state')
  const workspace = join(folder, 'workspace')
  for (const each of [state, workspace, join(folder, 'home')]) mkdirSync(each)
  const configFile = join(state, 'openclaw.json')
  const program = join(toolFolder('openclaw'), 'openclaw/openclaw.mjs')
  // npm installs the plugin, so what npm needs of the environment must stay: settings, certificates, proxies.
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value && !/^(?:RUNAPI_|OPENCLAW_|NODE_ENV$)/.test(name),
  )
  const env = {
    .../** @type {Record<string, string>} */ (Object.fromEntries(kept)),
    HOME: join(folder, 'home'),
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(process.env.HOME ?? '', '.npmrc'),
    NO_COLOR: '1',
    OPENCLAW_STATE_DIR: state,
  }

  /** @param {string[]} args @param {Record<string, string>} [more] @param {string} [input] what it reads from stdin */
  const run = (args, more = {}, input = undefined) => {
    const command = [nodeBinary(NODE), program, ...args]
    const [file, ...rest] =
      input === undefined ? command : ['sh', '-c', 'printf %s "$INPUT" | "$0" "$@"', ...command]
    return runChild(file ?? '', rest, {
      cwd: workspace,
      env: { ...env, ...more, ...(input !== undefined && { INPUT: input }) },
      limitMs: COMMAND_LIMIT_MS,
    })
  }

  return {
    folder,
    state,
    workspace,
    run,

    /** @param {(config: any) => void} change */
    configure: (change) => {
      const config = JSON.parse(readFileSync(configFile, 'utf8'))
      change(config)
      writeFileSync(configFile, JSON.stringify(config))
    },

    /**
     * Runs a gateway while `use` works with it.
     * @template T
     * @param {Record<string, string>} more
     * @param {(gateway: { invoke: (args: Record<string, unknown>, session?: string) => Promise<any>, turn: (session: string, message: string) => Promise<string>, log: () => string }) => Promise<T>} use
     */
    withGateway: async (more, use) => {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const args = [program, 'gateway', '--port', String(port), '--bind', 'loopback']
      const auth = ['--auth', 'token', '--token', TOKEN, '--allow-unconfigured']
      const gateway = startChild(nodeBinary(NODE), [...args, ...auth], {
        cwd: workspace,
        env: { ...env, ...more },
      })
      try {
        await untilAnswers(`${url}/health`, START_LIMIT_MS, gateway.ended)
        return await use({
          invoke: async (given, session = 'agent:main:cron:matrix:run:invoke') => {
            const answer = await fetch(`${url}/tools/invoke`, {
              method: 'POST',
              headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
              body: JSON.stringify({ tool: 'video_generate', args: given, sessionKey: session }),
              signal: AbortSignal.timeout(COMMAND_LIMIT_MS),
            })
            return answer.json()
          },
          turn: (session, message) =>
            run(['agent', '--session-key', session, '--message', message, '--json', '--timeout', '120'], {
              OPENCLAW_GATEWAY_TOKEN: TOKEN,
              OPENCLAW_GATEWAY_PORT: String(port),
            }),
          log: gateway.output,
        })
      } catch (error) {
        throw new Error(`${String(error)}\n${gateway.output().slice(-3000)}`, { cause: error })
      } finally {
        await gateway.kill()
      }
    },

    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
