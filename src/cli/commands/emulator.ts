import { createEmulator, type Emulator, type EmulatorOptions, type TaskScript } from '../../testing'
import type { Command } from '../command'
import { UsageError } from '../exit-code-of'
import { parseJson, readTextFile } from '../read-json'
import type { Line } from '../read-line'

export const emulator: Command = {
  run: async (line) => {
    if (line.positionals.length > 0)
      throw new UsageError(`emulator: takes options only, not ${line.positionals[0]}`)
    const port = line.count('port', { to: 65_535 }) ?? 4010
    const emulator = make(optionsOf(line))
    const scenario = line.text('scenario')
    if (scenario !== undefined) await script(emulator, scenario)
    await serve(emulator, port, line)
    return 0
  },
}

const make = (options: EmulatorOptions): Emulator => {
  try {
    return createEmulator(options)
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error
  }
}

const optionsOf = (line: Line): EmulatorOptions => {
  const takesMs = line.count('takes-ms')
  const balanceCents = line.count('balance-cents')
  const apiKey = line.text('api-key')
  const ids = line.text('ids')
  const webhookHosts = line.text('webhook-host')?.split(',')
  if (ids !== undefined && ids !== 'short' && ids !== 'uuid')
    throw new UsageError('--ids must be short or uuid')
  return {
    ...(takesMs !== undefined && { takesMs }),
    ...(balanceCents !== undefined && { balanceCents }),
    ...(apiKey !== undefined && { apiKey }),
    ...(ids !== undefined && { ids }),
    ...(webhookHosts !== undefined && { webhookHosts }),
    ...(line.flag('no-validate') && { validate: false }),
  }
}

/** Scripts coming tasks with what a file says. */
const script = async (emulator: Emulator, path: string): Promise<void> => {
  const refuse = (why: unknown): never => {
    throw new UsageError(`${path}: ${why instanceof Error ? why.message : why}`)
  }
  const scripts = parseJson(path, await readTextFile(path), 'a JSON list')
  if (!Array.isArray(scripts)) return refuse('it must hold a JSON list, one object a task')
  for (const [index, script] of scripts.entries()) {
    try {
      emulator.next(script as TaskScript)
    } catch (error) {
      refuse(`task ${index + 1}: ${error instanceof Error ? error.message : error}`)
    }
  }
}

/** Serves it until the process is told to end. */
const serve = async (emulator: Emulator, port: number, line: Line): Promise<void> => {
  const host = line.text('host') ?? '127.0.0.1'
  const { url } = await emulator.listen({ port, host }).catch(({ code }: NodeJS.ErrnoException) => {
    throw new UsageError(refusalOf(code, port, host))
  })
  console.log(
    `RunAPI's emulator is at ${url}, for ${line.text('api-key') === undefined ? 'any API key' : 'the key of --api-key'}. Ctrl-C ends it.`,
  )
  const hosts = line.text('webhook-host')
  console.log(
    `It sends webhooks to loopback hosts${hosts === undefined ? '' : ` and ${hosts}`} only, signed with ${emulator.callbackSecret}`,
  )
  await new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await emulator.close()
}

const refusalOf = (code: string | undefined, port: number, host: string): string => {
  const other = 'pass another --port, or 0 for a free one'
  if (code === 'EADDRINUSE') return `port ${port} is in use; ${other}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `--host ${host} is not an address of this machine; pass 127.0.0.1, or 0.0.0.0 for all of them`
  return `port ${port} cannot be opened (${code}); ${other}`
}
