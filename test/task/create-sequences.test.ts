import { type ClientEvent, RunApiClient, RunApiError } from 'runapi-video'
import { createRunApi } from 'runapi-video/ai-sdk'
import { expect, test } from 'vitest'
import { exitCodeOf } from '../../src/cli/exit-code-of'
import {
  type AttemptKind,
  attemptKinds,
  leapingClock,
  rememberingService,
} from '../support/remembering-service'
import { params } from '../support/scripted-fetch'

/** Every sequence of up to three attempts that a client can meet: after what it does not repeat, nothing follows. */
const sequences = (length: number): string[][] => {
  if (length === 0) return [[]]
  return sequences(length - 1).flatMap((before) =>
    before.every((name) => attemptKinds[name]?.repeats)
      ? Object.keys(attemptKinds).map((name) => [...before, name])
      : [],
  )
}

const SAYS_NOTHING_WAS_BOUGHT = new Set([
  'bad_request',
  'authentication',
  'insufficient_credits',
  'permission_denied',
  'not_found',
  'conflict',
  'rate_limit',
  'connection',
  'request_timeout',
  'api',
])

/** The class that the promise is about, from the kinds alone. */
const expectedCode = (names: readonly string[]): string | undefined => {
  const kinds = names.map((name) => attemptKinds[name] as AttemptKind)
  const last = names.at(-1) as string
  if (last === 'success') return undefined
  const open = names.filter((_, index) => kinds[index]?.mayBuy)
  const isServer = (name: string): boolean => /^(?:455|5\d\d)/.test(name)
  if (open.length === 0) return 'refusal'
  if (isServer(last) && open.every(isServer)) return 'server'
  if (last.startsWith('unreadable') && open.length === 1) return 'malformed_response'
  return 'unknown_outcome'
}

const outcome = async (names: readonly string[]) => {
  const service = rememberingService(names.map((name) => attemptKinds[name] as AttemptKind))
  const events: ClientEvent[] = []
  const runapi = new RunApiClient({
    apiKey: 'test-key',
    fetch: service.fetch,
    clock: leapingClock(),
    logLevel: 'off',
    maxRetries: names.length - 1,
    onEvent: (event) => void events.push(event),
  })
  const creating = runapi.luma.modifyVideo(params)
  const ended = await creating.then(
    (task) => ({ task, error: undefined }),
    (error: unknown) => ({ task: undefined, error }),
  )
  return { ...ended, service, runapi, creating, event: events.filter(({ type }) => type === 'task').at(-1) }
}

/** What is false about the end of this sequence; empty when all is true. */
const falsehoods = async (names: readonly string[]): Promise<string[]> => {
  const { task, error, service, runapi, creating, event } = await outcome(names)
  const found: string[] = []
  const claim = (holds: boolean, what: string): void => {
    if (!holds) found.push(`${names.join(' → ')}: ${what}`)
  }
  const kinds = names.map((name) => attemptKinds[name] as AttemptKind)
  const canHaveBought = kinds.some(({ mayBuy }) => mayBuy)
  const key = creating.idempotencyKey
  const bought = service.purchases.get(key)
  claim(service.attempts === names.length, `${service.attempts} attempts were made`)
  claim(service.purchases.size <= 1, 'bought twice')
  const expected = expectedCode(names)
  const said = event?.type === 'task' ? event.outcome : undefined
  claim(event?.type === 'task' && event.idempotencyKey === key, 'the event lacks the key')
  if (expected === undefined) {
    claim(task?.id === bought?.id, 'the task is another one')
    claim(said === (task?.replayed ? 'replayed' : 'created'), `the event says ${said}`)
    return found
  }
  if (!RunApiError.is(error)) return [...found, `${names.join(' → ')}: ended with ${String(error ?? task)}`]
  const { code } = error
  claim(error.idempotencyKey === key, 'the error lacks the key')
  claim(said === (canHaveBought ? 'unknown' : 'not_created'), `the event says ${said}`)
  if (expected === 'refusal') claim(SAYS_NOTHING_WAS_BOUGHT.has(code), `the error is ${code}`)
  else claim(code === expected, `the error is ${code}, not ${expected}`)
  if (code === 'unknown_outcome') claim(RunApiError.is(error.cause), 'no cause')
  claim(
    exitCodeOf(error) !== 2 && (exitCodeOf(error) !== 5 || !canHaveBought),
    `exit code ${exitCodeOf(error)}`,
  )

  const again = await runapi.luma.modifyVideo(params, { idempotencyKey: key })
  claim(service.purchases.size === 1, `${service.purchases.size} purchases after calling again`)
  claim(!bought || (again.id === bought.id && again.replayed), 'calling again found another task')
  return found
}

// Many at once, because they share the turns of the event loop.
const inBatches = async <T>(all: readonly T[], check: (each: T) => Promise<string[]>): Promise<string[]> => {
  const found: string[] = []
  for (let at = 0; at < all.length; at += 200) {
    found.push(...(await Promise.all(all.slice(at, at + 200).map(check))).flat())
  }
  return found
}

// It takes a few seconds of one core, and much longer where other work shares the machine.
const PATIENCE_MS = 120_000

test.each([1, 2, 3])(
  'what a create says about money is true in every sequence of %i attempts',
  async (length) => {
    const all = sequences(length)
    expect(all.length).toBeGreaterThan(length === 3 ? 4_000 : 20)
    expect(await inBatches(all, falsehoods)).toEqual([])
  },
  PATIENCE_MS,
)

const callsAgain = async (names: readonly string[]): Promise<string[]> => {
  const service = rememberingService(names.map((name) => attemptKinds[name] as AttemptKind))
  const { fetch } = service
  const options = {
    apiKey: 'test-key',
    fetch,
    clock: leapingClock(),
    logLevel: 'off',
    maxRetries: 1,
  } as const
  const model = createRunApi(options).video('luma-modify-video')
  const { prompt, source_video_url } = params
  const call = { prompt, n: 1, providerOptions: { runapi: { source_video_url } } }
  const error = await Promise.resolve(model.doStart(call as never)).then(
    () => undefined,
    (thrown: { isRetryable?: boolean }) => thrown,
  )
  return error?.isRetryable && service.purchases.size > 0 ? [names.join(' → ')] : []
}

test(
  'the AI SDK calls a create without a key of its own again only where no attempt can have bought',
  async () => expect(await inBatches(sequences(2), callsAgain)).toEqual([]),
  PATIENCE_MS,
)
