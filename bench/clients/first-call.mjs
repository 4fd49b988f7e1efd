// From nothing to the first answered status request. Sends the milliseconds since the process began, and its
// processor time. The work is imported here and nothing else is, so that only it counts.
const [name = '', url = '', how = ''] = process.argv.slice(2)

/** @type {Record<string, { load: () => Promise<any>, call: (loaded: any) => Promise<unknown> }>} */
const starts = {
  nothing: { load: async () => {}, call: async () => {} },
  fetch: {
    load: async () => {},
    call: async () =>
      (await fetch(`${url}/api/v1/luma/modify_video/x`, { headers: { authorization: 'Bearer key' } })).json(),
  },
  'runapi-video': {
    load: () => import('runapi-video'),
    call: ({ RunApiClient }) =>
      new RunApiClient({ apiKey: 'key', baseUrl: url }).task('luma.modifyVideo', 'x').poll(),
  },
  '@runwayml/sdk': {
    load: () => importPeer('@runwayml/sdk'),
    call: ({ default: RunwayML }) => new RunwayML({ apiKey: 'key', baseURL: url }).tasks.retrieve('x'),
  },
  replicate: {
    load: () => importPeer('replicate'),
    call: ({ default: Replicate }) => new Replicate({ auth: 'key', baseUrl: url }).predictions.get('x'),
  },
  openai: {
    load: () => importPeer('openai'),
    call: ({ default: OpenAI }) => new OpenAI({ apiKey: 'key', baseURL: url }).models.retrieve('x'),
  },
  lumaai: {
    load: () => importPeer('lumaai'),
    call: ({ default: LumaAI }) => new LumaAI({ authToken: 'key', baseURL: url }).generations.get('x'),
  },
}

const importPeer = async (/** @type {string} */ peer) => (await import('../peers.mjs')).importPeer(peer)

const start = starts[name]
if (!start) throw new Error(`no client ${name}`)
const loaded = await start.load()
if (how === 'call') await start.call(loaded)
const ms = performance.now()
const { user, system } = process.cpuUsage()
process.send?.({ ms, cpuMs: (user + system) / 1_000 }, () => process.exit())
