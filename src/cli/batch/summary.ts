import type { LedgerTotals } from '../../ledger'
import type { Document } from '../output'
import { dollars } from '../output'
import type { ProgressFrame } from '../progress'

/** A file of an order on the disk. */
export interface SavedFile {
  path: string
  bytes: number
  sha256: string
}

/** How a run left an order. */
export interface Row {
  id: string
  line: number
  state: 'completed' | 'failed' | 'unfinished' | 'refused' | 'notStarted'
  files?: readonly SavedFile[]
  /** Why, in words. */
  error?: string
  /** What it adds to the exit code. */
  exitCode?: number
}

// Interruptions come before all of them.
const EXIT_CODES = [2, 1, 5, 8, 6, 4, 7, 3]

/** The exit code of a batch: of what went wrong, the first in this order. */
export const exitCodeOfRows = (rows: readonly Row[], interruptedBy: number | undefined): number => {
  if (interruptedBy !== undefined) return interruptedBy
  return EXIT_CODES.find((code) => rows.some(({ exitCode }) => exitCode === code)) ?? 0
}

/** The final output of a batch. */
export const batchDocument = (rows: readonly Row[], totals: LedgerTotals): Document => {
  const count = (state: Row['state']): number => rows.filter((row) => row.state === state).length
  const counts = {
    completed: count('completed'),
    failed: count('failed'),
    unfinished: count('unfinished'),
    refused: count('refused'),
    notStarted: count('notStarted'),
  }
  const files = rows.flatMap(({ id, files = [] }) => files.map((file) => ({ id, ...file })))
  const problems = rows.flatMap(({ id, line, state, error }) =>
    state === 'completed' || error === undefined ? [] : [{ id, line, state, error }],
  )
  const { completed, failed, unfinished, refused, notStarted } = counts
  return {
    json: { ...counts, ...totals, files, problems },
    lines: [
      ...problems.map(
        ({ id, state, error }) => `${id}: ${state === 'notStarted' ? 'not started' : state}: ${error}`,
      ),
      `${completed} completed, ${failed} failed, ${unfinished} unfinished, ${refused} refused, ${notStarted} not started`,
      moneyLine(totals),
    ],
  }
}

/** The sums of a ledger in one line of progress. */
export const moneyFrame = ({
  spentCents,
  reservedCents,
  unknownCents,
  leftCents,
}: LedgerTotals): ProgressFrame => ({
  title: '',
  status: `spent ${dollars(spentCents)}${leftCents === undefined ? '' : `, left ${dollars(leftCents)}`}`,
  outlook: `reserved ${dollars(reservedCents + unknownCents)}`,
})

/** The sums of a ledger, for people. */
const moneyLine = ({ spentCents, reservedCents, unknownCents, leftCents, unpriced }: LedgerTotals): string =>
  [
    `spent ${dollars(spentCents)}`,
    `reserved ${dollars(reservedCents)}`,
    ...(unknownCents > 0 ? [`unknown ${dollars(unknownCents)}`] : []),
    ...(leftCents === undefined ? [] : [`left ${dollars(leftCents)}`]),
    ...(unpriced > 0 ? [`${unpriced} without a price`] : []),
  ].join(', ')
