/** What one look at the thing that is waited for brought. */
export type PollResult<S> =
  | { kind: 'state'; state: S; terminal: boolean; notBeforeMs?: number | undefined }
  /** No state this time; the next look may bring one. `counts` is false where it is expected early on. */
  | {
      kind: 'stumble'
      error: unknown
      counts: boolean
      notBeforeMs?: number | undefined
      rateLimited: boolean
    }
  /** No later look can bring one. */
  | { kind: 'refusal'; error: unknown }

/** Something that reaches a terminal state some day, and that can be looked at. */
export interface PollTarget<S> {
  /** What news from elsewhere names it by. */
  readonly id?: string
  /** How long one look may take, in milliseconds. */
  readonly pollTimeoutMs: number
  /** One look, no retries. */
  poll(signal: AbortSignal): Promise<PollResult<S>>
  /** Its age for the schedule, in milliseconds. */
  ageMs(): number
}

/** How a wait ended, with what it saw until then. */
export type WaitResult<S> = WaitOutcome<S> & { lastState: S | undefined; elapsedMs: number; polls: number }

export type WaitOutcome<S> =
  | { kind: 'reached'; state: S }
  | { kind: 'timed out'; error: unknown }
  /** More looks in a row stumbled than the waiter tolerates. */
  | { kind: 'stumbled'; error: unknown }
  | { kind: 'refused'; error: unknown }
  /** The schedule threw, or gave something else than a delay. */
  | { kind: 'bad schedule'; error: unknown }
  /** The waiter left: its signal aborted, or the client was closed. */
  | { kind: 'left'; reason: unknown }
