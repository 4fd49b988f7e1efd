import { RunApiClient } from 'runapi-video'
import { expect, test } from 'vitest'
import { faultServer, httpAnswer, says } from '../support/fault-server'
import { CREATED, params, rejection, scriptedClient } from '../support/scripted-fetch'

const PATH = '/api/v1/luma/modify_video'

test.each([300, 301, 302, 303, 304, 305, 307, 308])(
  'a %i to another origin, port or scheme is a typed error, and nothing reaches the trap',
  async (status) => {
    const trap = await faultServer(says(200, CREATED))
    const targets = [
      `${trap.url}${PATH}`,
      `//127.0.0.1:${trap.port}${PATH}`,
      `https://127.0.0.1:${trap.port}${PATH}`,
      `http://localhost:${trap.port}${PATH}`,
    ]
    for (const location of targets) {
      const { url, requests } = await faultServer((socket) =>
        socket.write(httpAnswer(status, '', { location })),
      )
      const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url, logLevel: 'off' })
      const promise = runapi.luma.modifyVideo(params)
      expect(await rejection(promise)).toMatchObject({
        code: 'api',
        status,
        retryable: false,
        idempotencyKey: promise.idempotencyKey,
        message: expect.stringContaining('check baseUrl'),
      })
      expect(await rejection(runapi.task('luma.modifyVideo', 'tsk_1').wait())).toMatchObject({
        code: 'api',
        status,
      })
      expect(requests).toHaveLength(2)
    }
    expect([trap.requests, trap.connections]).toEqual([[], 0])
  },
)

test('a redirect on the same origin is not followed either', async () => {
  const { url, requests } = await faultServer((socket) =>
    socket.write(httpAnswer(307, '{"message":"Moved to /login?next=canary"}', { location: '/login' })),
  )
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url, logLevel: 'off' })
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error.message).toBe('307: the service redirected, which an API answer never does; check baseUrl')
  expect(requests).toHaveLength(1)
})

test('a redirect that a browser hides has status 0', async () => {
  const opaque = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })
  const { runapi, sent } = scriptedClient(() => opaque)
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({
    code: 'api',
    status: 0,
    retryable: false,
  })
  expect(sent).toHaveLength(1)
})

test('a Response.error() leaves an unknown outcome', async () => {
  // Service workers and fetch wrappers turn a failure into one.
  const { runapi, sent } = scriptedClient(() => Response.error())
  expect(await rejection(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'unknown_outcome' })
  expect(sent).toHaveLength(3)
})

test('the Location of a 202 on another origin is not asked for the status', async () => {
  const trap = await faultServer(
    says(200, { status: 'completed', videos: [{ url: 'https://x.example/v.mp4' }] }),
  )
  const { url, requests } = await faultServer((socket, { number }) => {
    const created = httpAnswer(202, '{"id":"tsk_1"}', { location: `${trap.url}${PATH}/tsk_1` })
    socket.write(number === 0 ? created : httpAnswer(200, '{"status":"processing"}'))
  })
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url, logLevel: 'off' })
  const task = await runapi.luma.modifyVideo(params)
  expect((await task.poll()).status).toBe('processing')
  expect(requests[1]?.head).toMatch(`GET ${PATH}/tsk_1 `)
  expect(trap.connections).toBe(0)
})
