import { createServer } from 'node:http'
import { API_KEY } from '../programs/program.mjs'
import { startScriptedModel } from './scripted-model.mjs'

const PATH = /path="([^"]+\.mp4)"/

/** @param {string} prompt @param {Record<string, unknown>} [more] */
const video = (prompt, more = {}) => ({
  tool: 'video_generate',
  args: { model: 'runapi/auto', prompt, ...more },
})

/** A server that counts what it is asked: the provider that would follow after a failure. */
const startFollower = async () => {
  let requests = 0
  const server = createServer((_, response) => {
    requests++
    response.writeHead(500).end('{}')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, requests: () => requests, close: () => server.close() }
}

/**
 * Whole turns of an agent whose model follows a script.
 * @param {ReturnType<typeof import('./open-claw.mjs').createOpenClaw>} openClaw
 * @param {import('../row.mjs').RowContext} context
 */
export const agentTurns = async (openClaw, { baseUrl, emulator }) => {
  /** @type {string[]} */
  const complaints = []
  const expect = (/** @type {string} */ what, /** @type {unknown} */ seen, /** @type {unknown} */ wanted) => {
    if (JSON.stringify(seen) !== JSON.stringify(wanted))
      complaints.push(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`)
  }
  const model = await startScriptedModel([
    {
      says: 'a marble, then make it night',
      steps: [
        () => video('A marble', { durationSeconds: 6 }),
        ([made = '']) => video('Make it night', { video: PATH.exec(made)?.[1] ?? 'no path came' }),
      ],
    },
    { says: 'the marble again', steps: [() => video('A marble', { durationSeconds: 6 })] },
    { says: 'a slow one', steps: [() => video('A slow one')] },
  ])
  const follower = await startFollower()
  const key = { RUNAPI_API_KEY: API_KEY }
  const bought = () => emulator.tasks.length
  openClaw.configure((config) => {
    config.plugins.entries['runapi-video'].config = { baseUrl }
    config.models = {
      providers: {
        ...config.models?.providers,
        scripted: {
          baseUrl: model.url,
          apiKey: 'x',
          api: 'openai-completions',
          models: [{ id: 'scripted', name: 'scripted', contextWindow: 128_000, maxTokens: 4_096 }],
        },
      },
    }
    config.agents = {
      ...config.agents,
      defaults: { ...config.agents?.defaults, model: { primary: 'scripted/scripted' } },
    }
    config.tools = { ...config.tools, toolSearch: false }
  })
  try {
    await openClaw.withGateway(key, async ({ turn }) => {
      const before = bought()
      await turn('agent:main:cron:matrix:run:chain', 'Make a video of a marble, then make it night')
      const [hailuo, luma] = emulator.tasks.slice(before)
      expect(
        'Hailuo, then Luma: endpoints',
        [hailuo?.endpoint, luma?.endpoint],
        ['hailuo.textToVideo', 'luma.modifyVideo'],
      )
      expect('Hailuo, then Luma: tasks', bought() - before, 2)
      if (!/\.mp4$/.test(String(luma?.params.source_video_url)))
        complaints.push(`Luma got ${luma?.params.source_video_url}`)

      await turn('agent:main:cron:matrix:run:again', 'I forgot: make the marble again')
      expect('the same request in another session, tasks', bought() - before, 2)

      emulator.next({ takesMs: 25_000 })
      const slow = turn('agent:main:cron:matrix:run:slow', 'Make a slow one').catch(() => undefined)
      while (bought() === before + 2) await new Promise((resolve) => setTimeout(resolve, 100))
      // The gateway dies before the video is there.
      return { slow }
    })
    const orphaned = bought()
    await openClaw.withGateway(key, async ({ invoke }) => {
      const collected = await invoke({ model: 'runapi/auto', prompt: 'A slow one' })
      expect('after a process that ended, collected', collected.result?.details.metadata.collected, true)
      expect('after a process that ended, tasks', bought() - orphaned, 0)
    })

    openClaw.configure((config) => {
      config.plugins.entries['runapi-video'].config = { baseUrl, limit: { cents: 1 } }
      config.models.providers.runway = { baseUrl: follower.url, apiKey: 'x', models: [] }
    })
    await openClaw.withGateway({ ...key, RUNWAYML_API_SECRET: 'x' }, async ({ invoke, log }) => {
      const before = bought()
      const limited = await invoke({ model: 'runapi/auto', prompt: 'Over the limit' })
      expect('over the limit, ok', limited.ok, false)
      expect('over the limit, tasks', bought() - before, 0)
      if (!/only its owner may raise it/.test(log().slice(-4000)))
        complaints.push(`over the limit: ${log().slice(-1500)}`)
    })
    openClaw.configure((config) => {
      config.plugins.entries['runapi-video'].config = { baseUrl }
    })
    await openClaw.withGateway({ ...key, RUNWAYML_API_SECRET: 'x' }, async ({ invoke }) => {
      const before = bought()
      emulator.next({ takesMs: 12_000 })
      // No model is named, so the next provider would follow after a failure.
      const outlived = await invoke({ prompt: 'Longer than its time', timeoutMs: 2_000 })
      expect('a task that outlives its time, ok', outlived.ok, true)
      expect('a task that outlives its time, tasks', bought() - before, 1)
      expect('a task that outlives its time, asked of the next provider', follower.requests(), 0)
    })
  } finally {
    follower.close()
    model.close()
  }
  return complaints
}
