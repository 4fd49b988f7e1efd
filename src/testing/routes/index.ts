import type { EmulatorState } from '../emulator-state'
import type { Route } from '../route'
import { fileRoutes } from './files'
import { moneyRoutes } from './money'
import { resultFile, sourceFile } from './results'
import { createTask, taskStatus } from './tasks'

const made = new WeakMap<EmulatorState, readonly Route[]>()

/** Everything that the emulator answers; each endpoint's routes follow from its definition. */
export const routesOf = (state: EmulatorState): readonly Route[] => {
  const known = made.get(state)
  if (known) return known
  const routes = [
    ...state.endpoints.flatMap((definition) => [createTask(definition), taskStatus(definition)]),
    resultFile,
    sourceFile,
    ...fileRoutes,
    ...moneyRoutes,
  ]
  made.set(state, routes)
  return routes
}
