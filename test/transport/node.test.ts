import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { patientDispatcher } from '../../src/transport/native-fetch'
import { createTransport } from '../../src/transport/node'
import type { Transport } from '../../src/transport/transport'
import { burst, get, type Loopback, listen, textOf } from './loopback'

let server: Loopback
let transport: Transport
let hold: Promise<void> | undefined
let release = (): void => {}

beforeEach(async () => {
  hold = undefined
  server = await listen(async (_, response) => {
    await hold
    response.end('{}')
  })
  transport = createTransport({ maxConnections: 64 })
})
afterEach(async () => {
  release()
  vi.unstubAllGlobals()
  await transport.close()
  await server.close()
})

const holdAnswers = (): void => {
  hold = new Promise((resolve) => {
    release = resolve
  })
}
const arrived = async (count: number): Promise<void> => {
  while (server.via.length < count) await new Promise((resolve) => setTimeout(resolve, 2))
}
const until = async (fact: () => boolean): Promise<void> => {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 2))
}

test('eight requests in flight stay on the global fetch', async () => {
  holdAnswers()
  const answers = burst(transport, server.url, 8)
  await arrived(8)
  release()
  await answers
  await burst(transport, server.url, 8)
  expect(server.via).toEqual(Array(16).fill('fetch'))
})

test('the ninth request in flight goes over undici, and so do all after it', async () => {
  holdAnswers()
  const answers = burst(transport, server.url, 9)
  await arrived(9)
  expect([...server.via].sort()).toEqual([...Array(8).fill('fetch'), 'undici'])
  release()
  await answers
  await burst(transport, server.url, 1)
  expect(server.via.at(-1)).toBe('undici')
})

test('a request counts as in flight until its body is read', async () => {
  const responses = []
  for (let count = 0; count < 8; count++) responses.push(await transport.send(get(server.url)))
  await textOf(await transport.send(get(server.url)))
  expect(server.via.at(-1)).toBe('undici')
  for (const response of responses) await response.read(100)
})

test('requests that end give their places back', async () => {
  for (let count = 0; count < 10; count++) {
    const response = await transport.send(get(server.url))
    if (count % 2) response.discard()
    else await response.read(100)
    const controller = new AbortController()
    const aborted = transport.send(get(server.url, { signal: controller.signal }))
    controller.abort()
    await aborted.catch(() => {})
  }
  await burst(transport, server.url, 8)
  expect(new Set(server.via)).toEqual(new Set(['fetch']))
})

test('each client decides for itself', async () => {
  await burst(transport, server.url, 9)
  const other = createTransport({ maxConnections: 64 })
  await burst(other, server.url, 1)
  expect(server.via.at(-1)).toBe('fetch')
})

test('a hundred requests at once use no more sockets than maxConnections, besides eight of fetch', async () => {
  transport = createTransport({ maxConnections: 16 })
  holdAnswers()
  const answers = burst(transport, server.url, 100)
  await arrived(8 + 16)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(server.sockets.all).toBe(8 + 16)
  release()
  expect(await answers).toEqual(Array(100).fill('{}'))
  expect(server.sockets.all).toBe(8 + 16)
})

test('a given fetch is used for everything', async () => {
  const seen: unknown[] = []
  transport = createTransport({
    maxConnections: 64,
    fetch: async (url) => {
      seen.push(url)
      return new Response('given')
    },
  })
  expect(await burst(transport, server.url, 20)).toEqual(Array(20).fill('given'))
  expect(seen).toHaveLength(20)
  expect(server.via).toEqual([])
})

test('a request that may take five minutes or more goes by a dispatcher of Node without time limits', async () => {
  const dispatcher = patientDispatcher() as { dispatch(): boolean } & Record<symbol, unknown>
  expect(patientDispatcher()).toBe(dispatcher)
  const named = (name: string) =>
    Object.getOwnPropertySymbols(dispatcher).find((it) => it.description === name)
  expect(dispatcher[named('options') as symbol]).toMatchObject({ headersTimeout: 0, bodyTimeout: 0 })
  const spy = vi.spyOn(dispatcher, 'dispatch')
  await textOf(await transport.send(get(server.url, { timeoutMs: 299_999 })))
  await textOf(await transport.send(get(server.url)))
  expect(spy).not.toHaveBeenCalled()
  await textOf(await transport.send(get(server.url, { timeoutMs: 300_000 })))
  expect(spy).toHaveBeenCalledTimes(1)
  expect(server.via).toEqual(Array(3).fill('fetch'))
  spy.mockRestore()
})

test.each([0, 600_000])('a replaced fetch gets no dispatcher of ours for %i ms', async (timeoutMs) => {
  const seen: object[] = []
  vi.stubGlobal('fetch', async (_: string, init: object) => {
    seen.push(init)
    return new Response('stub')
  })
  await textOf(await transport.send(get(server.url, { timeoutMs })))
  expect(Object.keys(seen[0] ?? {}).sort()).toEqual(['cache', 'headers', 'method', 'redirect', 'signal'])
})

