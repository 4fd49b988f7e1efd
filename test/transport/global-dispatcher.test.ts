import {
  Agent,
  Client,
  type Dispatcher,
  EnvHttpProxyAgent,
  getGlobalDispatcher,
  interceptors,
  MockAgent,
  Pool,
  ProxyAgent,
  RetryAgent,
  setGlobalDispatcher,
} from 'undici'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isNativeFetch } from '../../src/transport/native-fetch'
import { createTransport } from '../../src/transport/node'
import type { Transport } from '../../src/transport/transport'
import { listenProxy } from './forward-proxy'
import { burst, type Loopback, listen } from './loopback'

const MANY = 20
const original = getGlobalDispatcher()
let server: Loopback
let transport: Transport

beforeEach(async () => {
  server = await listen((_, response) => response.end('the service'))
  transport = createTransport({ maxConnections: 64 })
})
afterEach(async () => {
  setGlobalDispatcher(original)
  await transport.close()
  await server.close()
})

const mockAgent = (): MockAgent => {
  const agent = new MockAgent()
  agent.disableNetConnect()
  agent.get(server.url).intercept({ path: '/' }).reply(200, 'mocked').persist()
  return agent
}

test('a MockAgent answers everything when it is set before the first request', async () => {
  setGlobalDispatcher(mockAgent())
  expect(await burst(transport, server.url, MANY)).toEqual(Array(MANY).fill('mocked'))
  expect(server.via).toEqual([])
})

test('a MockAgent answers everything when it is set after undici was loaded, until it is taken away', async () => {
  await burst(transport, server.url, MANY)
  expect(server.via).toContain('undici')
  setGlobalDispatcher(mockAgent())
  expect(await burst(transport, server.url, MANY)).toEqual(Array(MANY).fill('mocked'))
  expect(server.via).toHaveLength(MANY)
  setGlobalDispatcher(original)
  await burst(transport, server.url, 1)
  expect(server.via.at(-1)).toBe('undici')
})

test('a global ProxyAgent carries everything', async () => {
  const proxy = await listenProxy()
  const agent = new ProxyAgent(proxy.url)
  setGlobalDispatcher(agent)
  await burst(transport, server.url, MANY)
  expect(server.via).toEqual(Array(MANY).fill('fetch'))
  expect(server.sockets.all).toBe(proxy.tunnels.length)
  await agent.destroy()
  await proxy.close()
})

const spied = (): Dispatcher => {
  const agent = new Agent()
  const { dispatch } = agent
  agent.dispatch = (...given) => dispatch.apply(agent, given)
  return agent
}
class Subclass extends Agent {
  override dispatch(...given: Parameters<Agent['dispatch']>): boolean {
    return super.dispatch(...given)
  }
}
Object.defineProperty(Subclass, 'name', { value: 'Agent' })
const nodesOwnWith = (options: object): Dispatcher => {
  const NodesAgent = original.constructor as new (options: object) => Dispatcher
  return new NodesAgent(options)
}

test.each<[string, () => Dispatcher]>([
  ['an Agent with options', () => new Agent({ connect: { rejectUnauthorized: false } })],
  ['an Agent with a factory', () => new Agent({ factory: (origin, options) => new Pool(origin, options) })],
  ['an Agent that somebody listens to', () => new Agent().on('connect', () => {})],
  ['an Agent with a spy', spied],
  ['an Agent with interceptors', () => new Agent().compose(interceptors.retry())],
  ['a subclass', () => new Subclass()],
  ['the Agent of Node with options', () => nodesOwnWith({ bodyTimeout: 1 })],
  ['an EnvHttpProxyAgent', () => new EnvHttpProxyAgent()],
  ['a RetryAgent', () => new RetryAgent(new Agent())],
  ['a Pool', () => new Pool('http://127.0.0.1:1')],
  ['a Client', () => new Client('http://127.0.0.1:1')],
])('%s as the global dispatcher is not gone around', (_, make) => {
  expect(isNativeFetch()).toBe(true)
  setGlobalDispatcher(make())
  expect(isNativeFetch()).toBe(false)
})

test('a plain Agent, as importing undici installs one, does what ours does', () => {
  setGlobalDispatcher(new Agent())
  expect(isNativeFetch()).toBe(true)
})
