import type { TaskScript } from './task-script'

/** Refuses what would make a task that no test means: a typing slip should not wait for a timeout. */
export const checkScript = (script: TaskScript): TaskScript => {
  const { takesMs, id } = script
  if (takesMs !== undefined && !(takesMs >= 0)) {
    throw new RangeError(`next: takesMs must be 0 or more milliseconds (received ${takesMs})`)
  }
  if (id !== undefined && !/^[\w-]+$/.test(id)) {
    throw new RangeError('next: id must be letters, digits, _ and -')
  }
  return script
}
