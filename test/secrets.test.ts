import { inspect } from 'node:util'
import { type ClientEvent, RunApiClient, type RunApiClientOptions } from 'runapi-video'
import { expect, test } from 'vitest'
import { rejection, type Step, scriptedClient } from './support/scripted-fetch'

const KEY = 'rk_canary/0123+secret'
const SIGNED = 'https://bucket.example.com/clip.mp4?X-Expires=60&X-Sig=canarysig'
const params = { prompt: 'Fog', source_video_url: SIGNED }

/** Everything that prints a value. */
const printed = (value: unknown): string => {
  const texts: string[] = []
  const seen = new Set<unknown>()
  const walk = (each: unknown): void => {
    if (each === undefined || each === null || seen.has(each)) return
    seen.add(each)
    texts.push(String(each), inspect(each, { depth: 10 }), inspect(each, { depth: 10, showHidden: true }))
    texts.push(JSON.stringify(each) ?? '')
    if (!(each instanceof Error)) return
    texts.push(each.message, each.stack ?? '', each.name)
    // What a crash reporter collects.
    texts.push(JSON.stringify(Object.fromEntries(Object.entries(each))))
    walk(each.cause)
    walk((each as { task?: unknown }).task)
  }
  walk(value)
  return texts.join('\n')
}

const expectClean = (text: string): void => {
  for (const secret of [KEY, 'canary', 'rk_canary\\/', encodeURIComponent(KEY), 'X-Sig'])
    if (text.includes(secret)) {
      const at = text.indexOf(secret)
      expect.fail(`"${secret}" in: …${text.slice(Math.max(0, at - 200), at + 100)}…`)
    }
}

/** Runs a create, a wait, a poll and all that they report; returns it as text. */
const reportOf = async (steps: readonly Step[], options: RunApiClientOptions = {}) => {
  const told: unknown[] = []
  const tell = (...said: unknown[]): void => void told.push(...said)
  const logger = { debug: tell, info: tell, warn: tell, error: tell }
  const { runapi } = scriptedClient(steps, {
    apiKey: KEY,
    logger,
    logLevel: 'debug',
    onEvent: (event: ClientEvent) => told.push(event),
    maxRetries: 1,
    ...options,
  })
  const promise = runapi.luma.modifyVideo(params, { timeoutMs: 5_000 })
  const outcomes: unknown[] = [promise, runapi]
  try {
    const task = await promise
    outcomes.push(task, task.toJSON(), await rejection(task.wait({ timeoutMs: 60_000 })))
    await task.poll().catch((error: unknown) => outcomes.push(error))
  } catch (error) {
    outcomes.push(error)
  }
  return { text: [...outcomes, ...told].map(printed).join('\n'), outcomes }
}

const echoes = [
  KEY,
  `Bearer ${KEY}`,
  SIGNED,
  KEY.replaceAll('/', '\\/'),
  encodeURIComponent(KEY),
  encodeURIComponent(SIGNED),
]
const echoingHeaders = { 'x-request-id': KEY, 'content-type': `text/plain; key=${encodeURIComponent(KEY)}` }