test("a fetch that takes only its own realm's signals, as Node's does in jsdom, is asked without one", async () => {
  const seen: unknown[] = []
  vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
    seen.push(signal)
    if (signal)
      throw new TypeError('RequestInit: Expected signal ("AbortSignal {}") to be an instance of AbortSignal.')
    return new Response('stub')
  })
  expect(await textOf(await transport.send(get(server.url)))).toBe('stub')
  expect(seen).toHaveLength(2)
  const reason = new Error('enough')
  await expect(transport.send(get(server.url, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
})

test('undici sends method, path, query, headers and body as fetch does, and asks for no compression', async () => {
  await burst(transport, server.url, 8)
  const post = { method: 'POST', headers: { 'x-a': '1' }, body: '{"ü":1}' } as const
  await textOf(await transport.send(get(`${server.url}/a%20b?c=d`, post)))
  await burst(transport, server.url, 9)
  await textOf(await transport.send(get(`${server.url}/a%20b?c=d`, post)))
  const [overFetch, overUndici] = server.requests.filter(({ method }) => method === 'POST')
  expect([server.via[8], server.via.at(-1)]).toEqual(['fetch', 'undici'])
  for (const request of [overFetch, overUndici]) {
    expect(request).toMatchObject({ url: '/a%20b?c=d', body: '{"ü":1}' })
    expect(request?.headers).toMatchObject({
      'x-a': '1',
      'content-length': '8',
      'accept-encoding': 'identity',
    })
  }
})

test('closing leaves no socket of undici', async () => {
  await burst(transport, server.url, 30)
  const ofFetch = 8
  expect(server.sockets.open).toBeGreaterThan(ofFetch)
  await transport.close()
  await until(() => server.sockets.open <= ofFetch)
  await transport.close()
})

test('closing breaks off what undici has in flight', async () => {
  await burst(transport, server.url, 9)
  holdAnswers()
  const sent = server.via.length
  const answer = transport.send(get(server.url))
  answer.catch(() => {})
  await arrived(sent + 1)
  await transport.close()
  await expect(answer).rejects.toThrow()
})

test('closing before anything was sent is fine', async () => {
  await transport.close()
  await transport.close()
})

test('closing while undici loads makes no Agent, and a request that was aborted meanwhile is not sent', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const answers = Array.from({ length: 20 }, () => transport.send(get(server.url, { signal })))
  controller.abort(new Error('closed'))
  await transport.close()
  for (const answer of await Promise.allSettled(answers)) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'closed' } })
  }
  expect(server.via).not.toContain('undici')
})

test('an abort ends a request of undici at any point, with the reason', async () => {
  await burst(transport, server.url, 9)
  holdAnswers()
  const reason = new Error('enough')
  const before = AbortSignal.abort(reason)
  await expect(transport.send(get(server.url, { signal: before }))).rejects.toBe(reason)

  const controller = new AbortController()
  const answer = transport.send(get(server.url, { signal: controller.signal }))
  answer.catch(() => {})
  await until(() => server.via.length === 10)
  controller.abort(reason)
  await expect(answer).rejects.toBe(reason)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

test('a request that is aborted while it waits for a connection is never sent', async () => {
  transport = createTransport({ maxConnections: 1 })
  await burst(transport, server.url, 9)
  holdAnswers()
  const first = transport.send(get(server.url))
  await arrived(10)
  const controller = new AbortController()
  const second = transport.send(get(server.url, { signal: controller.signal }))
  second.catch(() => {})
  controller.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  release()
  await textOf(await first)
  await burst(transport, server.url, 1)
  expect(server.via).toHaveLength(11)
})

test('a request that ended has no listener left on its signal', async () => {
  await burst(transport, server.url, 9)
  const { signal } = new AbortController()
  await textOf(await transport.send(get(server.url, { signal })))
  const refused = get(server.url, { signal, headers: { 'x-odd': 'a\nb' } })
  await expect(transport.send(refused)).rejects.toThrow()
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('an abort between headers and body rejects the read and nothing else', async () => {
  const slow = await listen((_, response) => response.write('{'))
  await burst(transport, server.url, 9)
  const reason = new Error('enough')
  const controller = new AbortController()
  const response = await transport.send(get(slow.url, { signal: controller.signal }))
  const unread = await transport.send(get(slow.url, { signal: controller.signal }))
  const read = response.read(100)
  read.catch(() => {})
  controller.abort(reason)
  await expect(read).rejects.toBe(reason)
  await expect(unread.read(100)).rejects.toBe(reason)
  await until(() => slow.sockets.open === 0)
  expect(slow.via).toEqual(['undici', 'undici'])
  await slow.close()
})

test('an answer that is not read gives its connection back', async () => {
  transport = createTransport({ maxConnections: 1 })
  await burst(transport, server.url, 9)
  const made = server.sockets.all
  for (let count = 0; count < 5; count++) (await transport.send(get(server.url))).discard()
  await burst(transport, server.url, 1)
  expect(server.sockets.all).toBe(made)
})
