import type { TaskScript } from './task-script'

/** A script and how many creates of its task have come. */
export interface Plan {
  readonly script: TaskScript
  attempts: number
}

/** The scripts of coming tasks. */
export interface Plans {
  add(script: TaskScript): void
  /** The plan of a create: repeated creates with one key share it, any other create takes the next one. */
  take(account: string, key: string | undefined): Plan
}

export const createPlans = (): Plans => {
  const coming: TaskScript[] = []
  const taken = new Map<string, Plan>()

  return {
    add: (script) => void coming.push(script),
    take: (account, key) => {
      const owner = key === undefined ? undefined : JSON.stringify([account, key])
      const known = owner === undefined ? undefined : taken.get(owner)
      if (known) return known
      const plan = { script: coming.shift() ?? {}, attempts: 0 }
      if (owner !== undefined) taken.set(owner, plan)
      return plan
    },
  }
}
