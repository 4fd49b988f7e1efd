import type { PollTarget, WaitResult } from './poll-result'
import { deliver, newPoller, type Poller, type PollerContext, subscribe, unsubscribe } from './poller'
import { newSubscriber, type SubscriberOptions } from './subscriber'

/** A wait that has begun. */
export interface Wait<S> {
  /** Never rejects. */
  readonly ending: Promise<WaitResult<S>>
  /** Ends this wait at once; the others of the same thing go on. */
  leave(reason: unknown): void
}

/** The waits of a client. */
export interface Pollers {
  /** Begins a wait. Those of one key share one loop of looks, where promises may be shared. */
  begin<S>(key: string, target: PollTarget<S>, terms: SubscriberOptions<S>): Wait<S>
  /** Hands a state to everyone who waits under this key. */
  deliver<S>(key: string, state: S, terminal: boolean): void
  /** Hands news to everyone who waits for what has this id. Returns whether anyone does. */
  deliverNews<S>(id: string, state: S, terminal: boolean): boolean
}

export const createPollers = (tools: PollerContext, { shared }: { shared: boolean }): Pollers => {
  const known = new Map<string, Poller<never>>()

  const watchOf = <S>(key: string, target: PollTarget<S>): Poller<S> => {
    if (!shared) return newPoller(tools, target, () => {})
    // One key is one task, and a task has one type of state.
    const running = known.get(key) as unknown as Poller<S> | undefined
    if (running) return running
    const watch = newPoller(tools, target, () => known.delete(key))
    known.set(key, watch as unknown as Poller<never>)
    return watch
  }

  return {
    begin: <S>(key: string, target: PollTarget<S>, terms: SubscriberOptions<S>): Wait<S> => {
      const watch = watchOf(key, target)
      let settle: (ending: WaitResult<S>) => void = () => {}
      const ending = new Promise<WaitResult<S>>((resolve) => {
        settle = resolve
      })
      const waiter = newSubscriber(terms, tools.clock.monotonic(), settle)
      subscribe(watch, waiter)
      return { ending, leave: (reason) => unsubscribe(watch, waiter, { kind: 'left', reason }) }
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
