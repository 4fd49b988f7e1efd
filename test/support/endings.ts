import { memoryStore, openLedger } from 'runapi-video/ledger'
import { parseWebhook } from 'runapi-video/webhooks'
import type { EndingPlace } from './ending-place'
import { params } from './scripted-fetch'

/** Brings one ending about. */
type Scenario = (here: EndingPlace) => Promise<unknown>

const answeredWith =
  (status: number): Scenario =>
  (here) => {
    here.strikeCreates({ status })
    return here.create()
  }

const polledWith =
  (status: number): Scenario =>
  async (here) => {
    const task = await here.buy()
    here.strikePolls('ok', { status })
    return task.wait()
  }

const lateKey = () => new Promise<string>(() => {})
const failingKey = () => Promise.reject(new Error('the vault is closed'))

/** An `apiKey` that does something else when it is asked for the attempt of this number, counted from 0. */
const onAttempt = (number: number, act: () => unknown) => {
  let asked = 0
  return async (): Promise<string> => {
    if (asked++ === number) await act()
    return 'test-key'
  }
}

/** One scenario for each row of docs/endings.md, in its order. */
export const endings: Readonly<Record<string, Scenario>> = {
  'create-created': (here) => here.create(),
  'create-replayed': async (here) => {
    await here.create(undefined, { idempotencyKey: 'order-17' })
    return here.create(undefined, { idempotencyKey: 'order-17' })
  },
  'create-repeated': (here) => {
    here.strikeCreates('lose-answer', { status: 503 }, 'ok')
    return here.create()
  },
  'create-invalid': (here) => here.client().luma.modifyVideo({ ...params, prompt: '' }),
  'create-misconfigured': (here) => here.create(here.client(), { timeoutMs: -1 }),
  'create-bad-key': (here) => here.create(here.client(), { idempotencyKey: null as never }),
  'create-no-api-key': (here) => here.create(here.client({ apiKey: failingKey })),
  'create-late-api-key': (here) => here.create(here.client({ apiKey: lateKey })),
  'create-refused': answeredWith(422),
  'create-unauthorized': answeredWith(401),
  'create-no-credits': answeredWith(402),
  'create-forbidden': answeredWith(403),
  'create-no-such-path': answeredWith(404),
  'create-conflict': answeredWith(409),
  'create-other-status': answeredWith(413),
  'create-not-connected-then-refused': (here) => {
    here.strikeCreates({ status: 429, retryAfter: 1 }, { status: 402 })
    here.breakNetwork('ECONNREFUSED')
    return here.create(here.client({ apiKey: onAttempt(1, () => here.breakNetwork(undefined)) }))
  },
  'create-rate-limited': (here) => {
    here.strikeCreates({ status: 429, retryAfter: 61 })
    return here.create()
  },
  'create-server-error': (here) => {
    here.strikeCreates({ status: 503, carryOut: true })
    return here.create()
  },
  'create-not-connected': (here) => {
    here.breakNetwork('ECONNREFUSED')
    return here.create()
  },
  'create-bad-certificate': (here) => {
    here.breakNetwork('CERT_HAS_EXPIRED')
    return here.create()
  },
  'create-lost': (here) => {
    here.strikeCreates('lose-answer')
    return here.create()
  },
  'create-timeout': (here) => {
    // Carried out; the rest of the answer never comes.
    here.strikeCreates('stall-body')
    return here.create()
  },
  'create-not-received': (here) => {
    here.strikeCreates({ status: 408, carryOut: true })
    return here.create()
  },
  'create-lost-then-refused': (here) => {
    here.strikeCreates('lose-answer', { status: 401 })
    return here.create()
  },
  'create-failed-then-refused': (here) => {
    here.strikeCreates({ status: 504, carryOut: true }, { status: 402 })
    return here.create()
  },
  'create-failed-then-rate-limited': (here) => {
    here.strikeCreates({ status: 503, carryOut: true }, { status: 429, retryAfter: 3_600 })
    return here.create()
  },
  'create-failed-then-not-connected': (here) => {
    here.strikeCreates({ status: 504, carryOut: true })
    return here.create(here.client({ apiKey: onAttempt(1, () => here.breakNetwork('ECONNREFUSED')) }))
  },
  'create-lost-then-failed': (here) => {
    here.strikeCreates('lose-answer', { status: 503 })
    return here.create()
  },
  'create-lost-then-no-api-key': (here) => {
    here.strikeCreates('lose-answer')
    return here.create(here.client({ apiKey: onAttempt(1, failingKey) }))
  },
  'create-lost-then-unreadable': (here) => {
    here.strikeCreates('lose-answer', { body: '<html>Welcome</html>' })
    return here.create()
  },
  'create-lost-then-aborted': (here) => {
    here.strikeCreates('lose-answer')
    const abort = () => here.controller.abort(new Error('enough'))
    const runapi = here.client({ apiKey: onAttempt(1, abort) })
    return here.create(runapi, { signal: here.controller.signal })
  },
  'create-unreadable': (here) => {
    here.strikeCreates({ body: '<html>Welcome</html>', carryOut: true })
    return here.create()
  },
  'create-too-large': (here) => {
    here.strikeCreates({ body: ' '.repeat(9 * 1024 * 1024), carryOut: true })
    return here.create()
  },
  'create-aborted-early': (here) => {
    here.controller.abort(new Error('enough'))
    return here.create(here.client(), { signal: here.controller.signal })
  },
  'create-aborted': async (here) => {
    here.strikeCreates({ delayMs: 30_000 })
    const creating = here.create(here.client(), { signal: here.controller.signal })
    const watched = creating.catch((error: unknown) => error)
    await here.emulator.clock.sleep(1_000)
    here.controller.abort(new Error('enough'))
    return watched
  },
  'create-closed': async (here) => {
    here.strikeCreates({ delayMs: 30_000 })
    const runapi = here.client()
    const watched = here.create(runapi).catch((error: unknown) => error)
    await here.emulator.clock.sleep(1_000)
    await runapi.close()
    return watched
  },
  'create-after-close': async (here) => {
    const runapi = here.client()
    await runapi.close()
    return here.create(runapi)
  },

  'create-known': async (here) => {
    const ledger = openLedger(memoryStore())
    await here.create(here.client({ ledger }), { idempotencyKey: 'order-17' })
    here.strikeCreates({ status: 500 })
    return here.create(here.client({ ledger }), { idempotencyKey: 'order-17' })
  },
  'create-other-order': async (here) => {
    const runapi = here.client({ ledger: openLedger(memoryStore()) })
    await here.create(runapi, { idempotencyKey: 'order-17' })
    here.creating = runapi.luma.modifyVideo({ ...params, prompt: 'Sun' }, { idempotencyKey: 'order-17' })
    return here.creating
  },
  'create-over-limit': (here) =>
    here.create(here.client({ ledger: openLedger(memoryStore(), { limitCents: 49 }) })),
  'create-no-price': (here) => {
    here.strikeCreates({ status: 404 })
    return here.create(here.client({ ledger: openLedger(memoryStore(), { limitCents: 100 }) }))
  },
  'create-no-store': (here) => {
    const append = () => Promise.reject(new Error('the disk is full'))
    return here.create(here.client({ ledger: openLedger({ ...memoryStore(), append }) }))
  },
  'create-stale': async (here) => {
    const runapi = here.client({ ledger: openLedger(memoryStore()), maxRetries: 0 })
    here.strikeCreates('lose-answer')
    await here.create(runapi, { idempotencyKey: 'order-17' }).catch(() => {})
    await here.emulator.clock.sleep(25 * 3_600_000)
    return here.create(runapi, { idempotencyKey: 'order-17' })
  },

  'wait-completed': async (here) => (await here.buy()).wait(),
  'wait-known': async (here) => {
    const task = await here.buy()
    await task.wait()
    here.strikePolls({ status: 500 })
    return task.wait()
  },
  'wait-settled': async (here) => {
    const runapi = here.client()
    const task = await here.buy(runapi)
    here.strikePolls('stall')
    const wait = task.wait()
    await here.emulator.clock.sleep(30_000)
    const body = { id: task.id, status: 'completed', videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }] }
    runapi.settle(parseWebhook(JSON.stringify(body)))
    return wait
  },
  'wait-failed': async (here) => (await here.buy(undefined, { outcome: 'failed' })).wait(),
  'wait-timeout': async (here) => (await here.buy()).wait({ timeoutMs: 20_000 }),
  'wait-polls-failed': async (here) => {
    const task = await here.buy()
    here.strikePolls({ status: 503 })
    return task.wait()
  },
  'wait-unauthorized': polledWith(401),
  'wait-forbidden': polledWith(403),
  'wait-not-found': polledWith(404),
  'wait-refused': polledWith(422),
  'wait-other-status': polledWith(301),
  'wait-bad-certificate': async (here) => {
    const task = await here.buy()
    here.breakNetwork('CERT_HAS_EXPIRED')
    return task.wait()
  },
  'wait-no-api-key': async (here) => {
    let asked = 0
    const apiKey = () => (asked++ === 0 ? 'test-key' : failingKey())
    return (await here.buy(here.client({ apiKey }))).wait()
  },
  'wait-misconfigured': async (here) => (await here.buy()).wait({ timeoutMs: -1 }),
  'wait-bad-schedule': async (here) => (await here.buy()).wait({ schedule: () => Number.NaN }),
  'wait-of-bare-id': async (here) => {
    const { id, endpoint } = await here.buy()
    return here
      .client()
      .task(endpoint as 'luma.modifyVideo', id)
      .wait({ timeoutMs: 20_000 })
  },
  'wait-aborted': async (here) => {
    const task = await here.buy()
    const watched = task.wait({ signal: here.controller.signal }).catch((error: unknown) => error)
    await here.emulator.clock.sleep(1_000)
    here.controller.abort(new Error('enough'))
    return watched
  },
  'wait-closed': async (here) => {
    const runapi = here.client()
    const watched = (await here.buy(runapi)).wait().catch((error: unknown) => error)
    await here.emulator.clock.sleep(1_000)
    await runapi.close()
    return watched
  },
  'wait-after-close': async (here) => {
    const runapi = here.client()
    const task = await here.buy(runapi)
    await runapi.close()
    return task.wait()
  },
  'wait-create-failed': (here) => {
    here.strikeCreates({ status: 402 })
    return here.create().wait()
  },
  'wait-create-aborted': async (here) => {
    here.strikeCreates({ delayMs: 30_000 })
    const watched = here
      .create()
      .wait({ signal: here.controller.signal })
      .catch((error: unknown) => error)
    await here.emulator.clock.sleep(1_000)
    here.controller.abort(new Error('enough'))
    return watched
  },
}
