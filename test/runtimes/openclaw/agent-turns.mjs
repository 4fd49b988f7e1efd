import { createServer } from 'node:http'
import { API_KEY } from '../programs/program.mjs'
import { startScriptedModel } from './scripted-model.mjs'

const PATH = /path="([^"]+\.mp4)"/
// The smallest box that begins an MP4 file.
const MP4 = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex')

/** @param {string} prompt @param {Record<string, unknown>} [more] */
const video = (prompt, more = {}) => ({
  tool: 'video_generate',
  args: { model: 'runapi/auto', prompt, ...more },
})

/** The video that was last spoken of. @param {string} said */
const latestPath = (said) => [...said.matchAll(new RegExp(PATH, 'g'))].at(-1)?.[1] ?? 'no path came'

const pause = () => new Promise((resolve) => setTimeout(resolve, 100))

/** OpenAI's video API, as far as OpenClaw asks it: the provider that sells a video where another one failed. */
const startFollower = async () => {
  let sold = 0
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'GET') return response.writeHead(200, { 'content-type': 'video/mp4' }).end(MP4)
    sold++
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: `video_${sold}`, object: 'video', status: 'completed' }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/v1`, sold: () => sold, close: () => server.close() }
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
    {
      says: 'a paper boat',
      steps: [() => video('A paper boat', { durationSeconds: 6 })],
    },
    {
      says: 'turn it into a winter morning',
      steps: [(_, said) => video('A winter morning', { video: latestPath(said) })],
    },
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

      // In a chat the tool answers at once, and the video comes as a turn of its own.
      const chat = 'agent:main:matrix-chat'
      await turn(chat, 'Make a paper boat')
      const until = Date.now() + 60_000
      while (!PATH.test(model.said()) && Date.now() < until) await pause()
      await turn(chat, 'Now turn it into a winter morning')
      while (bought() < before + 4 && Date.now() < until) await pause()
      const [boat, winter] = emulator.tasks.slice(before + 2)
      expect(
        'in a chat, endpoints',
        [boat?.endpoint, winter?.endpoint],
        ['hailuo.textToVideo', 'luma.modifyVideo'],
      )
      expect('in a chat, tasks', bought() - before, 4)

      emulator.next({ takesMs: 25_000 })
      const slow = turn('agent:main:cron:matrix:run:slow', 'Make a slow one').catch(() => undefined)
      while (bought() === before + 4) await pause()
      // The gateway dies before the video is there.
      return { slow }
    })
    const orphaned = bought()
    await openClaw.withGateway(key, async ({ invoke }) => {
      const collected = await invoke({ model: 'runapi/auto', prompt: 'A slow one' })
      expect('after a process that ended, collected', collected.result?.details.metadata.collected, true)
      expect('after a process that ended, tasks', bought() - orphaned, 0)
    })

    // OpenClaw goes on to another provider only where no video model is configured, or fallbacks are. The provider of
    // the chat comes first, then the others by name.
    openClaw.configure((config) => {
      config.plugins.entries['runapi-video'].config = { baseUrl, limit: { cents: 1 } }
      config.models.providers.openai = {
        baseUrl: follower.url,
        apiKey: 'x',
        models: [],
        request: { allowPrivateNetwork: true },
      }
      config.agents.defaults.model = { primary: 'runapi/chat' }
      delete config.agents.defaults.mediaModels
    })
    await openClaw.withGateway(key, async ({ invoke, log }) => {
      const before = bought()
      const limited = await invoke({ model: 'runapi/auto', prompt: 'Over the limit' })
      expect('over the limit, ok', limited.ok, false)
      if (!/only its owner may raise it/.test(log().slice(-4000)))
        complaints.push(`over the limit: ${log().slice(-1500)}`)
      expect('over the limit by name, sold by the next provider', follower.sold(), 0)
      // This shows that the next provider is there, and would sell.
      const elsewhere = await invoke({ prompt: 'Over the limit' })
      expect('over the limit, sold by', elsewhere.result?.details.provider, 'openai')
      expect('over the limit, sold by the next provider', follower.sold(), 1)
      expect('over the limit, tasks', bought() - before, 0)
    })
    openClaw.configure((config) => {
      config.plugins.entries['runapi-video'].config = { baseUrl }
    })
    await openClaw.withGateway(key, async ({ invoke }) => {
      const before = bought()
      emulator.next({ takesMs: 12_000 })
      const outlived = await invoke({ prompt: 'Longer than its time', timeoutMs: 2_000 })
      expect('a task that outlives its time, sold by', outlived.result?.details.provider, 'runapi')
      expect('a task that outlives its time, tasks', bought() - before, 1)
      expect('a task that outlives its time, sold by the next provider', follower.sold(), 1)
    })
  } finally {
    follower.close()
    model.close()
  }
  return complaints
}
