import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { RunApiClient, schedules } from 'runapi-video'
import { verifyWebhook } from 'runapi-video/webhooks'
import { expect, inject, onTestFinished, test } from 'vitest'

const consumer = inject('consumer')

/** Starts the command that the package installs, and waits for the address that it prints. */
const start = async (...args: string[]): Promise<{ program: ChildProcess; url: string; printed: string }> => {
  const program = spawn(join(consumer, 'node_modules/.bin/runapi-video'), ['emulator', ...args], {
    cwd: consumer,
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  let printed = ''
  for await (const chunk of program.stdout) {
    printed += chunk
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
    if (url && printed.endsWith('\n') && printed.includes('signed with')) return { program, url, printed }
  }
  throw new Error(`The emulator ended: ${printed}`)
}
const params = { prompt: 'Fog', source_video_url: 'https://example.com/a.mp4' }
const often = { schedule: schedules.fixed(20) }

test('the installed command serves clients as its scenario says, until Ctrl-C', async () => {
  const scenario = [
    { id: 'first', takesMs: 50 },
    { takesMs: 50, outcome: { failed: 'Too dark' } },
  ]
  writeFileSync(join(consumer, 'scenario.json'), JSON.stringify(scenario))
  const { program, url } = await start('--port', '0', '--takes-ms', '100', '--scenario', 'scenario.json')
  const runapi = new RunApiClient({ apiKey: 'any', baseUrl: url })
  onTestFinished(() => runapi.close())
  const first = await runapi.luma.modifyVideo(params).wait(often)
  expect(first.videos[0].url).toBe(`${url}/results/first.mp4`)
  await expect(runapi.luma.modifyVideo(params).wait(often)).rejects.toThrow('Too dark')
  expect((await runapi.luma.modifyVideo(params).wait(often)).status).toBe('completed')

  program.kill('SIGINT')
  expect(await once(program, 'exit')).toEqual([0, null])
  await expect(fetch(url)).rejects.toThrow()
})

test('the installed command delivers webhooks to this machine', async () => {
  const { url, printed } = await start('--port', '0', '--takes-ms', '50')
  const received = new Promise<string>((resolve, reject) => {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.writeHead(204).end()
      const secret = /signed with (\S+)/.exec(printed)?.[1] ?? ''
      verifyWebhook(Buffer.concat(chunks), request.headers, secret).then(
        ({ taskId }) => resolve(taskId),
        reject,
      )
    }).listen(0, '127.0.0.1', async () => {
      const { port } = server.address() as { port: number }
      const runapi = new RunApiClient({ apiKey: 'any', baseUrl: url })
      onTestFinished(async () => {
        server.close()
        await runapi.close()
      })
      await runapi.luma.modifyVideo({ ...params, callback_url: `http://127.0.0.1:${port}/hook` })
    })
  })
  expect(await received).toMatch(/^tsk_/)
})

test('a port that is taken ends the command with a sentence', async () => {
  const { url } = await start('--port', '0')
  const second = spawn(join(consumer, 'node_modules/.bin/runapi-video'), [
    'emulator',
    '--port',
    new URL(url).port,
  ])
  let err = ''
  second.stderr.on('data', (chunk) => {
    err += chunk
  })
  expect(await once(second, 'close')).toEqual([2, null])
  expect(err).toMatch(/^runapi-video: port \d+ is in use; pass another --port.*\n$/)
})
