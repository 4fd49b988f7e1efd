import type { RunApiClient } from '../../client'
import type { Video } from '../../contract/task-state'
import { own } from '../../platform/own'
import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { UnfinishedError, UsageError } from '../exit-code-of'
import { interruptible } from '../interruption'
import {
  type Document,
  fileLine,
  givenDocument,
  handleDocument,
  print,
  printOnError,
  resultDocument,
} from '../output'
import type { Line } from '../read-line'
import { checkPlace, saveVideos } from '../save-videos'
import { readTaskArgument, reviveTask } from '../task-argument'

export const download: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const [what, ...behind] = line.positionals
      if (what !== undefined && /^https?:/i.test(what) && behind.length > 1)
        throw new UsageError('download: takes what to download and a path, and nothing after that')
      if (what === undefined)
        throw new UsageError('download: what to download is missing: JSON, a file, - for stdin, or a URL')
      const { given, rest, isPiped } = /^https?:/i.test(what)
        ? { given: { videos: [{ url: what }] }, rest: behind, isPiped: false }
        : await readTaskArgument('download', line, signal)
      const save = (): Promise<number> => saveGiven(given, rest[0] ?? '.', line, signal)
      return isPiped ? printOnError(givenDocument(given), line, save) : save()
    }),
}

const saveGiven = async (given: unknown, path: string, line: Line, signal: AbortSignal): Promise<number> => {
  const listed = own(given, 'videos')
  if (Array.isArray(listed) && listed.length === 0)
    throw new UsageError('download: no video is in what was given')
  const save = { path, overwrite: line.flag('overwrite') }
  await checkPlace(save)
  return withClient(line, signal, async (service) => {
    const { videos, document } = Array.isArray(listed)
      ? { videos: listed as Video[], document: listedDocument(given as object) }
      : await resultNow(service.runapi, given, line, signal)
    const files = await printOnError(document, line, () => saveVideos(videos, { ...service, ...save }))
    return print({ json: { ...(document.json as object), files }, lines: files.map(fileLine) }, line)
  })
}

const listedDocument = (given: object): Document => ({ json: given, lines: [] })

/** The result of a task that is done. It is asked for once: waiting is another command. */
const resultNow = async (runapi: RunApiClient, given: unknown, line: Line, signal: AbortSignal) => {
  requireKey()
  const task = reviveTask(runapi, given)
  return printOnError(handleDocument(task), line, async () => {
    const { status } = await task.poll({ signal })
    if (status !== 'completed' && status !== 'failed')
      throw new UnfinishedError(`${task.endpoint} ${task.id}: still ${status}; wait for it first`)
    const state = await task.wait()
    return { videos: state.videos, document: resultDocument(task, state) }
  })
}
