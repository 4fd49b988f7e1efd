import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ClientEvent,
  RunApiClient,
  type RunApiClientOptions,
  RunApiError,
  type Task,
  type UploadedFile,
  ValidationError,
} from 'runapi-video'
import {
  type LedgerOptions,
  type LedgerStore,
  memoryStore,
  type OpenLedger,
  openLedger,
} from 'runapi-video/ledger'
import { uploadFile } from 'runapi-video/node'
import { createEmulator, type Emulator, type EmulatorOptions } from 'runapi-video/testing'
import { parseWebhook } from 'runapi-video/webhooks'
import { expect, test } from 'vitest'
import { contentOfFile, withContent } from '../../src/contract/uploaded-file'
import { digestOfFile } from '../../src/node/upload-file'
import { pause, systemClock } from '../../src/platform/clock'
import { entriesOf, errorOf } from './purchase'

const params = { prompt: 'Fog over the park', source_video_url: 'https://example.com/park-walk.mp4' }

interface Place {
  emulator: Emulator
  store: LedgerStore
  ledger: OpenLedger
  events: ClientEvent[]
  /** Another process: its own ledger on the same store. */
  client(options?: LedgerOptions, more?: RunApiClientOptions): { runapi: RunApiClient; ledger: OpenLedger }
  runapi: RunApiClient
  creates(): number
}

const placeWith = (options: LedgerOptions = {}, emulated: EmulatorOptions = {}): Place => {
  const emulator = createEmulator(emulated)
  const store = memoryStore()
  const events: ClientEvent[] = []
  const client: Place['client'] = (ledgerOptions = options, more = {}) => {
    const ledger = openLedger(store, ledgerOptions)
    const { fetch, clock } = emulator
    const onEvent = (event: ClientEvent): void => void events.push(event)
    return {
      ledger,
      runapi: new RunApiClient({ apiKey: 'key', fetch, clock, ledger, onEvent, logLevel: 'off', ...more }),
    }
  }
  const creates = () => emulator.requests.filter(({ path }) => path.endsWith('/modify_video')).length
  return { emulator, store, events, client, ...client(), creates }
}

const typesIn = async (store: LedgerStore) => (await entriesOf(store)).map(({ type }) => type)

test('a purchase is intended, bought and completed, with its cost and its time', async () => {
  const { runapi, ledger, store, emulator } = placeWith()
  emulator.next({ takesMs: 62_000 })
  const task = await runapi.luma.modifyVideo(params, {
    idempotencyKey: 'order-1',
    tags: { customer: 'acme' },
  })
  expect(await typesIn(store)).toEqual(['header', 'intended', 'bought'])
  await task.wait()
  await ledger.idle()
  const order = await ledger.order('order-1')
  expect(order).toMatchObject({
    status: 'completed',
    endpoint: 'luma.modifyVideo',
    model: 'luma-modify-video',
    cents: 50,
    tags: { customer: 'acme' },
    task: { id: task.id, endpoint: 'luma.modifyVideo', idempotencyKey: 'order-1' },
    done: false,
  })
  expect(order?.tookMs).toBeGreaterThanOrEqual(62_000)
  expect(order?.tookMs).toBeLessThan(68_000)
  expect(await ledger.durations({ endpoint: 'luma.modifyVideo' })).toEqual([order?.tookMs])
})

test('the intent stands in the store when the request goes out', async () => {
  const { store, emulator } = placeWith()
  let seen: unknown
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen ??= await typesIn(store)
    return emulator.fetch(input, init)
  }
  await new RunApiClient({ apiKey: 'key', fetch, ledger: openLedger(store) }).luma.modifyVideo(params)
  expect(seen).toEqual(['header', 'intended'])
})

test('the body that was written down is the body that is sent', async () => {
  const { runapi, store, emulator } = placeWith({}, { validate: false })
  const extraParams = { seed: 7, list: [1, { deep: 'ü' }] }
  await runapi.luma.modifyVideo(params, { extraParams })
  const [, intended] = await entriesOf(store)
  expect(emulator.requests[0]?.body).toEqual(intended?.body)
  expect(intended?.body).toEqual({ model: 'luma-modify-video', ...params, ...extraParams })
})

