import type { Intent, Ledger, PurchaseLimits } from '../contract/ledger'
import type { CreatedTask } from '../contract/task-handle'
import type { TaskRef } from '../contract/task-ref'
import type { EndpointDefinition } from '../models/endpoint'
import { requestQuote } from '../money/pricing'
import type { Session } from '../session'
import type { PreparedCreate } from './prepare-create'
import { TaskHandle } from './task'
import { newTaskCore } from './task-core'
import { parseTaskRef } from './task-ref'

interface Bought<R> {
  session: Session
  definition: EndpointDefinition<string, unknown, R>
  idempotencyKey: string
  /** The monotonic time of the call. */
  startedAt: number
}

/** Asks the ledger before anything is sent. */
export const intend = (
  ledger: Ledger,
  { session, definition, idempotencyKey }: Bought<unknown>,
  { asked, tags, json, resendUnknown }: PreparedCreate,
  limits: PurchaseLimits,
): Promise<Intent> => {
  const { name, priceIgnores } = definition
  // Parsed, because a body may hold objects that are the caller's.
  const body = asked && (JSON.parse(json) as Record<string, unknown>)
  const quote = (signal: AbortSignal) => {
    const { callback_url: _, ...priced } = body ?? {}
    return requestQuote(session, definition, priced, { signal })
  }
  return ledger.intend(
    {
      key: idempotencyKey,
      endpoint: name,
      baseUrl: session.settings.baseUrl().href,
      tags,
      request: body && asked && { asked, body, priceIgnores, quote },
      resendUnknown,
    },
    limits,
  )
}

/** The handle of a task that the ledger knows. */
export const knownTask = <R>(
  ref: TaskRef,
  { session, definition, idempotencyKey, startedAt }: Bought<R>,
): CreatedTask<R> => {
  const { settings } = session
  const task = new TaskHandle(newTaskCore(session, definition, parseTaskRef(ref, settings.baseUrl())), {
    replayed: true,
  })
  settings.emit?.({
    type: 'task',
    outcome: 'replayed',
    endpoint: definition.name,
    idempotencyKey,
    elapsedMs: settings.clock.monotonic() - startedAt,
    taskId: task.id,
    ...(task.model !== undefined && { model: task.model }),
  })
  return task as CreatedTask<R>
}
