import { afterEach, expect, test, vi } from 'vitest'
import { createLog, LOG_LEVELS, type LogLevel } from '../../src/platform/log'
import { answers, completed, created, params, scriptedClient } from '../support/scripted-fetch'

afterEach(() => vi.unstubAllEnvs())

const collect = () => {
  const lines: [string, string, unknown][] = []
  const to = (level: string) => (message: string, fields?: unknown) =>
    void lines.push([level, message, fields])
  return { lines, logger: { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') } }
}

test('each level includes those before it, and off logs nothing', () => {
  const heard = LOG_LEVELS.map((level) => {
    const { lines, logger } = collect()
    const log = createLog(logger, () => level)
    for (const each of ['error', 'warn', 'info', 'debug'] as const) log(each, 'said')
    return lines.length
  })
  expect(heard).toEqual([0, 1, 2, 3, 4])
})

test('a line names the library and carries its fields', () => {
  const { lines, logger } = collect()
  createLog(logger, () => 'info')('info', 'said', { delayMs: 7 })
  expect(lines).toEqual([['info', 'runapi-video: said', { delayMs: 7 }]])
})

test('the level comes from RUNAPI_LOG in any case, else it is warn', async () => {
  const linesWith = async (variable: string | undefined, logLevel?: LogLevel): Promise<number> => {
    vi.stubEnv('RUNAPI_LOG', variable)
    const { lines, logger } = collect()
    const { runapi } = scriptedClient([answers(503, ''), created], { logger, logLevel })
    await runapi.luma.modifyVideo(params)
    return lines.length
  }
  expect(await linesWith('INFO')).toBe(1)
  expect(await linesWith(' debug ')).toBe(1)
  expect(await linesWith(undefined)).toBe(0)
  expect(await linesWith('nonsense')).toBe(0)
  expect(await linesWith('off', 'info')).toBe(1)
  expect(await linesWith('debug', 'off')).toBe(0)
})

test('an unknown status word is warned of once a client', async () => {
  const { lines, logger } = collect()
  const processing = answers(200, { status: 'Reticulating' })
  const { runapi } = scriptedClient([created, processing, processing, processing, completed], {
    logger,
    logLevel: 'warn',
  })
  await runapi.luma.modifyVideo(params).wait()
  expect(lines).toHaveLength(1)
  expect(lines[0]?.[2]).toMatchObject({ status: 'Reticulating', taskId: 'tsk_abc123' })
})
