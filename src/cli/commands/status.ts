import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { interruptible } from '../interruption'
import { print, resultDocument, stateDocument } from '../output'
import { readTaskArgument, reviveTask } from '../task-argument'

export const status: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const { given } = await readTaskArgument('status', line, signal)
      requireKey()
      return withClient(line, signal, async ({ runapi }) => {
        const task = reviveTask(runapi, given)
        const state = await task.poll({ signal })
        const document = stateDocument(task, state)
        if (state.status !== 'completed') {
          const printed = await print(document, line)
          return printed === 0 ? (state.status === 'failed' ? 3 : 4) : printed
        }
        const { json, lines } = resultDocument(task, state)
        return print({ json, lines: [...document.lines, ...lines] }, line)
      })
    }),
}
