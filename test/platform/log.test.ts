import { afterEach, expect, test, vi } from 'vitest'
import { createLog, LOG_LEVELS, type LogLevel } from '../../src/platform/log'
import { answers, CREATED, completed, created, lost, params, scriptedClient } from '../support/scripted-fetch'

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
  createLog(logger, () => 'info')('info', 'said', { delayMs: 7, word: 'a\nb' })
  // In the text too, because pino drops a second argument.
  expect(lines).toEqual([
    ['info', 'runapi-video: said (delayMs: 7, word: a b)', { delayMs: 7, word: 'a\nb' }],
  ])
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
  expect(await linesWith(' debug ')).toBe(5)
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
  expect(lines[0]?.[1]).toContain('Reticulating')
  expect(lines[0]?.[1]).toContain('tsk_abc123')
})

test('debug logs each request and each answer in one line, without a secret or a query', async () => {
  const { lines, logger } = collect()
  const { runapi } = scriptedClient(
    [lost, answers(503, {}, { 'x-request-id': 'req_1' }), answers(200, CREATED, { 'x-request-id': 'req_2' })],
    { logger, logLevel: 'debug', headers: { 'x-secret': 'hidden' } },
  )
  await runapi.luma.modifyVideo(params, { idempotencyKey: 'order-17' })
  const debug = lines.filter(([level]) => level === 'debug').map(([, text]) => text)
  const sends = 'runapi-video: luma.modifyVideo create: POST https://runapi.ai/api/v1/luma/modify_video'
  expect(debug).toEqual([
    `${sends} (attempt: 0, idempotencyKey: order-17)`,
    expect.stringMatching(/^runapi-video: luma.modifyVideo create: connection after \d+ ms \(attempt: 0\)$/),
    `${sends} (attempt: 1, idempotencyKey: order-17)`,
    expect.stringMatching(/create: 503 server after \d+ ms \(attempt: 1, requestId: req_1\)$/),
    `${sends} (attempt: 2, idempotencyKey: order-17)`,
    expect.stringMatching(/create: 200 after \d+ ms \(attempt: 2, requestId: req_2\)$/),
  ])
  await runapi.pricing.schedules({ service: 'hailuo' }).catch(() => {})
  const all = JSON.stringify(lines)
  for (const secret of ['test-key', 'hidden', 'service=hailuo', params.source_video_url, params.prompt]) {
    expect(all).not.toContain(secret)
  }
})

test('downloads are in the debug log, without the query of their URL', async () => {
  const { lines, logger } = collect()
  const { runapi } = scriptedClient(answers(403, ''), { logger, logLevel: 'debug' })
  await runapi.download({ url: 'https://tempfile.runapi.ai/a.mp4?signature=secret' }).catch(() => {})
  expect(lines.map(([, text]) => text)).toEqual([
    expect.stringContaining('download: GET https://tempfile.runapi.ai/a.mp4'),
    expect.stringContaining('download: 403 after'),
  ])
  expect(JSON.stringify(lines)).not.toContain('secret')
})

test('without a logger no level writes to stdout', async () => {
  const methods = ['debug', 'info', 'log', 'warn', 'error'] as const
  const spies = Object.fromEntries(
    methods.map((name) => [name, vi.spyOn(console, name).mockImplementation(() => {})]),
  ) as Record<(typeof methods)[number], ReturnType<typeof vi.spyOn>>
  try {
    const { runapi } = scriptedClient([answers(503, ''), created], { logLevel: 'debug' })
    await runapi.luma.modifyVideo(params)
    expect(spies.warn?.mock.calls).toHaveLength(5)
    for (const name of ['debug', 'info', 'log'] as const) expect(spies[name]).not.toHaveBeenCalled()
  } finally {
    vi.restoreAllMocks()
  }
})

const FAILING_LOGGERS: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('the disk is full')
  },
  rejects: async () => {
    throw new Error('the disk is full')
  },
  'gives a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is what is tried
    get then() {
      throw new Error('the disk is full')
    },
  }),
  'never settles': () => new Promise(() => {}),
}

test.each(Object.entries(FAILING_LOGGERS))('a logger that %s changes nothing', async (_, write) => {
  const method = write as () => void
  const logger = { debug: method, info: method, warn: method, error: method }
  const { runapi } = scriptedClient([answers(503, ''), created, completed], {
    logger,
    logLevel: 'debug',
    onEvent: write,
  })
  expect(await runapi.luma.modifyVideo(params).wait({ onUpdate: write })).toMatchObject({
    status: 'completed',
  })
})
