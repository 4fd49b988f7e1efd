import type { RunApiClient } from '../client'
import type { Video } from '../contract/task-state'
import { own } from '../platform/own'
import type { Command } from './command'
import { interruptible } from './interruption'
import { jsonArgument } from './json-argument'
import { openClient, requireKey } from './open-client'
import { printJson } from './output'
import { printOnError } from './print-on-error'
import { readOptions } from './read-options'
import { resultOf } from './result-of'
import { reviveTask } from './revive-task'
import { checkPlace, saveVideos } from './save-videos'
import { SERVICE_HELP, type ServiceValues, serviceOptions } from './service-options'
import { stderrProgress } from './stderr-progress'
import { UnfinishedError } from './unfinished-error'
import { UsageError } from './usage-error'

const HELP = `Usage: runapi-video download <what> [path] [options]

Saves a video and prints what it was given with the files added, as JSON. <what> is what wait or create printed (the
JSON itself, a file, or - for stdin), or the URL of a video. The path is a file or a directory (default: this one).

  --overwrite            replaces a file of that name
${SERVICE_HELP}`

const OPTIONS = { ...serviceOptions, overwrite: { type: 'boolean' } } as const

export const download: Command = {
  run: async (args) => {
    const { values, positionals } = readOptions({ args: [...args], options: OPTIONS, allowPositionals: true })
    if (values.help) {
      console.log(HELP)
      return 0
    }
    const [what, path = '.', ...rest] = positionals
    if (what === undefined)
      throw new UsageError('download: what to download is missing: JSON, a file, - for stdin, or a URL')
    if (rest.length > 0)
      throw new UsageError('download: takes what to download and a path, and nothing after them')

    return interruptible(async (signal) => {
      const given = /^https?:/i.test(what) ? { videos: [{ url: what }] } : await jsonArgument(what, signal)
      const save = { path, overwrite: values.overwrite === true }
      const saveGiven = () => saveAll(given, { ...values, save, signal })
      return what === '-' ? printOnError(given, saveGiven) : saveGiven()
    })
  },
}

interface Saving extends ServiceValues {
  save: { path: string; overwrite: boolean }
  signal: AbortSignal
}

const saveAll = async (given: unknown, { save, signal, ...values }: Saving): Promise<number> => {
  const listed = own(given, 'videos')
  if (Array.isArray(listed) && listed.length === 0)
    throw new UsageError('download: no video is in what was given')
  await checkPlace(save)
  const progress = stderrProgress(values)
  const runapi = openClient(values['base-url'], progress)
  try {
    const result = Array.isArray(listed)
      ? (given as { videos: Video[] })
      : await resultNow(runapi, given, signal)
    const files = await printOnError(result, () =>
      saveVideos(result.videos, { ...save, runapi, signal, progress }),
    )
    return await printJson({ ...result, files })
  } finally {
    await runapi.close()
  }
}

/** The result of a task that is done. It is asked for once: waiting is another command. */
const resultNow = async (runapi: RunApiClient, given: unknown, signal: AbortSignal) => {
  requireKey()
  const task = reviveTask(runapi, given)
  return printOnError(task, async () => {
    const { status } = await task.poll({ signal })
    if (status !== 'completed' && status !== 'failed')
      throw new UnfinishedError(`${task.endpoint} ${task.id}: still ${status}; wait for it first`)
    return resultOf(task, await task.wait())
  })
}
