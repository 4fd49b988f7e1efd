import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { RunApiClient } from '../../client'
import type { OpenLedger } from '../../ledger'
import { beginOrders } from '../batch/begin-orders'
import { createBoard } from '../batch/board'
import { readOrders } from '../batch/orders'
import { type BatchRun, type Begun, runOrder } from '../batch/run-order'
import { removeOldParts } from '../batch/save-order'
import { batchDocument, exitCodeOfRows, moneyFrame, type Row } from '../batch/summary'
import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { UsageError } from '../exit-code-of'
import { inFlags, shellQuote } from '../format-error'
import { type Interruption, interruptible } from '../interruption'
import { isNew, ledgerOf, untilAborted } from '../ledger'
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
      const ledger = ledgerOf(line, options.ledgerPath)
      const orders = await readOrders(path, text, async (id) => !isNew(await ledger.order(id)))
      signal.throwIfAborted()
      const isDry = line.flag('dry-run')
      if (!isDry) requireKey()
      const { folder } = options
      const board = createBoard({ screen: process.stderr, say, quiet: line.flag('quiet'), env: process.env })
      const work = async ({ runapi }: { runapi: RunApiClient }): Promise<number> => {
        const begun = await beginOrders(path, orders, { ledger, folder, runapi })
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
      return withClient(line, signal, work, { ledger: untilAborted(ledger, signal), board })
    }),
}

const optionsOf = (line: Line, path: string) => {
  const ledger = line.text('ledger')
  const out = line.text('out') ?? 'videos'
  if (out === '') throw new UsageError('--out is empty; name a directory')
  if (path === '-' && ledger === undefined)
    throw new UsageError('batch: orders from stdin need --ledger, a file that remembers them')
  return {
    folder: resolve(out),
    ledgerPath: ledger ?? `${path.replace(/\.(?:jsonl|ndjson|json|txt)$/i, '')}.ledger.jsonl`,
    concurrency: line.count('concurrency', { from: 1, to: MAX_AT_ONCE }) ?? 8,
    timeoutMs: line.count('timeout-ms', { from: 1 }),
    pollMs: line.count('poll-ms', { from: 1 }),
  }
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
  else if (run.stopped)
    say(`runapi-video: no new order was begun after this: ${inFlags(run.stopped.message)}`)
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

/** The purchases that the batch would make, and their cost. */
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
