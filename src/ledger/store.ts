/** One page of a store's entries. */
export interface LedgerPage {
  /** The entries after the cursor, in the store's order. */
  readonly entries: readonly unknown[]
  /** Where the next read begins. */
  readonly cursor: string | undefined
  /**
   * Whether there may be more.
   * @default false
   */
  readonly more?: boolean | undefined
}

/**
 * The storage of a ledger's entries: plain JSON objects, append-only, in one order that all writers share. A store that may
 * return less than before, such as an eventually consistent key-value store, does not work.
 */
export interface LedgerStore {
  /** Resolves when the entry is durable. */
  append(entry: object, options: { signal: AbortSignal }): Promise<void>
  /** Returns the entries after the cursor `after`, or from the first one on; never fewer than before. */
  read(after: string | undefined, options: { signal: AbortSignal }): Promise<LedgerPage>
}

/**
 * A store in memory, for tests. Ledgers that share one see each other's entries, like processes that share a file.
 *
 * @example
 * const ledger = openLedger(memoryStore(), { limitCents: 500 })
 */
export const memoryStore = (): LedgerStore => {
  const lines: string[] = []
  return {
    append: async (entry) => void lines.push(JSON.stringify(entry)),
    read: async (after) => ({
      entries: lines.slice(Number(after ?? 0)).map((line): unknown => JSON.parse(line)),
      cursor: String(lines.length),
    }),
  }
}
