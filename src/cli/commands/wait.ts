import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { interruptible } from '../interruption'
import { givenDocument, printOnError } from '../output'
import { checkPlace } from '../save-videos'
import { readTaskArgument, reviveTask } from '../task-argument'
import { finishTask, readWaitLine } from '../wait-with-progress'

export const wait: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const { given, isPiped } = await readTaskArgument('wait', line, signal)
      const finish = async (): Promise<number> => {
        const wait = readWaitLine(line)
        requireKey()
        if (wait.save) await checkPlace(wait.save)
        return withClient(line, signal, (service) =>
          finishTask(reviveTask(service.runapi, given), { ...service, line, wait }),
        )
      }
      return isPiped ? printOnError(givenDocument(given), line, finish) : finish()
    }),
}
