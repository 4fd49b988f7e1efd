import type { Task } from './task'

/** The tasks that were bought, oldest first. */
export interface TaskStore {
  add(task: Task): void
  all(): Task[]
  byId(id: string | undefined): Task | undefined
  /** The task that an account made with an idempotency key. */
  byKey(account: string, key: string | undefined): Task | undefined
}

export const createTaskStore = (): TaskStore => {
  const byId = new Map<string, Task>()
  const byKey = new Map<string, Task>()
  const keyOf = (account: string, key: string): string => JSON.stringify([account, key])

  return {
    add: (task) => {
      byId.set(task.id, task)
      if (task.idempotencyKey !== undefined) byKey.set(keyOf(task.account, task.idempotencyKey), task)
    },
    all: () => [...byId.values()],
    byId: (id) => (id === undefined ? undefined : byId.get(id)),
    byKey: (account, key) => (key === undefined ? undefined : byKey.get(keyOf(account, key))),
  }
}
