import type { Tags } from '../contract/ledger'
import type { TaskRef } from '../contract/task-ref'
import { requireGlobals } from '../settings/globals'
import type { Asked } from './fingerprints'

/** A spending limit, and its period. */
export interface SpendingLimit {
  /** In US cents. */
  cents: number
  /**
   * The period that the limit applies to, by UTC.
   * @default the ledger's whole life
   */
  per?: 'day' | 'month' | undefined
}

/** The first entry of every ledger. */
export interface LedgerHeader {
  /** Which entry this is. */
  type: 'header'
  /** What this is. */
  format: 'runapi-video ledger'
  /** The version of the entries. */
  version: number
}

export const HEADER: LedgerHeader = { type: 'header', format: 'runapi-video ledger', version: 1 }

interface EntryBase {
  /** Random: an entry that was written twice counts once. */
  id: string
  /** The idempotency key, which names the order. */
  key: string
}

/** An order is about to be sent for the first time. */
export interface IntendedEntry extends EntryBase {
  /** Which entry this is. */
  type: 'intended'
  /** When, as an ISO 8601 string: the order counts for this day and this month. */
  at: string
  /** The service that the order goes to. */
  baseUrl: string
  /** Such as `'luma.modifyVideo'`. */
  endpoint: string
  /** The model, if it is known. */
  model?: string
  /** The parameters that the caller passed, as fingerprints. */
  asked: Asked
  /** The body that will be sent. */
  body: Record<string, unknown>
  /** The caller's labels. */
  tags?: Tags
  /** The price in US cents, if one was asked for. */
  cents?: number
  /** The limit that the order has to fit, with all that was accepted before it. */
  limit?: SpendingLimit
  /** Names this attempt to buy. */
  attempt: string
}

/** An order whose outcome is unknown is about to be sent again. */
export interface SentEntry extends EntryBase {
  /** Which entry this is. */
  type: 'sent'
  /** Names this attempt to buy. */
  attempt: string
}

/** The service named the task. */
export interface BoughtEntry extends EntryBase {
  /** Which entry this is. */
  type: 'bought'
  /** The task, as `runapi.task()` takes it. */
  task: TaskRef
}

/** An attempt certainly bought nothing. */
export interface RefusedEntry extends EntryBase {
  /** Which entry this is. */
  type: 'refused'
  /** The attempt. */
  attempt: string
  /** Why, in words. */
  error: string
}

/** It is unknown whether an attempt bought something. */
export interface UnknownEntry extends EntryBase {
  /** Which entry this is. */
  type: 'unknown'
  /** The attempt. */
  attempt: string
  /** Why, in words. */
  error: string
}

/** The task was completed. */
export interface CompletedEntry extends EntryBase {
  /** Which entry this is. */
  type: 'completed'
  /** The cost in US cents, if the service reports it. */
  cents?: number
  /** The duration of the task in milliseconds, if it was observed closely. */
  tookMs?: number
}

/** The generation failed, which the service does not charge. */
export interface FailedEntry extends EntryBase {
  /** Which entry this is. */
  type: 'failed'
  /** Why, in words. */
  message: string
}

/** The caller acknowledged the result with `done`. */
export interface DoneEntry extends EntryBase {
  /** Which entry this is. */
  type: 'done'
  /** The caller's data about the files. */
  files?: unknown[]
}

/** A person decided that an order whose outcome is unknown bought nothing. */
export interface WrittenOffEntry extends EntryBase {
  /** Which entry this is. */
  type: 'written_off'
  /** Why, in words. */
  reason: string
}

/** An entry of a store: the header, or a step of an order. */
export type LedgerEntry =
  | LedgerHeader
  | IntendedEntry
  | SentEntry
  | BoughtEntry
  | RefusedEntry
  | UnknownEntry
  | CompletedEntry
  | FailedEntry
  | DoneEntry
  | WrittenOffEntry

// Asked for many at once, because each call costs as much as a hundred ids do otherwise.
const POOL_BYTES = 1_000
const ID_BYTES = 10
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(36).padStart(2, '0'))
let pool = new Uint8Array()
let used = 0

/** A name that no other entry has, in any process. */
export const newId = (): string => {
  if (used + ID_BYTES > pool.length) {
    requireGlobals('a ledger', 'crypto.getRandomValues')
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES))
    used = 0
  }
  let id = ''
  for (const end = used + ID_BYTES; used < end; used++) id += PAIRS[pool[used] as number]
  return id
}
