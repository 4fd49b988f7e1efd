import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunApiClient } from '../../client'
import type { OpenLedger } from '../../ledger'
import { sameService } from '../../ledger/fold'
import { sessionOf } from '../../session'
import { createBoard } from '../batch/board'
import { fileNameOf } from '../batch/file-names'
import { type BatchOrder, type BrokenLine, readOrders, refuseBroken } from '../batch/orders'
import { type BatchRun, type Begun, nextKey, runOrder } from '../batch/run-order'
import { fileState, keptFilesIn, removeOldParts } from '../batch/save-order'
import { batchDocument, exitCodeOfRows, moneyFrame, type Row } from '../batch/summary'
import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { UsageError } from '../exit-code-of'
import { shellQuote } from '../format-error'
import { type Interruption, interruptible } from '../interruption'
import { changeIn, isNew, ledgerOf } from '../ledger'
import { withStandIns } from '../local-files'
import { dollars, print, say } from '../output'
import { readStdin, readTextFile } from '../read-json'
import type { Line } from '../read-line'
import { checkPlace } from '../save-videos'
import { usualTimeOf } from '../wait-with-progress'

const MAX_AT_ONCE = 256

export const batch: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const [path, ...rest] = line.positionals
      if (path === undefined)
        throw new UsageError('batch: a file of orders is missing, one JSON object a line')
      if (rest.length > 0) throw new UsageError('batch: takes one file of orders, and nothing after it')
      const options = optionsOf(line, path)
      const text = path === '-' ? await readStdin(signal) : await readTextFile(path)
      const orders = await readOrders(path, text)
      signal.throwIfAborted()
      const isDry = line.flag('dry-run')
      if (!isDry) requireKey()
      const { folder } = options
      const ledger = ledgerOf(line, options.ledgerPath)
      const board = createBoard({ screen: process.stderr, say, quiet: line.flag('quiet'), env: process.env })
      const work = async ({ runapi }: { runapi: RunApiClient }): Promise<number> => {
        const begun = await beginAll(path, orders, { ledger, folder, runapi })
        if (isDry)
          return dryRun(begun, { line, runapi, ledger, signal, retryFailed: line.flag('retry-failed') })
        await makeFolder(folder)
        const run: BatchRun = {
          ...options,
          runapi,
          ledger,
          board,
          signal,
          retryFailed: line.flag('retry-failed'),
          resendUnknown: line.flag('resend-unknown'),
          stopped: undefined,
        }
        return runAll(begun, run, { line, concurrency: options.concurrency })
      }
      return withClient(line, signal, work, { ledger, board })
    }),
}

const optionsOf = (line: Line, path: string) => {
  const ledger = line.text('ledger')
  if (path === '-' && ledger === undefined)
    throw new UsageError('batch: orders from stdin need --ledger, a file that remembers them')
  return {
    folder: line.text('out') ?? 'videos',
    ledgerPath: ledger ?? `${path.replace(/\.(?:jsonl|ndjson|json|txt)$/i, '')}.ledger.jsonl`,
    concurrency: line.count('concurrency', { from: 1, to: MAX_AT_ONCE }) ?? 8,
    timeoutMs: line.count('timeout-ms', { from: 1 }),
    pollMs: line.count('poll-ms', { from: 1 }),
  }
}

interface Beginning {
  ledger: OpenLedger
  folder: string
  runapi: RunApiClient
}

/** Where each order stands. Throws where one must not be run: nothing is bought before all of them are checked. */
const beginAll = async (
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
  if (await stat(path).catch(() => undefined))
    throw new UsageError(`${path} is in the way, and no order of the ledger saved it; move it away`)
}

const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new UsageError(`--out ${folder}: is a file; name a directory`)
    throw new UsageError(`--out ${folder}: the directory cannot be made (${error.code})`)
  })
  await checkPlace({ path: join(folder, '/'), overwrite: false })
  await removeOldParts(folder)
}

