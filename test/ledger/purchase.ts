import type { TaskRef } from 'runapi-video'
import {
  type LedgerOptions,
  type LedgerStore,
  memoryStore,
  type OpenLedger,
  openLedger,
} from 'runapi-video/ledger'
import type { Intent, OpenIntent, Purchase } from '../../src/contract/ledger'

interface Given {
  cents?: number
  asked?: Record<string, unknown>
  signal?: AbortSignal
  timeoutMs?: number
  tags?: Record<string, string>
  baseUrl?: string
  quote?: () => Promise<unknown>
}

export const purchaseOf = (
  key: string,
  { asked = { prompt: key }, tags, baseUrl, ...given }: Given = {},
): Purchase => ({
  key,
  endpoint: 'luma.modifyVideo',
  baseUrl: baseUrl ?? 'https://runapi.ai',
  tags,
  request: {
    asked,
    json: JSON.stringify({ model: 'luma-modify-video', ...asked }),
    quote:
      given.quote ??
      (async () => ({
        currency: 'USD',
        reservation_amount_cents: given.cents ?? 50,
        estimate_basis: 'exact',
      })),
  },
})

export const intend = (ledger: OpenLedger, key: string, given: Given = {}): Promise<Intent> =>
  ledger.intend(purchaseOf(key, given), { timeoutMs: given.timeoutMs ?? 5_000, signal: given.signal })

/** An intent that may be sent. */
export const intendOpen = async (ledger: OpenLedger, key: string, given: Given = {}): Promise<OpenIntent> => {
  const intent = await intend(ledger, key, given)
  if (intent.task) throw new Error('the task is known')
  return intent
}

export const taskRef = (key: string): TaskRef => ({
  v: 1,
  endpoint: 'luma.modifyVideo',
  id: `tsk_${key}`,
  model: 'luma-modify-video',
  idempotencyKey: key,
  createdAt: '2026-11-27T12:00:00.000Z',
  baseUrl: 'https://runapi.ai',
})

export const completed = (costUsd?: number) =>
  ({
    status: 'completed',
    receivedAt: '2026-11-27T12:01:00.000Z',
    expiresAt: '2026-12-04T12:00:00.000Z',
    raw: {},
    videos: [{ url: 'https://tempfile.runapi.ai/a.mp4' }],
    ...(costUsd !== undefined && { costUsd }),
  }) as const

/** A purchase from its intent to its task. */
export const buy = async (ledger: OpenLedger, key: string, given: Given = {}): Promise<TaskRef> => {
  const intent = await intendOpen(ledger, key, given)
  await intent.bought(taskRef(key))
  return taskRef(key)
}

/** Ledgers that share a store, as processes do. */
export const processes = (
  count: number,
  options?: LedgerOptions,
  store: LedgerStore = memoryStore(),
): OpenLedger[] => Array.from({ length: count }, () => openLedger(store, options))

/** Everything that a store holds. */
export const entriesOf = async (store: LedgerStore): Promise<Record<string, unknown>[]> => {
  const { entries } = await store.read(undefined, { signal: new AbortController().signal })
  return entries as Record<string, unknown>[]
}

export const errorOf = (promise: Promise<unknown>): Promise<Record<string, unknown>> =>
  promise.then(
    () => ({ none: true }),
    (error) => error,
  )
