import type { Task } from '../contract/task-handle'
import type { TaskPromise } from '../task/task-promise'
import type { Command } from './command'
import { CREATE_HELP } from './create-help'
import { finishTask } from './finish-task'
import { repeatLine } from './format-error'
import { Interruption, interruptible } from './interruption'
import { openClient, requireKey } from './open-client'
import { printJson } from './output'
import { readCreateLine } from './read-create-line'
import { readParams } from './read-params'
import { checkPlace } from './save-videos'
import { stderrProgress } from './stderr-progress'

export const create: Command = {
  run: async (args) => {
    const line = readCreateLine(args)
    if (!line) {
      console.log(CREATE_HELP)
      return 0
    }
    const { values, endpoint, given, options, waiting } = line
    return interruptible(async (signal) => {
      const params = await readParams(given, signal)
      signal.throwIfAborted()
      requireKey()
      if (waiting?.save) await checkPlace(waiting.save)
      const progress = stderrProgress(values)
      const runapi = openClient(values['base-url'], progress)
      try {
        const task = await bought(runapi.endpoint(endpoint)(params, { ...options, signal }))
        progress.note(`${task.endpoint} ${task.id}: ${task.replayed ? 'bought before' : 'created'}`)
        if (!waiting) return await printJson(task)
        // Whatever becomes of the wait, the task is on record.
        progress.tell(JSON.stringify(task))
        return await finishTask(task, { ...waiting, runapi, signal, progress })
      } finally {
        await runapi.close()
      }
    })
  },
}

/** The task. A Ctrl-C leaves a create without an answer, and says how to get one. */
const bought = async (creating: TaskPromise): Promise<Task> => {
  try {
    return await creating
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
    const { idempotencyKey } = creating
    const state = 'interrupted; the task may have been created'
    throw new Interruption(error.exitCode, `${state}.\n${repeatLine(idempotencyKey)}`)
  }
}