test('a key that the ledger knows sends nothing, in any process, and says that it is a replay', async () => {
  const { runapi, client, creates, events } = placeWith()
  const first = await runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' })
  const again = await client().runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' })
  expect(creates()).toBe(1)
  expect(again).toMatchObject({
    id: first.id,
    replayed: true,
    idempotencyKey: 'order-1',
    createdAt: first.createdAt,
  })
  expect(events.filter(({ type }) => type === 'task')).toMatchObject([
    { outcome: 'created', taskId: first.id },
    { outcome: 'replayed', taskId: first.id, idempotencyKey: 'order-1', model: 'luma-modify-video' },
  ])
  expect((await again.wait()).videos).toHaveLength(1)
})

test('what was answered once is not bought again by a service that has forgotten its keys', async () => {
  const { runapi, client, emulator } = placeWith()
  const task = await runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' })
  emulator.forgetKeys()
  expect((await client().runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' })).id).toBe(task.id)
  expect(emulator.tasks).toHaveLength(1)
})

test('the same key with something else asked is a ValidationError, and nothing is sent', async () => {
  const { runapi, creates } = placeWith()
  await runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' })
  const error = await errorOf(
    runapi.luma.modifyVideo({ ...params, prompt: 'Sun' }, { idempotencyKey: 'order-1' }),
  )
  expect(error).toBeInstanceOf(ValidationError)
  expect(error).toMatchObject({ issues: [{ field: 'idempotencyKey' }], idempotencyKey: 'order-1' })
  expect(String(error.message)).toContain('another prompt')
  expect(creates()).toBe(1)
})

test('a URL that was signed anew, a file uploaded again and another callback are the same order', async () => {
  const { runapi, creates } = placeWith()
  const file = () => runapi.files.upload(new Blob(['the same video']), { fileName: `${Math.random()}.mp4` })
  const orders = {
    signed: [
      { source_video_url: 'https://a.io/v.mp4?sig=1' },
      { source_video_url: 'https://a.io/v.mp4?sig=2' },
    ],
    called: [{ callback_url: 'https://a.io/1' }, { callback_url: 'https://a.io/2' }],
    uploaded: [{ source_video_url: await file() }, { source_video_url: await file() }],
  }
  for (const [idempotencyKey, [first, second]] of Object.entries(orders)) {
    const task = await runapi.luma.modifyVideo({ ...params, ...first }, { idempotencyKey })
    const again = await runapi.luma.modifyVideo({ ...params, ...second }, { idempotencyKey })
    expect(again.id).toBe(task.id)
  }
  expect(creates()).toBe(3)
})

test('a file is the same order from the disk, from memory and from the command line', async () => {
  const { runapi, creates } = placeWith()
  const folder = await mkdtemp(join(tmpdir(), 'runapi-video-ledger-'))
  // Several pieces, the last of them short.
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)
  const path = join(folder, 'on-disk.mp4')
  await writeFile(path, bytes)
  const named = withContent(
    { url: 'https://file.runapi.ai/temp/other', file_name: 'other.mp4' },
    await digestOfFile(path),
  )
  const files = [
    await uploadFile(runapi, path),
    await runapi.files.upload(bytes, { fileName: 'bytes.mp4' }),
    await runapi.files.upload(new File([bytes], 'blob.mp4')),
    named,
  ]
  for (const source_video_url of files)
    await runapi.luma.modifyVideo({ ...params, source_video_url }, { idempotencyKey: 'order-1' })
  expect(creates()).toBe(1)
  // Kept ledgers hold it, so it may not change.
  expect(contentOfFile(files[0])).toBe('d3aeae2b752c01c959387b63738a7c9a899e9a5d061ec6c272dcb6d0afbf07fe')
  await rm(folder, { recursive: true })
})

test('a file that went through JSON is told by its name and size, or by its URL', async () => {
  const { runapi, creates } = placeWith()
  const upload = (text: string, fileName = 'a.mp4') => runapi.files.upload(new Blob([text]), { fileName })
  const stored = <T>(file: T): T => JSON.parse(JSON.stringify(file))
  const first = await upload('one')
  const create = (source_video_url: UploadedFile) =>
    runapi.luma.modifyVideo({ ...params, source_video_url }, { idempotencyKey: 'order-1' })
  await create(first)
  for (const same of [stored(first), stored(await upload('one')), await upload('one', 'b.mp4')])
    await create(same)
  for (const other of [
    await upload('two'),
    stored(await upload('longer')),
    stored(await upload('one', 'b.mp4')),
  ])
    expect(await errorOf(create(other))).toMatchObject({ issues: [{ field: 'idempotencyKey' }] })
  expect(creates()).toBe(1)
})

test('another file under the same key is another order', async () => {
  const { runapi } = placeWith()
  const upload = (text: string) => runapi.files.upload(new Blob([text]), { fileName: 'a.mp4' })
  const idempotencyKey = 'order-1'
  await runapi.luma.modifyVideo({ ...params, source_video_url: await upload('one') }, { idempotencyKey })
  const other = runapi.luma.modifyVideo(
    { ...params, source_video_url: await upload('two') },
    { idempotencyKey },
  )
  expect(String((await errorOf(other)).message)).toContain('another source_video_url')
})

test('creates of one key at the same time are one request and one task', async () => {
  const { runapi, creates, store } = placeWith()
  const create = () => runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' })
  const tasks = await Promise.all([create(), create(), create()])
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(1)
  expect(creates()).toBe(1)
  expect(await typesIn(store)).toEqual(['header', 'intended', 'bought'])
})

test('and one refusal', async () => {
  const { runapi, creates } = placeWith(
    {},
    { fault: ({ request }) => (request.method === 'POST' ? { status: 402 } : 'ok') },
  )
  const create = () => errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'order-1' }))
  const errors = await Promise.all([create(), create()])
  expect(errors).toMatchObject([{ code: 'insufficient_credits' }, { code: 'insufficient_credits' }])
  expect(creates()).toBe(1)
})

