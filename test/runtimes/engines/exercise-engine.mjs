import { until } from '../exercise-example.mjs'
import { differences } from '../facts.mjs'

/**
 * An engine that runs an example.
 * @typedef {object} Engine
 * @property {(orderId: string, prompt: string) => Promise<unknown>} submit
 * @property {() => Promise<void>} restart ends the example's process without a warning, and starts another
 * @property {(orderId: string) => End | undefined | Promise<End | undefined>} endOf `undefined` while the order goes on
 * @property {(orderId: string) => boolean | Promise<boolean>} hasClip
 */

/**
 * How an order ended: in the engine's final state, with the first line of the reason where it failed.
 * @typedef {{ completed: true } | { failed: string | undefined }} End
 */

// BullMQ gives the job of a killed worker to another one after up to 20 seconds.
const LIMIT_MS = 60_000

// The first look at a task comes after five seconds, or as soon as a killed engine is back; the second after 38.
const LONGER_THAN_A_LOOK_MS = 30_000

/** @type {import('runapi-video/testing').EmulatorOptions} */
export const engineEmulator = {
  takesMs: 1_000,
  fault: ({ request: { body } }) =>
    JSON.stringify(body ?? null).includes('no credits') ? { status: 402 } : undefined,
}

/** @param {Uint8Array} bytes */
export const isMp4 = (bytes) => Buffer.from(bytes.subarray(4, 8)).toString() === 'ftyp'

const ORDERS = {
  'order-long': 'An order that takes more than one look',
  'order-killed': 'An order whose process is killed twice',
  'order-lost': 'An order whose first answers are lost',
  'order-failed': 'An order that the service fails',
  'order-invalid': ' ',
  'order-no-credits': 'An order with no credits',
}

/**
 * Gives an engine orders of every kind, and kills the example's process twice: when the service has accepted a create
 * and not answered yet, and while that order sleeps.
 * @param {Engine} engine
 * @param {import('runapi-video/testing').Emulator} emulator
 */
export const exerciseEngine = async (engine, emulator) => {
  const submit = (/** @type {keyof typeof ORDERS} */ id) => engine.submit(id, ORDERS[id])
  const submitTask = async (
    /** @type {keyof typeof ORDERS} */ id,
    /** @type {import('runapi-video/testing').TaskScript} */ script,
  ) => {
    const { length } = emulator.tasks
    emulator.next(script)
    await submit(id)
    await until(() => emulator.tasks[length], LIMIT_MS)
  }

  await submitTask('order-long', { takesMs: LONGER_THAN_A_LOOK_MS })
  await submitTask('order-killed', { faults: { create: [{ delayMs: 600_000 }] } })
  await engine.restart()
  // As a caller does who got no answer; miniflare goes on only then.
  await submit('order-killed')
  await until(() => emulator.tasks[1]?.replays || undefined, LIMIT_MS)
  // Time to store the answer, and too little for a look.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await engine.restart()
  const looksBeforeKill = emulator.tasks[1]?.polls
  await submit('order-killed')
  await submit('order-long')

  await submitTask('order-lost', { faults: { create: ['lose-answer', 'lose-answer', 'lose-answer'] } })
  await submitTask('order-failed', { outcome: { failed: 'the prompt was refused' } })
  await submit('order-invalid')
  await submit('order-no-credits')

  /** @type {(End | undefined)[]} */
  const ends = []
  for (const id of Object.keys(ORDERS)) ends.push(await until(() => engine.endOf(id), LIMIT_MS))
  emulator.assertNothingBoughtTwice()
  const [long, killed, , failure] = emulator.tasks
  return differences(
    {
      ends,
      clips: await Promise.all(Object.keys(ORDERS).map(engine.hasClip)),
      bought: emulator.tasks.map((task) => [task.idempotencyKey, task.creates]),
      looks: [long?.polls, looksBeforeKill, killed?.polls],
      replays: [long?.replays, killed?.replays, failure?.replays],
      refusedForCredits: emulator.requests.filter(({ status }) => status === 402).length,
    },
    {
      ends: [
        { completed: true },
        { completed: true },
        { completed: true },
        { failed: 'the prompt was refused' },
        { failed: 'hailuo.textToVideo: 1 parameter breaks the rules of hailuo-02-text-to-video-standard' },
        { failed: '402: No credits; runapi.account.balance() shows what is left' },
      ],
      clips: [true, true, true, false, false, false],
      bought: ['order-long', 'order-killed', 'order-lost', 'order-failed'].map((key) => [key, 1]),
      looks: [2, 0, 1],
      replays: [0, 1, 0],
      refusedForCredits: 1,
    },
  )
}
