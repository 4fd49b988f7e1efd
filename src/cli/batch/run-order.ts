import type { Task } from '../../contract/task-handle'
import type { CompletedState } from '../../contract/task-state'
import { RunApiError, type RunApiErrorCode } from '../../errors'
import type { LedgerOrder, OpenLedger } from '../../ledger'
import { pause, systemClock } from '../../platform/clock'
import { own } from '../../platform/own'
import { schedules } from '../../waiting/poll-schedule'
import type { Service } from '../client'
import { exitCodeOf } from '../exit-code-of'
import { formatError, inFlags } from '../format-error'
import { isNew } from '../ledger'
import { refuseMissing, uploadFiles } from '../local-files'
import type { ProgressFrame } from '../progress'
import { keptFile } from '../save-videos'
import type { Board } from './board'
import type { BatchOrder } from './orders'
import { keptFilesIn, saveOrder } from './save-order'
import type { Row, SavedFile } from './summary'

/** What a run knows of an order before it begins: the key of its latest try, and the ledger's entry for it. */
export interface Begun {
  order: BatchOrder
  key: string
  known: LedgerOrder | undefined
  /** The files, if they are saved and whole. */
  whole: readonly SavedFile[] | undefined
}

/** Shared by the orders of a run. */
export interface BatchRun extends Pick<Service, 'runapi' | 'signal'> {
  ledger: OpenLedger
  board: Board
  folder: string
  retryFailed: boolean
  resendUnknown: boolean
  timeoutMs: number | undefined
  pollMs: number | undefined
  /** Called when the sums of the ledger have changed. */
  onMoney?: (() => Promise<void>) | undefined
  /** Why no new order is begun; set by the order that met it. */
  stopped: RunApiError | undefined
}

/** The key of the next try of an order whose generation failed. */
export const nextKey = (id: string, key: string): string =>
  `${id}#${key === id ? 2 : Number(key.slice(id.length + 1)) + 1}`

/** Does what is missing of one order. Never throws: whatever happens is the order's row. */
export const runOrder = async (begun: Begun, run: BatchRun): Promise<Row> => {
  const { order, known, whole } = begun
  const { id, line } = order
  const { board } = run
  if (whole) return { id, line, state: 'completed', files: whole }
  let { key } = begun
  const isFailed = known?.status === 'failed'
  if (isFailed && !run.retryFailed)
    return { id, line, state: 'failed', exitCode: 3, error: known.error ?? 'the generation failed' }
  if (isFailed) key = nextKey(id, key)
  const before = isFailed ? undefined : known
  if (run.signal.aborted || (run.stopped && isNew(before)))
    return { id, line, state: isNew(before) ? 'notStarted' : 'unfinished' }
  try {
    const task = before?.task ? run.runapi.task(before.task) : await buy(order, key, before, run)
    await run.onMoney?.()
    const state = await waitFor(task, id, run)
    board.set(id, { title: id, status: 'saving' })
    const files = await saveOrder(id, state.videos, { ...run, kept: keptFilesIn(before?.files) })
    await run.ledger.done(key, { files: files.map(keptFile) })
    board.step(`${id}: saved`)
    return { id, line, state: 'completed', files }
  } catch (error) {
    return await rowOf(error, { order, key }, run)
  } finally {
    board.set(id, undefined)
  }
}

const STOPPING: ReadonlySet<RunApiErrorCode> = new Set([
  'authentication',
  'insufficient_credits',
  'permission_denied',
  'spending_limit',
  'configuration',
])

/** The service's error, even if an earlier attempt keeps the outcome unknown, or no price arrived. */
const refusalIn = (error: unknown): RunApiError | undefined => {
  if (!RunApiError.is(error)) return undefined
  const isBehind = error.code === 'unknown_outcome' || isUnpriced(error)
  return isBehind && RunApiError.is(error.cause) ? error.cause : error
}

/** Whether a limit refused it only because its price is not known. */
const isUnpriced = (error: RunApiError): boolean =>
  error.code === 'spending_limit' && own(error, 'priceCents') === undefined

/** Whether every other order would fail too. An order without a price of its own does not affect the others. */
const stopsAll = (refusal: RunApiError): boolean => STOPPING.has(refusal.code) && !isUnpriced(refusal)

const codeOf = (error: unknown): number => {
  const code = exitCodeOf(error)
  const refusal = refusalIn(error)
  if (code !== 8 || !refusal || refusal === error) return code
  // A price that the service will not name is a matter of the limit; one that it cannot name now is not.
  const why = exitCodeOf(refusal)
  return stopsAll(refusal) || why === 6 ? why : code
}

/** In the words of the command line. */
const wordsOf = (error: unknown): string => {
  if (!RunApiError.is(error)) return formatError(error)
  return inFlags(error.message)
    .replace(/[;:] call again with the same parameters and error\.idempotencyKey.*?twice/, '')
    .replace(/[,;] wait again with error\.task\.wait\(\)/, '')
    .replace(
      ', with error.requestId',
      error.requestId === undefined ? '' : `, with its id ${error.requestId}`,
    )
    .replace('create a task with a new idempotency key', 'run again with --retry-failed')
}

