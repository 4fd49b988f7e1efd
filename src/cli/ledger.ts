import { withContent } from '../contract/uploaded-file'
import { type LedgerOrder, type OpenLedger, openLedger } from '../ledger'
import { type Asked, differingParameter, fingerprintsOf } from '../ledger/fingerprints'
import { fileStore } from '../node'
import { isMissing, type LocalFile, STAND_IN_URL } from './local-files'
import type { Line } from './read-line'

/** The ledger of a file, with the limit of a line. */
export const ledgerOf = (line: Line, path: string): OpenLedger => {
  const limitCents = line.count('limit-cents')
  return openLedger(fileStore(path), limitCents === undefined ? {} : { limitCents })
}

/** A ledger that lets nothing more be sent after an abort, while what was sent gets its answer. */
export const untilAborted = (ledger: OpenLedger, signal: AbortSignal): OpenLedger => ({
  ...ledger,
  intend: (purchase, limits) =>
    ledger.intend(purchase, {
      ...limits,
      signal: limits.signal ? AbortSignal.any([limits.signal, signal]) : signal,
    }),
})

/** Whether an order bought nothing, as far as the ledger knows. */
export const isNew = (known: LedgerOrder | undefined): boolean =>
  known === undefined || known.status === 'refused' || known.status === 'written_off'

interface Asking {
  endpoint: { readonly name: string }
  params: Readonly<Record<string, unknown>>
  files: readonly LocalFile[]
}

/** How an order of the ledger differs from the current one: files are compared by content. */
export const changeIn = (known: LedgerOrder, { endpoint, params, files }: Asking): string | undefined => {
  if (known.endpoint !== endpoint.name) return 'endpoint'
  if (!known.asked) return undefined
  const given = files.map(({ field, digest }) => [field, withContent({ url: STAND_IN_URL }, digest)] as const)
  const asked = fingerprintsOf({ ...params, ...Object.fromEntries(given) })
  // Nobody can tell whether a file that is missing now was another one.
  const missing = files.filter(isMissing).map(({ field }) => field)
  const comparable = (all: Asked): Asked =>
    Object.fromEntries(Object.entries(all).filter(([field]) => !missing.includes(field)))
  const parameter = differingParameter(comparable(known.asked), comparable(asked))
  return parameter === undefined ? undefined : `params.${parameter}`
}
