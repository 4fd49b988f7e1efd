import type { Intent, Ledger, PurchaseLimits, PurchaseRequest } from '../contract/ledger'
import type { CreatedTask } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
import { requestQuote } from '../money/pricing'
import type { PreparedCreate } from './prepare-create'
import { TaskHandle } from './task'
import { newTaskCore } from './task-core'
import { type Creation, emitTask } from './task-from'
import { parseTaskRef } from './task-ref'

/** Asks the ledger before anything is sent. */
export const intend = (
  ledger: Ledger,
  { session, definition, idempotencyKey }: Creation<unknown>,
  { asked, tags, json, resendUnknown }: PreparedCreate,
  limits: PurchaseLimits,
): Promise<Intent> => {
  const { name: endpoint, priceIgnores } = definition
  const quote: PurchaseRequest['quote'] = (params, signal) =>
    requestQuote(session, definition, params, { signal })
  const request = asked && { asked, json, priceIgnores, quote }
  const baseUrl = session.settings.baseUrl().href
  return ledger.intend({ key: idempotencyKey, endpoint, baseUrl, tags, request, resendUnknown }, limits)
}

/** The handle of a task that the ledger knows. */
export const knownTask = <R>(given: TaskRef, creation: Creation<R>): CreatedTask<R> => {
  const { session, definition } = creation
  const ref = parseTaskRef(given, session.settings.baseUrl())
  const { id, model } = ref
  emitTask(creation, { outcome: 'replayed', taskId: id, ...(model !== undefined && { model }) })
  return new TaskHandle(newTaskCore(session, definition, ref), {
    replayed: true,
  }) as unknown as CreatedTask<R>
}
