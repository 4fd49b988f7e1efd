import { abortWith, onAbort, throwIfAborted } from '../platform/on-abort'
import { isLoopbackHost } from '../settings/base-url'
import { signWebhook } from '../webhooks/sign-webhook'
import type { EmulatorState } from './emulator-state'
import type { DeliveryRecord } from './records'
import type { ScriptedDelivery } from './scripts'
import { endsAtMs, statusBody, type Task } from './task'

// The service publishes no schedule. This is the emulator's own: six attempts in about an hour.
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 3_000_000]

// The time within which the service asks for an answer.
const MAX_ANSWER_MS = 10_000

// Some 150 real milliseconds: enough for WebCrypto and a database on a busy machine. Time then passes all the same, because
// a receiver may itself sleep on the clock.
const TURNS_OF_A_RECEIVER = 50

interface Delivery extends ScriptedDelivery {
  readonly id: string
  readonly task: Task
  readonly url: string
}

/** Schedules the deliveries of a task's webhook: in the background, from the task's end on. */
export const deliverWebhooks = (task: Task, state: EmulatorState): void => {
  const { callback_url: url } = task.params
  if (typeof url !== 'string' || !URL.canParse(url) || task.takesMs === Infinity) return
  const id = state.generateDeliveryId()
  for (const scripted of task.script.webhooks ?? [{}]) {
    // Rejects only when the emulator is closed.
    deliver({ ...scripted, id, task, url }, state).catch(() => {})
  }
}

const deliver = async (delivery: Delivery, state: EmulatorState): Promise<void> => {
  const { time, closed } = state
  await time.sleepPassively(delivery.task.takesMs + (delivery.delayMs ?? 0), closed)
  for (let attempt = 1; ; attempt += 1) {
    const release = state.virtual.requireIdleTurns(TURNS_OF_A_RECEIVER)
    const isDone = await send(delivery, attempt, state).finally(release)
    const pauseMs = PAUSES_MS[attempt - 1]
    if (isDone || pauseMs === undefined) return
    await time.sleepPassively(pauseMs, closed)
  }
}

/** Sends it once, and says whether that was the last time. */
const send = async (delivery: Delivery, attempt: number, state: EmulatorState): Promise<boolean> => {
  const { id, task, url } = delivery
  const { options, deliveries, time } = state
  const text = textOf(delivery)
  const secret = delivery.secret === undefined ? state.callbackSecret : delivery.secret
  // Signed at the system's date even on virtual time: receivers compare the timestamp with their own date.
  const signature = secret === null ? {} : await time.during(() => signWebhook(text, secret, { id }))
  const headers = { 'content-type': 'application/json', ...signature }
  const record: DeliveryRecord = {
    id,
    taskId: task.id,
    url,
    attempt,
    headers,
    body: text,
    atMs: time.now(),
  }
  deliveries.push(record)
  const { hostname } = new URL(url)
  const isAllowed = isLoopbackHost(hostname) || options.webhookHosts?.includes(hostname)
  if (options.deliver === undefined && !isAllowed) {
    record.error = `not sent: ${hostname} is not a loopback host; give createEmulator a deliver function, or name the host in webhookHosts`
    return true
  }
  try {
    record.status = await answerTo(url, { method: 'POST', headers, body: text, redirect: 'manual' }, state)
  } catch (error) {
    throwIfAborted(state.closed)
    record.error = error instanceof Error ? error.message : String(error)
  }
  const isAccepted = record.status !== undefined && record.status >= 200 && record.status <= 299
  if (isAccepted) task.outcomeObserved = true
  return isAccepted
}

const textOf = ({ body, task }: Delivery): string => {
  if (typeof body === 'string') return body
  return JSON.stringify(body ?? statusBody(task, endsAtMs(task)))
}

/** The status of the receiver's answer. */
const answerTo = async (
  url: string,
  init: RequestInit,
  { options, time, closed }: EmulatorState,
): Promise<number> => {
  const { deliver = (request: Request) => globalThis.fetch(request) } = options
  const over = new AbortController()
  const forget = onAbort(closed, (reason) => abortWith(over, reason))
  const tooLate = time.sleepPassively(MAX_ANSWER_MS, over.signal).then(() => {
    throw new Error(`no answer within ${MAX_ANSWER_MS / 1000} s`)
  })
  try {
    const response = await Promise.race([
      tooLate,
      (async () => deliver(new Request(url, { ...init, signal: over.signal })))(),
    ])
    await response.body?.cancel()
    return response.status
  } finally {
    forget()
    over.abort()
  }
}
