/** A part of a store's entries. */
export interface LedgerPage {
  /** The entries behind the cursor, in the store's order. */
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
 * Where a ledger's entries are: plain JSON objects, append-only, in one order that all writers share. A store that may
 * show less than it showed before, such as an eventually consistent key-value store, does not fit.
 */
export interface LedgerStore {
  /** Resolves when the entry is durable. */
  append(entry: object, options: { signal: AbortSignal }): Promise<void>
  /** The entries behind `after`, or from the first one on; never less than it gave before. */
  read(after: string | undefined, options: { signal: AbortSignal }): Promise<LedgerPage>
}

/**
 * A store in memory, for tests. Ledgers that share one see each other's entries, as processes do that share a file.
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
