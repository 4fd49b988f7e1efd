import { runWait } from './poll-loop'
import { deliver, newPoller, type Poller, type PollerContext, unsubscribe } from './poller'
import { newSubscriber, type PollTarget, type SubscriberOptions, type WaitResult } from './subscriber'

/** A wait that has begun. */
export interface Wait<S> {
  /** Never rejects. */
  readonly result: Promise<WaitResult<S>>
  /** Ends this wait at once, when its signal or its client ends it; others for the same target continue. */
  leave(reason: unknown): void
}

/** The pollers of a family of clients. */
export interface Pollers {
  /** Begins a wait. Those of one target share one polling loop, if promises may be shared. */
  wait<S>(target: PollTarget<S>, options: SubscriberOptions<S>): Wait<S>
  /** Hands a state to everyone who waits for this target. */
  deliver<S>(target: PollTarget<S>, state: S, isTerminal: boolean): void
  /** Hands news to everyone who waits for a target of this name. Returns whether anyone does. */
  deliverNews<S>(name: string, state: S, isTerminal: boolean): boolean
}

export const createPollers = (context: PollerContext, { shared }: { shared: boolean }): Pollers => {
  // Targets that are polled alike have states of one type.
  const pollers = new Map<string, Poller<never>[]>()

  const find = <S>({ name, via }: PollTarget<S>): Poller<S> | undefined =>
    pollers
      .get(name)
      ?.find(({ target }) => target.via.every((each, index) => each === via[index])) as unknown as Poller<S>

  const add = <S>(poller: Poller<S>): Poller<S> => {
    const { name } = poller.target
    const others = pollers.get(name)
    const added = poller as unknown as Poller<never>
    // A spread array keeps room for many more.
    pollers.set(name, others ? [...others, added] : [added])
    return poller
  }

  const remove = <S>(poller: Poller<S>): void => {
    const { name } = poller.target
    const others = pollers.get(name)?.filter((each) => each !== (poller as unknown)) ?? []
    if (others.length > 0) pollers.set(name, others)
    else pollers.delete(name)
  }

  const pollerOf = <S>(target: PollTarget<S>): Poller<S> => {
    if (!shared) return newPoller(context, target, () => {})
    return find(target) ?? add(newPoller<S>(context, target, remove))
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
      const poller = find(target)
      if (poller) deliver(poller, state, isTerminal)
    },
    deliverNews: (name, state, isTerminal) => {
      const named = pollers.get(name) ?? []
      for (const poller of named) deliver(poller, state as never, isTerminal)
      return named.length > 0
    },
  }
}