/** The row of an order that ended with an error: what counts is what the ledger says was bought. */
const rowOf = async (
  error: unknown,
  { order, key }: { order: BatchOrder; key: string },
  run: BatchRun,
): Promise<Row> => {
  const { id, line } = order
  if (run.signal.aborted && error === run.signal.reason) {
    return { id, line, state: (await isUnbought(key, run)) ? 'notStarted' : 'unfinished' }
  }
  const refusal = refusalIn(error)
  if (refusal && stopsAll(refusal)) run.stopped ??= refusal
  const words = wordsOf(error)
  run.board.tell(`${id}: ${words}`)
  const code = codeOf(error)
  const row = { id, line, error: words }
  if (code === 3) return { ...row, state: 'failed', exitCode: 3 }
  // "Refused" says that nothing was bought.
  if (!(await isUnbought(key, run))) return { ...row, state: 'unfinished', exitCode: code === 5 ? 4 : code }
  const isRefused = code === 5 || code === 2
  return { ...row, state: isRefused ? 'refused' : 'notStarted', exitCode: code }
}

/** Whether the ledger says that nothing was bought. One that cannot be read says nothing. */
const isUnbought = (key: string, { ledger }: BatchRun): Promise<boolean> =>
  ledger.order(key).then(isNew, () => false)

const RESEND_MS = [1_000, 4_000, 15_000, 30_000, 60_000]
const MAX_PAUSE_MS = 10 * 60_000

/** Buys it, and sends it again within this run if its outcome is unknown. */
const buy = async (
  order: BatchOrder,
  key: string,
  before: LedgerOrder | undefined,
  run: BatchRun,
): Promise<Task> => {
  let known = before
  for (let attempt = 0; ; attempt++) {
    run.board.set(order.id, { title: order.id, status: attempt === 0 ? 'buying' : 'buying again' })
    try {
      const task =
        known?.status === 'unknown' ? await resend(order, key, run) : await purchase(order, key, run)
      run.board.step(`${order.id}: ${task.replayed ? 'bought before' : 'created'} as ${task.id}`)
      return task
    } catch (error) {
      known = await run.ledger.order(key)
      const delayMs = pauseAfter(error, attempt)
      const isStale = known?.status === 'unknown' && isOld(known) && !run.resendUnknown
      if (delayMs === undefined || isStale || (run.stopped && isNew(known))) throw error
      run.board.tell(`${order.id}: ${wordsOf(error)}; again in ${Math.round(delayMs / 1000)} s`)
      await pause(systemClock, delayMs, run.signal)
    }
  }
}

const DAY_MS = 24 * 3_600_000
const isOld = ({ at }: LedgerOrder): boolean => Date.now() - Date.parse(at) > DAY_MS

/** How long to wait before the order is sent again; `undefined` if that would not help. */
const pauseAfter = (error: unknown, attempt: number): number | undefined => {
  if (!RunApiError.is(error) || codeOf(error) !== 6) return undefined
  const refusal = refusalIn(error) ?? error
  // What the service refuses once it refuses again; a conflict may be with what is still being sent.
  if (exitCodeOf(refusal) !== 6 && refusal.code !== 'conflict') return undefined
  // A certificate is as wrong in a minute.
  if (error.code === 'connection' && !error.retryable) return undefined
  const delayMs = RESEND_MS[attempt]
  if (delayMs === undefined) return undefined
  const asked = retryAfterOf(error) ?? retryAfterOf(error.cause) ?? 0
  return asked > MAX_PAUSE_MS ? undefined : Math.max(delayMs, asked)
}

const retryAfterOf = (error: unknown): number | undefined => {
  const ms = own(error, 'retryAfterMs')
  return typeof ms === 'number' ? ms : undefined
}

const resend = ({ endpoint }: BatchOrder, key: string, { runapi, resendUnknown }: BatchRun): Promise<Task> =>
  runapi.resume({ key, endpoint: endpoint.name }, { resendUnknown })

// A purchase is not aborted: its answer comes soon, and says what was bought.
const purchase = async (order: BatchOrder, key: string, run: BatchRun): Promise<Task> => {
  const { endpoint, params, tags, files } = order
  const { runapi, signal } = run
  refuseMissing(files)
  const uploaded = await uploadFiles(files, { runapi, signal, progress: progressOf(order.id, run.board) })
  signal.throwIfAborted()
  if (run.stopped) throw run.stopped
  return runapi.endpoint(endpoint)({ ...params, ...uploaded }, { idempotencyKey: key, ...(tags && { tags }) })
}

const progressOf = (id: string, board: Board) => ({
  step: () => {},
  note: (line: string) => board.step(`${id}: ${line}`),
  draw: (frame: () => ProgressFrame) => board.set(id, { ...frame(), title: id }),
  end: () => {},
})

const waitFor = async (task: Task, id: string, run: BatchRun): Promise<CompletedState> => {
  const { board, signal, timeoutMs, pollMs } = run
  const startedAt = task.createdAt === undefined ? Date.now() : Date.parse(task.createdAt)
  let status = task.state?.status ?? 'waiting'
  board.watch(id, task.endpoint, () => ({ status, ageMs: Math.max(0, Date.now() - startedAt) }))
  const state = await task.wait({
    signal,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(pollMs !== undefined && { schedule: schedules.fixed(pollMs) }),
    onUpdate: (state) => {
      status = state.status
      board.step(`${id}: ${status}`)
    },
  })
  return state
}
