import { wholeNumber } from './read-options'
import { UsageError } from './usage-error'

/** Options of the commands that wait. */
export const waitOptions = {
  'timeout-ms': { type: 'string' },
  'poll-ms': { type: 'string' },
  download: { type: 'string' },
  overwrite: { type: 'boolean' },
} as const

/** What they hold. */
export interface WaitValues {
  'timeout-ms'?: string | undefined
  'poll-ms'?: string | undefined
  download?: string | undefined
  overwrite?: boolean | undefined
}

export const WAIT_HELP = `  --timeout-ms <number>  how long to wait (default: 900000)
  --poll-ms <number>     how often to ask (default: fitted to how long tasks of the endpoint usually take)
  --download <path>      saves the video there: a file or a directory
  --overwrite            replaces a file of that name`

/** The checked options of a wait. */
export const readWaitOptions = (given: WaitValues) => {
  const { download: path, overwrite = false } = given
  if (overwrite && path === undefined) throw new UsageError('--overwrite belongs to --download')
  return {
    timeoutMs: wholeNumber('--timeout-ms', given['timeout-ms'], { from: 1 }),
    pollMs: wholeNumber('--poll-ms', given['poll-ms'], { from: 1 }),
    save: path === undefined ? undefined : { path, overwrite },
  }
}
