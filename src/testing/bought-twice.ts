import type { EmulatorState } from './emulator-state'
import { costAt, type EmulatedTask, emulatedTask, type Task } from './task'

/** Options of `assertNothingBoughtTwice`. */
export interface NothingBoughtTwiceOptions {
  /** Whether a task is meant to repeat another, such as one of several takes. @default none is */
  intended?: (task: EmulatedTask) => boolean
}

/** Throws an error that lists the purchases which another purchase had already made. */
export const refuseRepeats = (
  { tasks, time }: EmulatorState,
  { intended = () => false }: NothingBoughtTwiceOptions = {},
): void => {
  const nowMs = time.monotonic()
  const alike = new Map<string, Task[]>()
  for (const task of tasks.values()) {
    if (costAt(task, nowMs) === 0 || intended(emulatedTask(task, nowMs))) continue
    const purchase = JSON.stringify([task.account, task.input])
    alike.set(purchase, [...(alike.get(purchase) ?? []), task])
  }
  const repeated = [...alike.values()].filter(({ length }) => length > 1)
  if (repeated.length === 0) return
  const lines = repeated.map((same) => {
    const { definition, priceCents } = same[0] as Task
    const purchases = same.map(({ id, idempotencyKey: key }) => `${id} (${key ? `key ${key}` : 'no key'})`)
    return `  ${definition.name}, ${same.length} times for ${priceCents} cents each: ${purchases.join(', ')}`
  })
  throw new Error(
    [
      'The same thing was bought more than once:',
      ...lines,
      'A call that is repeated must carry the idempotency key of the first one; store the key before you call.',
    ].join('\n'),
  )
}
