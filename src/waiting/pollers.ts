import { runWait } from './poll-loop'
import { deliver, newPoller, type Poller, type PollerContext, unsubscribe } from './poller'
import { newSubscriber, type PollTarget, type SubscriberOptions, type WaitResult } from './subscriber'

/** A wait that has begun. */
export interface Wait<S> {
  /** Never rejects. */
  readonly result: Promise<WaitResult<S>>
  /** Ends this wait at once, as its signal or its client's end asks; the others of the same thing go on. */
  leave(reason: unknown): void
}

/** The pollers of a family of clients. */
export interface Pollers {
  /** Begins a wait. Those of one target share one loop of polls, where promises may be shared. */
  wait<S>(target: PollTarget<S>, options: SubscriberOptions<S>): Wait<S>
  /** Hands a state to everyone who waits for this target. */
  deliver<S>(target: PollTarget<S>, state: S, isTerminal: boolean): void
  /** Hands news to everyone who waits for what has this name. Returns whether anyone does. */
  deliverNews<S>(name: string, state: S, isTerminal: boolean): boolean
}

interface Entry {
  readonly via: readonly unknown[]
  readonly poller: Poller<never>
}

export const createPollers = (context: PollerContext, { shared }: { shared: boolean }): Pollers => {
  const entries = new Map<string, Entry[]>()

  const find = <S>({ name, via }: PollTarget<S>): Entry | undefined =>
    entries.get(name)?.find((entry) => entry.via.every((each, index) => each === via[index]))

  const pollerOf = <S>(target: PollTarget<S>): Poller<S> => {
    if (!shared) return newPoller(context, () => {})
    const { name, via } = target
    // Targets that are polled alike have states of one type.
    const running = find(target)?.poller as unknown as Poller<S> | undefined
    if (running) return running
    const poller = newPoller<S>(context, () => {
      const others = entries.get(name)?.filter((entry) => entry.poller !== (poller as unknown)) ?? []
      if (others.length > 0) entries.set(name, others)
      else entries.delete(name)
    })
    const entry: Entry = { via, poller: poller as unknown as Poller<never> }
    const others = entries.get(name)
    // A spread array keeps room for many more.
    entries.set(name, others ? [...others, entry] : [entry])
    return poller
  }

  return {
    wait: (target, options) => {
      const poller = pollerOf(target)
      const subscriber = newSubscriber(target, options, context.clock.monotonic())
      poller.subscribers.add(subscriber)
      return {
        result: runWait(poller, subscriber),
        leave: (reason) => unsubscribe(poller, subscriber, { kind: 'left', reason }),
      }
    },
    deliver: (target, state, isTerminal) => {
      const entry = find(target)
      if (entry) deliver(entry.poller, state as never, isTerminal)
    },
    deliverNews: (name, state, isTerminal) => {
      const named = entries.get(name) ?? []
      for (const { poller } of named) deliver(poller, state as never, isTerminal)
      return named.length > 0
    },
  }
}