const bodiesOf = (echo: string): string[] => {
  const json = echo.replaceAll('\\/', '/')
  return [
    `You sent ${echo} and nothing else`,
    JSON.stringify({ error: json }),
    JSON.stringify({ error: { code: json, message: json } }),
    JSON.stringify({ error: 'no', code: json, errors: { [json]: [json] } }),
    JSON.stringify({ errors: [json] }),
    `{"message": "${[...json].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
    `{"message": ${JSON.stringify(json).replaceAll('/', '\\/')}}`,
  ]
}

test('a service that echoes the key or a signed URL in its errors finds neither in any report', async () => {
  for (const status of [200, 302, 400, 401, 402, 403, 404, 409, 418, 422, 429, 503])
    for (const body of echoes.flatMap(bodiesOf)) {
      const { text } = await reportOf([() => new Response(body, { status, headers: echoingHeaders })])
      expectClean(text)
    }
})

const created = () => new Response('{"id":"tsk_1"}', { headers: { 'x-request-id': KEY } })

test('the same holds for failed tasks, odd status words and polls that fail', async () => {
  for (const echo of [KEY, `see ${SIGNED} .`, `token=${encodeURIComponent(KEY)}`]) {
    const answers = [
      { status: 'failed', error: echo },
      { status: 'failed', error: { code: echo, message: echo } },
      { status: 'failed', error_message: echo },
      { status: `odd ${echo}`, model: echo },
      { id: echo },
    ]
    for (const answer of answers) {
      const step = () => new Response(JSON.stringify(answer), { headers: echoingHeaders })
      expectClean((await reportOf([created, step])).text)
    }
    for (const status of [401, 404, 500])
      expectClean(
        (await reportOf([created, () => new Response(echo, { status, headers: echoingHeaders })])).text,
      )
  }
})

test('a create answer that names the key as the task, the model or the place makes no such handle', async () => {
  for (const [body, location] of [
    [{ id: KEY }, ''],
    [{ id: 'tsk_1', model: KEY }, ''],
    [{ id: 'tsk_1' }, `/api/v1/jobs/1?key=${encodeURIComponent(KEY)}`],
    [{}, `/api/v1/jobs/${encodeURIComponent(KEY)}`],
  ] as const) {
    const init = { status: 202, headers: { location } }
    expectClean((await reportOf([() => new Response(JSON.stringify(body), init)])).text)
  }
})

test('what fetch throws is cleaned, with all its causes', async () => {
  const thrown = [
    new TypeError(`Headers.append: "Bearer ${KEY}" is an invalid header value.`),
    new TypeError('fetch failed', {
      cause: Object.assign(new Error(`at ${SIGNED}`), { code: KEY, key: KEY }),
    }),
    Object.assign(new Error('x'), { name: KEY, headers: { authorization: KEY }, url: SIGNED }),
    new AggregateError([new Error(KEY)], KEY),
    KEY,
    { message: KEY, request: { headers: KEY } },
  ]
  for (const error of thrown) {
    const { text } = await reportOf([
      () => {
        throw error
      },
    ])
    expectClean(text)
  }
})

test("the caller's own Authorization is a secret as well, with and without its scheme", async () => {
  for (const echo of [KEY, `Basic ${KEY}`]) {
    const options = { headers: { Authorization: `Basic ${KEY}` } }
    for (const body of bodiesOf(echo))
      expectClean((await reportOf([() => new Response(body, { status: 401 })], options)).text)
  }
})

test('a key function that throws its key away shows none of it', async () => {
  const { text } = await reportOf([created], { apiKey: async () => `${KEY}\r\n${KEY}` })
  expect(text).toContain('apiKey')
  expectClean(text)
})

test('a task whose videos have signed URLs shows them as data only', async () => {
  const told: unknown[] = []
  const completed = () =>
    new Response(
      JSON.stringify({ status: 'completed', videos: [{ url: SIGNED }], sources: [{ url: SIGNED }] }),
    )
  const { runapi } = scriptedClient([() => new Response('{"id":"tsk_1"}'), completed], {
    onEvent: (event) => told.push(event),
  })
  const task = await runapi.luma.modifyVideo(params)
  const { videos } = await task.wait()
  expect(videos[0].url).toBe(SIGNED)
  expectClean([task, task.toJSON(), ...told].map(printed).join('\n'))
})

test('parameters that break the rules are refused without the query of a URL', async () => {
  const { runapi } = scriptedClient(created)
  for (const source_video_url of [
    SIGNED.replace('https', 'ftp'),
    `${SIGNED} `,
    ` ${SIGNED}`,
    SIGNED.slice(8),
  ]) {
    const outcome = await runapi.luma
      .modifyVideo({ prompt: '', source_video_url })
      .catch((error: unknown) => error)
    expectClean(printed(outcome))
  }
})

test('a client shows none of its options', () => {
  const runapi = new RunApiClient({ apiKey: KEY, headers: { authorization: `Bearer ${KEY}` } })
  expectClean(printed(runapi))
  expectClean(printed(runapi.withOptions({ timeoutMs: 1_000 })))
})
