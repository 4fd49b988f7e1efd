import type { EmulatorState } from '../emulator-state'
import type { Route } from '../route'
import { createTask } from './create-task'
import { fileRoutes } from './files'
import { moneyRoutes } from './money'
import { resultFile, sourceFile } from './result-file'
import { taskStatus } from './task-status'

const made = new WeakMap<EmulatorState, readonly Route[]>()

/** Everything that the emulator answers; each endpoint's routes follow from its definition. */
export const routesOf = (world: EmulatorState): readonly Route[] => {
  const known = made.get(world)
  if (known) return known
  const routes = [
    ...world.endpoints.flatMap((definition) => [createTask(definition), taskStatus(definition)]),
    resultFile,
    sourceFile,
    ...fileRoutes,
    ...moneyRoutes,
  ]
  made.set(world, routes)
  return routes
}