test.each([400, 401, 402, 403, 404, 429])(
  'a create that is answered by %i is refused and reserves nothing',
  async (status) => {
    const { runapi, ledger } = placeWith(
      { limitCents: 50 },
      {
        fault: ({ request }) => (request.path.endsWith('modify_video') ? { status } : 'ok'),
      },
    )
    await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a', maxRetries: 0 }))
    await ledger.idle()
    expect(await ledger.order('a')).toMatchObject({ status: 'refused' })
    expect(await ledger.totals()).toMatchObject({ leftCents: 50, unknownCents: 0 })
  },
)

test.each<[string, object | string]>([
  ['a lost answer', 'lose-answer'],
  ['a 500', { status: 500 }],
  ['an answer that cannot be read', { body: '<html>', carryOut: true }],
])('after %s the order is unknown and stays reserved', async (_, fault) => {
  const { runapi, ledger } = placeWith(
    { limitCents: 80 },
    {
      fault: ({ request }) => (request.path.endsWith('modify_video') ? (fault as never) : 'ok'),
    },
  )
  const error = await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a', maxRetries: 0 }))
  expect(RunApiError.is(error)).toBe(true)
  expect(await ledger.order('a')).toMatchObject({ status: 'unknown', cents: 50 })
  expect(await ledger.totals()).toMatchObject({ leftCents: 30, unknownCents: 50 })
})

test('an unknown order is resumed with its own key and body, and not bought twice', async () => {
  let faults = 1
  const { runapi, ledger, client, emulator } = placeWith(
    { limitCents: 50 },
    {
      fault: ({ request }) => (request.path.endsWith('modify_video') && faults-- > 0 ? 'lose-answer' : 'ok'),
    },
  )
  await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a', maxRetries: 0 }))
  await ledger.idle()
  const other = client()
  const orders = await other.ledger.unfinished()
  expect(orders).toMatchObject([{ key: 'a', status: 'unknown' }])
  const order = JSON.parse(JSON.stringify(orders[0]))
  const { videos } = await other.runapi.resume(order).wait()
  expect(videos).toHaveLength(1)
  await other.ledger.done('a')
  expect(await other.ledger.unfinished()).toEqual([])
  expect(emulator.tasks).toHaveLength(1)
  expect(
    emulator.requests.filter(({ path }) => path.endsWith('modify_video')).map(({ body }) => body),
  ).toEqual([
    { model: 'luma-modify-video', ...params },
    { model: 'luma-modify-video', ...params },
  ])
})

test('a bought order is resumed without a request', async () => {
  const { runapi, client, emulator } = placeWith()
  const task = await runapi.luma.modifyVideo(params, { idempotencyKey: 'a' })
  const other = client()
  const [order] = await other.ledger.unfinished()
  const requests = emulator.requests.length
  const resumed = await other.runapi.resume(order as NonNullable<typeof order>)
  expect(resumed).toMatchObject({ id: task.id, replayed: true })
  expect(emulator.requests).toHaveLength(requests)
})

