import { readFile } from 'node:fs/promises'
import type { Emulator, TaskScript } from '../testing'
import { UsageError } from './usage-error'

/** Scripts coming tasks with what a file says. */
export const readScenario = async (path: string, emulator: Emulator): Promise<void> => {
  const refuse = (why: unknown): never => {
    throw new UsageError(`${path}: ${why instanceof Error ? why.message : why}`)
  }
  const text = await readFile(path, 'utf8').catch(refuse)
  let scripts: unknown
  try {
    scripts = JSON.parse(text)
  } catch (error) {
    return refuse(error)
  }
  if (!Array.isArray(scripts)) return refuse('it must hold a JSON list, one object a task')
  for (const [index, script] of scripts.entries()) {
    try {
      emulator.next(script as TaskScript)
    } catch (error) {
      refuse(`task ${index + 1}: ${error instanceof Error ? error.message : error}`)
    }
  }
}
