import type { CreateOptions } from '../../contract/options'
import type { Task } from '../../contract/task-handle'
import type { UploadedFile } from '../../contract/uploaded-file'
import type { LedgerOrder, OpenLedger } from '../../ledger'
import type { DownloadedVideo } from '../../node'
import { checkedParams } from '../../schema/validate-params'
import type { TaskPromise } from '../../task/task-promise'
import { requireKey, type Service, withClient } from '../client'
import type { Command } from '../command'
import { exitCodeOf, UnfinishedError, UsageError } from '../exit-code-of'
import { repeatedWith, repeatLine, waitCommand } from '../format-error'
import { Interruption, interruptible } from '../interruption'
import { changeIn, isNew, ledgerOf } from '../ledger'
import { type LocalFile, localFilesIn, refuseMissing, uploadFiles, withStandIns } from '../local-files'
import { print } from '../output'
import { type AnyEndpoint, asObject, readParams } from '../params'
import { parseJson } from '../read-json'
import type { Line } from '../read-line'
import { checkPlace, keptFile } from '../save-videos'
import { finishTask, readWaitLine, type WaitLine } from '../wait-with-progress'

export const create: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const options = createOptions(line)
      const wait = waitLineOf(line)
      const ledger = ledgerOfLine(line)
      const resendUnknown = line.flag('resend-unknown')
      const { endpoint, params } = await readParams(line, signal)
      const files = await localFilesIn(endpoint, params)
      signal.throwIfAborted()
      const isDry = line.flag('dry-run')
      if (options.validate) await checkParams(endpoint, params, files)
      if (!isDry) requireKey()
      if (wait?.save) await checkPlace(wait.save)
      // An order that the ledger knows needs its files no more.
      if (isDry || !ledger) refuseMissing(files)
      if (isDry) return print(dryDocument(endpoint, { ...params, ...options.extraParams }, files), line)

      return withClient(
        line,
        signal,
        async (service) => {
          const { progress } = service
          const key = options.idempotencyKey
          const known = key === undefined ? undefined : await ledger?.order(key)
          const task =
            known && !isNew(known)
              ? await boughtBefore(known, { endpoint, params, files, resendUnknown }, service)
              : await buy({ endpoint, params, files, options }, service)
          progress.note(`${task.endpoint} ${task.id}: ${task.replayed ? 'bought before' : 'created'}`)
          if (!wait) return print(createdDocument(task, line), line)
          // Whatever becomes of the wait, the task is on record.
          if (!process.stdout.isTTY || line.flag('json')) progress.tell(JSON.stringify(task))
          const { idempotencyKey } = task
          const onSaved = async (files: readonly DownloadedVideo[]): Promise<void> => {
            if (ledger && idempotencyKey !== undefined)
              await ledger.done(idempotencyKey, { files: files.map(keptFile) })
          }
          return afterPurchase(() => finishTask(task, { ...service, line, wait, onSaved }))
        },
        { ledger },
      )
    }),
}

const createOptions = (line: Line): CreateOptions => {
  const idempotencyKey = line.text('idempotency-key')
  const extra = line.text('extra-params')
  return {
    validate: !line.flag('no-validate'),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(extra !== undefined && {
      extraParams: asObject(parseJson('--extra-params', extra), '--extra-params'),
    }),
  }
}

/** How to wait; `undefined` if nobody waits. */
const waitLineOf = (line: Line): WaitLine | undefined => {
  const wait = readWaitLine(line)
  if (line.flag('wait') || wait.save) return wait
  for (const name of ['timeout-ms', 'poll-ms'] as const)
    if (line.text(name) !== undefined) throw new UsageError(`--${name} belongs to --wait`)
  return undefined
}

/** Checks the parameters before a file is uploaded for them. */
const checkParams = async (
  endpoint: AnyEndpoint,
  params: Record<string, unknown>,
  files: readonly LocalFile[],
): Promise<void> => {
  await checkedParams(endpoint, withStandIns(params, files), { validate: true, nowMs: Date.now() })
}

const ledgerOfLine = (line: Line): OpenLedger | undefined => {
  const path = line.text('ledger')
  if (path !== undefined) return ledgerOf(line, path)
  if (line.text('limit-cents') !== undefined)
    throw new UsageError('--limit-cents belongs to --ledger, the file that remembers what was spent')
  if (line.flag('resend-unknown'))
    throw new UsageError('--resend-unknown belongs to --ledger, the file that remembers what was sent')
  return undefined
}

interface Buying {
  endpoint: AnyEndpoint
  params: Record<string, unknown>
  files: readonly LocalFile[]
}

/** The task of an order that the ledger knows: nothing is uploaded for it again. */
const boughtBefore = async (
  known: LedgerOrder,
  { resendUnknown, ...buying }: Buying & { resendUnknown: boolean },
  { runapi, signal }: Service,
): Promise<Task> => {
  const what = changeIn(known, buying)
  if (what !== undefined)
    throw new UsageError(
      `--idempotency-key: ${known.key} names another order in the ledger, with other ${what}; take a new key`,
    )
  return bought(runapi.resume(known, { signal, resendUnknown }), {})
}

const buy = async (
  { endpoint, params, files, options }: Buying & { options: CreateOptions },
  service: Service,
): Promise<Task> => {
  const { runapi, signal } = service
  refuseMissing(files)
  const uploaded = await uploadFiles(files, service)
  return bought(runapi.endpoint(endpoint)({ ...params, ...uploaded }, { ...options, signal }), uploaded)
}

/** The task. A Ctrl-C leaves a create without an answer, and says how to get one. */
const bought = async (creating: TaskPromise, uploaded: Record<string, UploadedFile>): Promise<Task> => {
  // A file that is uploaded again has another URL, and the same key with another URL is refused.
  const words = Object.entries(uploaded).flatMap(([field, { url }]) => [
    `--${field.replaceAll('_', '-')}`,
    url,
  ])
  try {
    return await creating
  } catch (error) {
    if (typeof error === 'object' && error !== null) repeatedWith.set(error, words)
    if (!(error instanceof Interruption)) throw error
    const state = 'interrupted; the task may have been created'
    throw new Interruption(error.exitCode, `${state}.\n${repeatLine(creating.idempotencyKey, words)}`)
  }
}

/** The exit code of "refused" says that nothing was bought, and here something was. */
const afterPurchase = async (work: () => Promise<number>): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    if (exitCodeOf(error) !== 5) throw error
    throw new UnfinishedError('the task goes on', { cause: error })
  }
}

const createdDocument = (task: Task, line: Line) => ({
  json: task.toJSON(),
  lines: [
    `${task.endpoint} ${task.id}: ${task.replayed ? 'bought before' : 'created'}`,
    'To wait for it:',
    `  ${waitCommand(task, line)}`,
  ],
})

const dryDocument = (
  { name }: AnyEndpoint,
  params: Record<string, unknown>,
  files: readonly LocalFile[],
) => ({
  json: { dryRun: true, endpoint: name, params, uploads: files },
  lines: [
    `${name}: the parameters keep the rules; nothing was sent.`,
    ...files.map(({ field, path, bytes }) => `${field}: ${path} (${bytes} bytes) would be uploaded first`),
  ],
})
