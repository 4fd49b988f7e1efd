import type { Ending, Watched } from './look'
import { newWaiter, type WaitTerms } from './waiter'
import { deliver, dismiss, join, newWatch, type Watch, type WatchTools } from './watch'

/** A wait that has begun. */
export interface Wait<S> {
  /** Never rejects. */
  readonly ending: Promise<Ending<S>>
  /** Ends this wait at once; the others of the same thing go on. */
  leave(reason: unknown): void
}

/** The waits of a client. */
export interface Watches {
  /** Begins a wait. Those of one key share one loop of looks, where promises may be shared. */
  begin<S>(key: string, target: Watched<S>, terms: WaitTerms<S>): Wait<S>
  /** Hands a state to everyone who waits under this key. */
  deliver<S>(key: string, state: S, terminal: boolean): void
  /** Hands news to everyone who waits for what has this id. Returns whether anyone does. */
  deliverNews<S>(id: string, state: S, terminal: boolean): boolean
}

export const createWatches = (tools: WatchTools, { shared }: { shared: boolean }): Watches => {
  const known = new Map<string, Watch<never>>()

  const watchOf = <S>(key: string, target: Watched<S>): Watch<S> => {
    if (!shared) return newWatch(tools, target, () => {})
    // One key is one task, and a task has one type of state.
    const running = known.get(key) as unknown as Watch<S> | undefined
    if (running) return running
    const watch = newWatch(tools, target, () => known.delete(key))
    known.set(key, watch as unknown as Watch<never>)
    return watch
  }

  return {
    begin: <S>(key: string, target: Watched<S>, terms: WaitTerms<S>): Wait<S> => {
      const watch = watchOf(key, target)
      let settle: (ending: Ending<S>) => void = () => {}
      const ending = new Promise<Ending<S>>((resolve) => {
        settle = resolve
      })
      const waiter = newWaiter(terms, tools.clock.monotonic(), settle)
      join(watch, waiter)
      return { ending, leave: (reason) => dismiss(watch, waiter, { kind: 'left', reason }) }
    },
    deliver: (key, state, terminal) => {
      const watch = known.get(key)
      if (watch) deliver(watch, state as never, terminal)
    },
    deliverNews: (id, state, terminal) => {
      const meant = [...known.values()].filter((watch) => watch.target.id === id)
      for (const watch of meant) deliver(watch, state as never, terminal)
      return meant.length > 0
    },
  }
}
