import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunApiClient } from '../../client'
import type { OpenLedger } from '../../ledger'
import { sameService } from '../../ledger/fold'
import { sessionOf } from '../../session'
import { UsageError } from '../exit-code-of'
import { changeIn, isNew } from '../ledger'
import { fileNameOf } from './file-names'
import { type BatchOrder, type BrokenLine, refuseBroken } from './orders'
import { type Begun, nextKey } from './run-order'
import { fileState, keptFilesIn } from './save-order'

interface Beginning {
  ledger: OpenLedger
  folder: string
  runapi: RunApiClient
}

/** Where each order stands. Throws if one must not be run: nothing is bought before all of them are checked. */
export const beginOrders = async (
  path: string,
  orders: readonly BatchOrder[],
  beginning: Beginning,
): Promise<Begun[]> => {
  const begun: Begun[] = []
  const broken: BrokenLine[] = []
  for (const order of orders) {
    try {
      begun.push(await begin(order, beginning))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      broken.push({ line: order.line, words: error.message })
    }
  }
  refuseBroken(path, broken)
  return begun
}

const begin = async (order: BatchOrder, { ledger, folder, runapi }: Beginning): Promise<Begun> => {
  const { id } = order
  let key = id
  let known = await ledger.order(key)
  // The latest try is the one that counts.
  for (let failed = known; failed?.status === 'failed'; ) {
    const further = nextKey(id, key)
    const next = await ledger.order(further)
    if (!next) break
    key = further
    failed = known = next
  }
  if (known) refuseChanged(order, known, runapi)
  const kept = known?.done ? keptFilesIn(known.files) : []
  const states = await Promise.all(kept.map((file) => fileState(folder, file)))
  const changed = kept.find((_, index) => states[index] === 'changed')
  if (changed)
    throw new UsageError(
      `${join(folder, changed.name)} is not as it was saved; move it away to have it fetched again`,
    )
  const isWhole = kept.length > 0 && states.every((state) => state === 'whole')
  const whole = isWhole ? kept.map(({ name, ...file }) => ({ path: join(folder, name), ...file })) : undefined
  if (isNew(known) || known?.status === 'failed') await refuseInTheWay(join(folder, fileNameOf(id)))
  return { order, key, known, whole }
}

const refuseChanged = (order: BatchOrder, known: NonNullable<Begun['known']>, runapi: RunApiClient): void => {
  if (isNew(known)) return
  const base = sessionOf(runapi).settings.baseUrl().href
  if (!sameService(base, known.baseUrl))
    throw new UsageError(`was bought at ${known.baseUrl}, and this run asks ${base}; name another --ledger`)
  const what = changeIn(known, order)
  if (what !== undefined)
    throw new UsageError(`${what}: was changed after its purchase; give the new order an id of its own`)
}

const refuseInTheWay = async (path: string): Promise<void> => {
  // A link that leads nowhere is in the way too.
  if (await lstat(path).catch(() => undefined))
    throw new UsageError(`${path} is in the way, and no order of the ledger saved it; move it away`)
}
