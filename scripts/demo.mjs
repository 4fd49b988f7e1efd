// Hailuo makes a video, Luma restyles it, and the file lands in out/.
//   npm run demo                                the service is an emulator on this machine; nothing is bought
//   RUNAPI_API_KEY=… npm run demo -- --live     the service is RunAPI; this buys two videos
import { mkdir, writeFile } from 'node:fs/promises'
import { RunApiClient, RunApiError, schedules, TaskFailedError, UnknownOutcomeError } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'

const live = process.argv.includes('--live')
const typicalMs = live ? { hailuo: 90_000, luma: 60_000 } : { hailuo: 4_000, luma: 3_000 }
// An emulated task takes seconds, so it is looked at more often than a real one.
const pace = live ? {} : { schedule: schedules.fixed(250) }

const startEmulator = async () => {
  const emulator = createEmulator()
  emulator.next({ takesMs: typicalMs.hailuo })
  emulator.next({ takesMs: typicalMs.luma })
  return emulator.listen()
}
const server = live ? undefined : await startEmulator()
const runapi = new RunApiClient(server && { baseUrl: server.url, apiKey: 'demo-key' })

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())

/**
 * Waits for a video, and shows how long it has taken against how long it typically takes: one line that is redrawn in
 * a terminal, a line for each change elsewhere.
 * @param {string} title
 * @param {number} typically
 * @param {import('runapi-video').TaskPromise} creating
 */
const finish = async (title, typically, creating) => {
  const startedAt = performance.now()
  const terminal = process.stdout.isTTY && process.env.TERM !== 'dumb'
  const [blue, plain] = terminal && !process.env.NO_COLOR ? ['\x1b[36m', '\x1b[0m'] : ['', '']
  let status = 'sending'
  const show = () => {
    const ms = performance.now() - startedAt
    // Full only once the service says so.
    const filled = status === 'completed' ? 20 : Math.min(19, Math.floor((ms / typically) * 20))
    const bar = `${blue}${'█'.repeat(filled)}${'░'.repeat(20 - filled)}${plain}`
    const line = `${title.padEnd(20)} ${bar} ${(ms / 1000).toFixed(1).padStart(5)} s  ${status.padEnd(10)} (typically ${typically / 1000} s)`
    process.stdout.write(terminal ? `\r${line}` : `${line}\n`)
  }
  const frames = terminal ? setInterval(show, 100) : undefined
  let task
  try {
    show()
    task = await creating
    const result = await task.wait({
      ...pace,
      signal: interrupt.signal,
      onUpdate: (state) => {
        status = state.status
        show()
      },
    })
    return result.videos[0]
  } catch (error) {
    const unanswered = interrupt.signal.aborted || error instanceof UnknownOutcomeError
    if (task && !(error instanceof TaskFailedError)) {
      console.log(`\nThe task goes on. Its handle, for runapi.task(…):\n${JSON.stringify(task)}`)
    } else if (!task && unanswered) {
      console.log(`\nThe create has no answer yet. Try again with idempotencyKey ${creating.idempotencyKey}`)
    }
    throw error
  } finally {
    clearInterval(frames)
    if (terminal) process.stdout.write('\n')
  }
}

try {
  console.log(live ? 'Service: RunAPI. This buys two videos.' : `Service: an emulator at ${server?.url}`)
  const { signal } = interrupt
  const marble = await finish(
    'Hailuo text to video',
    typicalMs.hailuo,
    runapi.hailuo.textToVideo(
      {
        model: 'hailuo-02-text-to-video-standard',
        prompt: 'A glass marble rolls across a wooden desk, catches the edge, and falls in slow motion',
        duration_seconds: 6,
      },
      { signal },
    ),
  )
  const foggy = await finish(
    'Luma modify video',
    typicalMs.luma,
    runapi.luma.modifyVideo(
      { prompt: 'The same scene on a foggy autumn morning', source_video_url: marble.url },
      { signal },
    ),
  )

  const answer = await fetch(foggy.url)
  await mkdir('out', { recursive: true })
  await writeFile('out/demo.mp4', new Uint8Array(await answer.arrayBuffer()))
  console.log('Saved out/demo.mp4')
} catch (error) {
  if (interrupt.signal.aborted) process.exitCode = 130
  else if (RunApiError.is(error)) {
    console.error(`${error.name}: ${error.message}`)
    process.exitCode = 1
  } else throw error
} finally {
  await runapi.close()
  await server?.close()
}
