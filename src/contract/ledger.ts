import type { Clock } from '../platform/clock'
import type { TaskRef } from './task-ref'
import type { TaskState } from './task-state'

/** Labels of a purchase, by name: the ledger stores them, and its totals can group by them. */
export type Tags = Readonly<Record<string, string>>

/** A purchase that is about to be made. */
export interface Purchase {
  /** The idempotency key, which names the order. */
  readonly key: string
  /** Such as `'luma.modifyVideo'`. */
  readonly endpoint: string
  /** The service that the order goes to. */
  readonly baseUrl: string
  /** The caller's labels. */
  readonly tags?: Tags | undefined
  /**
   * What the caller asked for, before defaults, and the exact body that will be sent. Absent if an order of the
   * ledger is resumed: the ledger has both.
   */
  readonly request?: PurchaseRequest | undefined
  /** Whether to resend an order that has been unknown for so long that the service may have forgotten its key. */
  readonly resendUnknown?: boolean | undefined
}

/** The parameters of a purchase. */
export interface PurchaseRequest {
  /** The parameters as the caller gave them. */
  readonly asked: Readonly<Record<string, unknown>>
  /** The body as it will be sent: the text of a JSON object. */
  readonly json: string
  /** Parameters that do not change the price, other than prompts. */
  readonly priceIgnores?: readonly string[] | undefined
  /** Asks the service for the price of parameters, and returns its quote unchanged. */
  quote(params: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>
}

/** Limits on the ledger's work for one create. */
export interface PurchaseLimits {
  /** The longest it may take, in milliseconds. */
  readonly timeoutMs: number
  /** Ends it at once. */
  readonly signal?: AbortSignal | undefined
}

/** The ledger's answer before anything is sent: the task is already known, or the body may be sent. */
export type Intent = { readonly task: TaskRef } | OpenIntent

/** A purchase that is written down and may be sent. */
export interface OpenIntent {
  /** Absent: no task is known yet. */
  readonly task?: undefined
  /** The body to send: that of the first intent, if the order is sent again. */
  readonly body: Readonly<Record<string, unknown>>
  /** Writes the task down, and its end if that has come already. Never rejects. */
  bought(task: TaskRef, state?: TaskState<unknown>): Promise<void>
  /** Writes down that this attempt failed: it bought nothing, or its outcome is unknown. Never rejects. */
  failed(error: unknown, mayExist: boolean): Promise<OrderAfterFailure>
}

/** The ledger's view of an order after an attempt failed. */
export interface OrderAfterFailure {
  /** The task, if another process has bought it meanwhile. */
  readonly task: TaskRef | undefined
  /** Whether another attempt may have bought it: an earlier one, or one of another process. */
  readonly mayExist: boolean
}

/** The parts of a client that its ledger uses. */
export interface LedgerContext {
  /** The client's source of time. */
  readonly clock: Clock
  /** Logs an error that happened after a purchase. */
  log(level: 'error', message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** The ledger of a client; `openLedger` of `runapi-video/ledger` makes one. */
export interface Ledger {
  /** Takes the clock and the log of a client. Does no I/O. */
  attach(context: LedgerContext): void
  /** A digest of a file's content, from the pieces in which it is uploaded. */
  digest(chunks: ReadableStream<Uint8Array>): Promise<string | undefined>
  /** Writes a purchase down. If it rejects, the create ends with that error, and nothing is sent. */
  intend(purchase: Purchase, limits: PurchaseLimits): Promise<Intent>
  /** Whether an order of this key may have been bought, as far as this process knows. */
  mayExist(key: string): boolean
  /** Writes down how a task ended, once; in the background. */
  ended(task: Pick<TaskRef, 'id' | 'idempotencyKey'>, state: TaskState<unknown>, tookMs?: number): void
  /** Resolves when all writes have finished. Never rejects. */
  idle(): Promise<void>
}
