/** One attempt to deliver a task's webhook, for a test to look at. */
export interface DeliveryRecord {
  /** The delivery's id, as in `X-Callback-Id`. Duplicates and further attempts have the same. */
  readonly id: string
  /** The task that it tells of. */
  readonly taskId: string
  /** Where it was sent: the `callback_url` of the task. */
  readonly url: string
  /** Counts the attempts of one delivery, from 1. */
  readonly attempt: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** As sent: what was signed. */
  readonly body: string
  /** When it was sent, in the emulator's time. */
  readonly atMs: number
  /** What the receiver answered; only a 2xx ends the attempts. `undefined` while there is no answer. */
  status?: number
  /** Why there is no answer. */
  error?: string
}
