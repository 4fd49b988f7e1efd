import { createEmulator, type Emulator } from '../testing'
import type { Command } from './command'
import { readOptions, wholeNumber } from './read-options'
import { readScenario } from './read-scenario'
import { UsageError } from './usage-error'

const HELP = `Usage: runapi-video emulator [options]

Serves an emulator of RunAPI on this machine, in real time: for programs in any language, and for pages in a browser.
Nothing is bought. Ctrl-C ends it.

  --port <number>      the port on 127.0.0.1; 0 for a free one (default: 4010)
  --takes-ms <number>  how long each task takes (default: 62000 for Luma, 86000 for Hailuo)
  --scenario <file>    a JSON list that says how coming tasks go, as emulator.next() of runapi-video/testing does:
                       [{ "takesMs": 3000 }, { "outcome": "failed" }, { "faults": { "create": ["lose-answer"] } }]`

export const emulator: Command = {
  run: async (args) => {
    const { port, takesMs, scenario, help } = readLine(args)
    if (help) {
      console.log(HELP)
      return 0
    }
    const scripted = createEmulator(takesMs === undefined ? {} : { takesMs })
    if (scenario !== undefined) await readScenario(scenario, scripted)
    await serve(scripted, port ?? 4010)
    return 0
  },
}

const readLine = (args: readonly string[]) => {
  const text = { type: 'string' } as const
  const options = {
    port: text,
    'takes-ms': text,
    scenario: text,
    help: { type: 'boolean', short: 'h' },
  } as const
  const { values } = readOptions({ args: [...args], options })
  const { scenario, help = false } = values
  const port = wholeNumber('--port', values.port, { to: 65_535 })
  return { port, takesMs: wholeNumber('--takes-ms', values['takes-ms']), scenario, help }
}

/** Serves it until the process is told to end. */
const serve = async (emulator: Emulator, port: number): Promise<void> => {
  const { url } = await emulator.listen({ port }).catch(({ code }: NodeJS.ErrnoException) => {
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code})`
    throw new UsageError(`port ${port} ${why}; pass another --port, or 0 for a free one`)
  })
  console.log(`RunAPI's emulator is at ${url}, for any API key. Ctrl-C ends it.`)
  console.log(`It sends webhooks to loopback hosts only, signed with ${emulator.callbackSecret}`)
  await new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await emulator.close()
}
