import type { TaskScript } from './scripts'
import type { Task } from './task'

/** The creates that belong together: one without an idempotency key, or all with the same key. */
export interface Order {
  readonly script: TaskScript
  /** How many creates have come. */
  creates: number
  /** The task bought, once a create has been carried out. */
  task?: Task
}

/** The scripts of coming tasks, and what is remembered under idempotency keys. */
export interface Orders {
  /** Adds the script of a coming order. */
  script(script: TaskScript): void
  /** The order that a key belongs to, if one is remembered. */
  find(account: string, key: string | undefined): Order | undefined
  /** The order of a create: that of its key, else a new one, which takes the next script. */
  open(account: string, key: string | undefined): Order
  /** Forgets every key that something was bought with. */
  forgetKeys(): void
}

/** `isForgotten` says whether the key of a purchase has expired. */
export const createOrders = (isForgotten: (task: Task) => boolean): Orders => {
  const coming: TaskScript[] = []
  const byKey = new Map<string, Order>()
  const nameOf = (account: string, key: string): string => JSON.stringify([account, key])
  const find = (account: string, key: string | undefined): Order | undefined => {
    const order = key === undefined ? undefined : byKey.get(nameOf(account, key))
    return order?.task && isForgotten(order.task) ? undefined : order
  }

  return {
    script: (script) => void coming.push(script),
    find,
    open: (account, key) => {
      const known = find(account, key)
      if (known) return known
      const order: Order = { script: coming.shift() ?? {}, creates: 0 }
      if (key !== undefined) byKey.set(nameOf(account, key), order)
      return order
    },
    forgetKeys: () => {
      // If nothing was bought yet, the attempts still to come belong to the same script.
      for (const [name, { task }] of byKey) if (task) byKey.delete(name)
    },
  }
}