test('two processes that resume one order get one task', async () => {
  let faults = 1
  const { runapi, client, emulator } = placeWith(
    {},
    {
      fault: ({ request }) => (request.path.endsWith('modify_video') && faults-- > 0 ? 'lose-answer' : 'ok'),
    },
  )
  await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a', maxRetries: 0 }))
  const processes = [client(), client()]
  const resume = async ({ runapi, ledger }: ReturnType<Place['client']>): Promise<Task> => {
    const [order] = await ledger.unfinished()
    return runapi.resume(order as NonNullable<typeof order>)
  }
  const [one, two] = await Promise.all(processes.map(resume))
  expect(one?.id).toBe(two?.id)
  expect(emulator.tasks).toHaveLength(1)
})

test('an order that is unknown for more than a day is resumed only on demand', async () => {
  let faults = 1
  const { runapi, ledger, emulator } = placeWith(
    {},
    {
      fault: ({ request }) => (request.path.endsWith('modify_video') && faults-- > 0 ? 'lose-answer' : 'ok'),
    },
  )
  await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a', maxRetries: 0 }))
  await emulator.clock.sleep(25 * 3_600_000)
  expect(await ledger.unfinished()).toEqual([])
  const [order] = await ledger.unfinished({ stale: true })
  const known = order as NonNullable<typeof order>
  for (const create of [runapi.resume(known), runapi.luma.modifyVideo(params, { idempotencyKey: 'a' })])
    expect(await errorOf(create)).toMatchObject({ code: 'unknown_outcome', idempotencyKey: 'a' })
  await runapi.resume(known, { resendUnknown: true })
  expect(emulator.tasks).toHaveLength(1)
})

test('what cannot be resumed rejects and says why', async () => {
  const { runapi, ledger, emulator } = placeWith()
  const bare = new RunApiClient({ apiKey: 'key', fetch: emulator.fetch })
  await runapi.luma.modifyVideo({ ...params, prompt: 'x' }, { idempotencyKey: 'a' })
  const order = await ledger.order('a')
  const cases: [Promise<unknown>, RegExp][] = [
    [bare.resume(order as never), /option ledger/],
    [runapi.resume({ key: 'nobody', endpoint: 'luma.modifyVideo' }), /no open order/],
    [runapi.resume({ key: 'a', endpoint: 'flux.textToImage' }), /runapi\.endpoint\(\) first/],
    [runapi.resume({ key: 'a', endpoint: 'hailuo.textToVideo' }), /the endpoint luma.modifyVideo/],
    ...[undefined, null, 'a', [], {}].map((given): [Promise<unknown>, RegExp] => [
      runapi.resume(given as never),
      /^order: must be/,
    ]),
    [runapi.resume({ endpoint: 'luma.modifyVideo' } as never), /idempotencyKey/],
    [runapi.resume({ key: 'a', endpoint: 'luma.modifyVideo' }, { resend: true } as never), /resendUnknown/],
  ]
  for (const [promise, message] of cases) expect(String((await errorOf(promise)).message)).toMatch(message)
})

test('an order of the emulator is never sent to the service', async () => {
  const { runapi, client, store, emulator } = placeWith()
  await runapi.luma.modifyVideo(params, { idempotencyKey: 'a' })
  const elsewhere = client({}, { baseUrl: 'http://127.0.0.1:4010' })
  expect(await errorOf(elsewhere.runapi.luma.modifyVideo(params, { idempotencyKey: 'a' }))).toMatchObject({
    code: 'configuration',
  })
  expect(await errorOf(elsewhere.runapi.resume({ key: 'a', endpoint: 'luma.modifyVideo' }))).toMatchObject({
    code: 'configuration',
  })
  expect(emulator.requests).toHaveLength(1)
  expect(await typesIn(store)).toHaveLength(3)
})

test('own endpoints are bought and resumed as the others', async () => {
  const accept = {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  } as const
  const definition = { name: 'flux.textToVideo', path: '/api/v1/flux/text_to_video', params: accept }
  const { runapi, client } = placeWith({ limitCents: 60 }, { endpoints: [definition] })
  const task = await runapi.endpoint(definition)({ prompt: 'a' }, { idempotencyKey: 'a' })
  const other = client()
  const [order] = await other.ledger.unfinished()
  expect(order).toMatchObject({ endpoint: 'flux.textToVideo', cents: 50 })
  expect(await errorOf(other.runapi.resume(order as never))).toMatchObject({
    message: expect.stringContaining('endpoint'),
  })
  other.runapi.endpoint(definition)
  expect((await other.runapi.resume(order as never)).id).toBe(task.id)
})

