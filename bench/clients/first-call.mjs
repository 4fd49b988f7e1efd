// From nothing to the first answered status request. Sends the milliseconds since the process began. Nothing but the
// client is imported, so that only it counts.
const [name = '', client = '', url = '', how = ''] = process.argv.slice(2)

/** @type {Record<string, (loaded: any) => Promise<unknown>>} */
const calls = {
  nothing: async () => {},
  fetch: async () =>
    (
      await fetch(`${url}/api/v1/luma/modify_video/task-x`, { headers: { authorization: 'Bearer key' } })
    ).json(),
  'runapi-video': ({ RunApiClient }) =>
    new RunApiClient({ apiKey: 'key', baseUrl: url }).task('luma.modifyVideo', 'task-x').poll(),
  '@runwayml/sdk': ({ default: RunwayML }) =>
    new RunwayML({ apiKey: 'key', baseURL: url }).tasks.retrieve('x'),
  replicate: ({ default: Replicate }) => new Replicate({ auth: 'key', baseUrl: url }).predictions.get('x'),
  openai: ({ default: OpenAI }) => new OpenAI({ apiKey: 'key', baseURL: url }).models.retrieve('x'),
  lumaai: ({ default: LumaAI }) => new LumaAI({ authToken: 'key', baseURL: url }).generations.get('x'),
}

const call = calls[name]
if (!call) throw new Error(`no client ${name}`)
const loaded = await import(client)
if (how === 'call') await call(loaded)
const ms = performance.now()
process.send?.({ ms }, () => process.exit())
