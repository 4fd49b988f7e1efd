import { get, Agent as HttpAgent } from 'node:http'
import { RunApiClient } from 'runapi-video'
import { Agent, request } from 'undici'
import { importPeer } from '../peers.mjs'

// Without a number at its end it never completes.
const ID = 'task-endless'
const PATH = `/api/v1/luma/modify_video/${ID}`
const headers = { authorization: 'Bearer key', accept: 'application/json' }

/**
 * One status request each, read to the end, as the client's users make it.
 * @type {Record<string, (url: string) => Promise<() => Promise<unknown>>>}
 */
export const contenders = {
  'runapi-video': async (url) => {
    const task = new RunApiClient({ apiKey: 'key', baseUrl: url }).task('luma.modifyVideo', ID)
    return () => task.poll()
  },
  fetch: async (url) => async () => (await fetch(url + PATH, { headers })).json(),
  'undici.request': async (url) => {
    const dispatcher = new Agent({ connections: 64 })
    return async () => (await request(url + PATH, { dispatcher, headers })).body.json()
  },
  'node:http': async (url) => {
    const agent = new HttpAgent({ keepAlive: true, maxSockets: 64 })
    return () =>
      new Promise((resolve, reject) => {
        const asked = get(url + PATH, { agent, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => (text += chunk))
          response.on('end', () => resolve(JSON.parse(text)))
        })
        asked.on('error', reject)
      })
  },
  '@runwayml/sdk': async (url) => {
    const { default: RunwayML } = await importPeer('@runwayml/sdk')
    const client = new RunwayML({ apiKey: 'key', baseURL: url })
    return () => client.tasks.retrieve(ID)
  },
  replicate: async (url) => {
    const { default: Replicate } = await importPeer('replicate')
    const client = new Replicate({ auth: 'key', baseUrl: url })
    return () => client.predictions.get(ID)
  },
  '@fal-ai/client': async (url) => {
    const { createFalClient } = await importPeer('@fal-ai/client')
    const client = createFalClient({
      credentials: 'key',
      suppressLocalCredentialsWarning: true,
      requestMiddleware: async (/** @type {{ url: string }} */ sent) => ({ ...sent, url: url + PATH }),
    })
    return () => client.queue.status('luma/ray', { requestId: ID })
  },
  openai: async (url) => {
    const { default: OpenAI } = await importPeer('openai')
    const client = new OpenAI({ apiKey: 'key', baseURL: url })
    return () => client.models.retrieve(ID)
  },
  lumaai: async (url) => {
    const { default: LumaAI } = await importPeer('lumaai')
    const client = new LumaAI({ authToken: 'key', baseURL: url })
    return () => client.generations.get(ID)
  },
}