test('the limit refuses before anything is sent, by the quote of the body', async () => {
  const { runapi, creates, emulator } = placeWith({ limitCents: 120 })
  await runapi.luma.modifyVideo(params)
  await runapi.luma.modifyVideo(params)
  const error = await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'c' }))
  expect(error).toMatchObject({
    code: 'spending_limit',
    limitCents: 120,
    leftCents: 20,
    priceCents: 50,
    idempotencyKey: 'c',
  })
  expect(creates()).toBe(2)
  const quotes = emulator.requests.filter(({ path }) => path.endsWith('/price_quotes'))
  expect(quotes.map(({ body }) => body)).toEqual([
    {
      service: 'luma',
      action: 'modify_video',
      model: 'luma-modify-video',
      params: expect.not.objectContaining({ callback_url: 0 }),
    },
  ])
})

test('the quote is of the body, without its callback, also past the rules', async () => {
  const { runapi, emulator } = placeWith({ limitCents: 500 }, { validate: false })
  const more = { callback_url: 'https://a.io/hook' }
  await runapi.luma.modifyVideo({ ...params, ...more }, { validate: false, extraParams: { seed: 7 } })
  expect(emulator.requests[0]).toMatchObject({ path: '/api/v1/price_quotes' })
  expect(emulator.requests[0]?.body).toMatchObject({ params: { ...params, seed: 7 } })
  expect(JSON.stringify(emulator.requests[0]?.body)).not.toContain('callback')
})

test('a failed generation gives its reserve back', async () => {
  const { runapi, ledger, emulator } = placeWith({ limitCents: 50 })
  emulator.next({ outcome: 'failed' })
  await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a' }).wait())
  await ledger.idle()
  expect(await ledger.order('a')).toMatchObject({ status: 'failed' })
  await runapi.luma.modifyVideo(params)
})

test('a day passes by the client’s clock', async () => {
  const { runapi, ledger, emulator } = placeWith({ limit: { cents: 50, per: 'day' } })
  await runapi.luma.modifyVideo(params).wait()
  expect(await errorOf(runapi.luma.modifyVideo(params))).toMatchObject({ code: 'spending_limit' })
  await emulator.clock.sleep(24 * 3_600_000)
  await runapi.luma.modifyVideo(params)
  expect(await ledger.totals()).toMatchObject({ spentCents: 50, reservedCents: 50, leftCents: 0 })
})

test.each<[string, (task: Task, place: Place) => Promise<unknown>]>([
  [
    'poll',
    async (task, { emulator }) => {
      await emulator.clock.sleep(300_000)
      return task.poll()
    },
  ],
  ['wait', (task) => task.wait()],
  [
    'updates',
    async (task) => {
      for await (const _ of task.updates());
    },
  ],
  [
    'settle',
    async (task, { runapi }) => {
      const body = {
        id: task.id,
        status: 'completed',
        videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }],
        usage: { cost: 0.5 },
      }
      runapi.settle(parseWebhook(JSON.stringify(body)))
    },
  ],
  [
    'wait, ended by settle',
    async (task, { runapi }) => {
      const wait = task.wait()
      const body = {
        id: task.id,
        status: 'completed',
        videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }],
        usage: { cost: 0.5 },
      }
      runapi.settle(parseWebhook(JSON.stringify(body)))
      await wait
    },
  ],
])('an ending that %s sees is written once, in any process', async (_, see) => {
  const place = placeWith()
  const task = await place.runapi.luma.modifyVideo(params, { idempotencyKey: 'a' })
  const other = place.client()
  await see(other.runapi.task(task.toJSON()), { ...place, ...other })
  await other.runapi.close()
  await task.poll().catch(() => {})
  await place.ledger.idle()
  const ends = (await entriesOf(place.store)).filter(({ type }) => type === 'completed')
  expect(ends).toMatchObject([{ key: 'a', cents: 50 }])
  // Nobody was looking when a revived handle first saw it.
  if (_ !== 'wait' && _ !== 'updates') expect(ends[0]).not.toHaveProperty('tookMs')
})

test('an intent that fails ends the create, and nothing is sent', async () => {
  const { emulator, creates } = placeWith()
  const failing: LedgerStore = {
    read: memoryStore().read,
    append: () => Promise.reject(new Error('disk full')),
  }
  const events: ClientEvent[] = []
  const onEvent = (event: ClientEvent): void => void events.push(event)
  const runapi = new RunApiClient({
    apiKey: 'key',
    fetch: emulator.fetch,
    ledger: openLedger(failing),
    onEvent,
  })
  const error = await errorOf(runapi.luma.modifyVideo(params, { idempotencyKey: 'a' }))
  expect(error).toMatchObject({ code: 'configuration', idempotencyKey: 'a' })
  expect(String(error.message)).toContain('disk full')
  expect(creates()).toBe(0)
  expect(events).toMatchObject([{ type: 'task', outcome: 'not_created', idempotencyKey: 'a' }])
})