const runAll = async (
  begun: readonly Begun[],
  run: BatchRun,
  { line, concurrency }: { line: Line; concurrency: number },
): Promise<number> => {
  const { board, ledger, signal } = run
  // What is paid for comes first.
  const queue = [...begun.filter(({ known }) => !isNew(known)), ...begun.filter(({ known }) => isNew(known))]
  const rows: Row[] = []
  let totals = await ledger.totals()
  const left = (): number => begun.length - rows.length
  const count = (state: Row['state']): number => rows.filter((row) => row.state === state).length
  board.whole(() => [
    {
      title: `${rows.length} of ${begun.length}`,
      status: `${count('completed')} done, ${count('failed')} failed`,
      share: rows.length / begun.length,
      outlook: outlookOf(begun, left(), concurrency),
    },
    moneyFrame(totals),
  ])
  run.onMoney = async () => {
    totals = await ledger.totals().catch(() => totals)
  }
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      rows.push(await runOrder(next, run))
      await run.onMoney?.()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, begun.length) }, work))
  } finally {
    board.end()
  }
  await ledger.idle()
  rows.sort((a, b) => a.line - b.line)
  const interruptedBy = signal.aborted ? (signal.reason as Interruption).exitCode : undefined
  const isOpen = rows.some(({ state }) => state === 'unfinished' || state === 'notStarted')
  if (interruptedBy !== undefined) say('runapi-video: interrupted; the service goes on with what was bought')
  else if (run.stopped) say(`runapi-video: no new order was begun after this: ${run.stopped.message}`)
  if (isOpen)
    say(`To go on:\n  npx runapi-video ${['batch', ...line.args].map((word) => shellQuote(word)).join(' ')}`)
  const printed = await print(batchDocument(rows, await ledger.totals()), line)
  return exitCodeOfRows(rows, interruptedBy) || printed
}

/** How long the rest may take: each order as long as the middle of what is usual, so many at once. */
const outlookOf = (begun: readonly Begun[], left: number, concurrency: number): string | undefined => {
  const usual = begun.flatMap(({ order }) => usualTimeOf(order.endpoint.name) ?? [])
  if (usual.length === 0 || left === 0) return undefined
  const middleMs = usual.reduce((sum, each) => sum + each, 0) / usual.length
  const minutes = (Math.ceil(left / concurrency) * middleMs) / 60_000
  return minutes < 1.5 ? 'about a minute left' : `about ${Math.round(minutes)} minutes left`
}

interface DryRun {
  line: Line
  runapi: RunApiClient
  ledger: OpenLedger
  signal: AbortSignal
  retryFailed: boolean
}

/** What the batch would buy, and for how much. */
const dryRun = async (
  begun: readonly Begun[],
  { line, runapi, ledger, signal, retryFailed }: DryRun,
): Promise<number> => {
  const buys = begun.filter((each) => isNew(each.known) || (retryFailed && each.known?.status === 'failed'))
  const quotes = new Map<string, number | undefined>()
  let priceCents = 0
  let unpriced = 0
  for (const { order } of buys) {
    const { endpoint, params, files } = order
    const { prompt: _, callback_url: __, ...priced } = params
    const name = JSON.stringify([endpoint.name, priced])
    if (!quotes.has(name)) {
      const quote = await runapi.pricing.quote(endpoint, withStandIns(params, files), { signal })
      quotes.set(name, quote.reservation_amount_cents ?? undefined)
    }
    const cents = quotes.get(name)
    if (cents === undefined) unpriced += 1
    else priceCents += cents
  }
  const { leftCents } = await ledger.totals()
  const fits = leftCents === undefined || (priceCents <= leftCents && unpriced === 0)
  const json = {
    dryRun: true,
    orders: begun.length,
    toBuy: buys.length,
    priceCents,
    unpriced,
    ...(leftCents !== undefined && { leftCents, fits }),
  }
  const lines = [
    `${begun.length} orders keep the rules; ${buys.length} would be bought for ${dollars(priceCents)}${unpriced > 0 ? ` and ${unpriced} without a price` : ''}.`,
    ...(leftCents === undefined
      ? []
      : [`${dollars(leftCents)} are left of the limit${fits ? '' : ': not enough'}.`]),
  ]
  const printed = await print({ json, lines }, line)
  return fits ? printed : 8
}
