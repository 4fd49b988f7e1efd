import { guarded } from '../../platform/call-back'
import type { Log } from '../../platform/log'

/** A caller's callback whose exceptions are logged and go no further. */
export const reporterOf = <T>(
  onProgress: ((progress: T) => void) | undefined,
  log: Log,
): ((progress: T) => void) | undefined =>
  onProgress && guarded(onProgress, { name: 'onProgress', log, otherwise: 'the transfer goes on' })