test('a store that hangs ends the create within its time', async () => {
  const { emulator, creates } = placeWith()
  const hanging: LedgerStore = { read: memoryStore().read, append: () => new Promise(() => {}) }
  for (const clock of [emulator.clock, systemClock]) {
    const runapi = new RunApiClient({
      apiKey: 'key',
      fetch: emulator.fetch,
      clock,
      ledger: openLedger(hanging),
    })
    const error = await errorOf(runapi.luma.modifyVideo(params, { timeoutMs: 200 }))
    expect(error).toMatchObject({ code: 'request_timeout' })
  }
  expect(creates()).toBe(0)
})

test('an abort while the intent is written ends the create with its reason', async () => {
  const { emulator, creates } = placeWith()
  const hanging: LedgerStore = { read: memoryStore().read, append: () => new Promise(() => {}) }
  const runapi = new RunApiClient({ apiKey: 'key', fetch: emulator.fetch, ledger: openLedger(hanging) })
  const controller = new AbortController()
  const error = errorOf(runapi.luma.modifyVideo(params, { signal: controller.signal }))
  await pause(systemClock, 20)
  const reason = new Error('enough')
  controller.abort(reason)
  expect(await error).toBe(reason)
  expect(creates()).toBe(0)
})

test('close ends a create whose intent is being written', async () => {
  const { emulator } = placeWith()
  const hanging: LedgerStore = { read: memoryStore().read, append: () => new Promise(() => {}) }
  const runapi = new RunApiClient({
    apiKey: 'key',
    fetch: emulator.fetch,
    ledger: openLedger(hanging),
    timeoutMs: 1_000,
  })
  const error = errorOf(runapi.luma.modifyVideo(params, { timeoutMs: 500 }))
  await pause(systemClock, 20)
  void runapi.close()
  expect(await error).toMatchObject({ code: 'client_closed' })
})

test('where the purchase cannot be written down, the caller gets his task all the same', async () => {
  const memory = memoryStore()
  let isFull = false
  const store: LedgerStore = {
    read: memory.read,
    append: (entry, options) =>
      isFull ? Promise.reject(new Error('disk full')) : memory.append(entry, options),
  }
  const emulator = createEmulator()
  const lines: string[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (line: string) => lines.push(line) }
  const fetch: typeof globalThis.fetch = (input, init) => {
    isFull = true
    return emulator.fetch(input, init)
  }
  const { clock } = emulator
  const ledger = openLedger(store)
  const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, ledger, logger })
  const { videos } = await runapi.luma.modifyVideo(params, { idempotencyKey: 'a' }).wait()
  expect(videos).toHaveLength(1)
  await ledger.idle()
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('the ledger could not be written')
  expect((await runapi.luma.modifyVideo(params, { idempotencyKey: 'a' })).replayed).toBe(true)
})

test('a family of clients has one ledger', () => {
  const { runapi, ledger, store } = placeWith()
  expect(() => runapi.withOptions({ ledger: openLedger(store) })).toThrow(/ledger: is shared/)
  expect(() => new RunApiClient().withOptions({ ledger })).toThrow(/ledger: is shared/)
  expect(runapi.withOptions({ ledger, timeoutMs: 5 })).toBeInstanceOf(RunApiClient)
  for (const wrong of [{}, store, 'videos.jsonl', 5])
    expect(() => new RunApiClient({ ledger: wrong as never })).toThrow(/^ledger: must be what openLedger/)
})

test('tags that are no texts are refused before anything is sent', async () => {
  const { runapi, creates } = placeWith()
  for (const tags of ['acme', { customer: 5 }, [1]])
    expect(await errorOf(runapi.luma.modifyVideo(params, { tags: tags as never }))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('tags'),
    })
  expect(creates()).toBe(0)
})

test('without a key of the caller’s each create is an order of its own', async () => {
  const { runapi, ledger } = placeWith()
  await Promise.all([runapi.luma.modifyVideo(params), runapi.luma.modifyVideo(params)])
  expect(await ledger.unfinished()).toHaveLength(2)
})
