import { deliver, newPoller, type Poller, type PollerContext, planFor, poll, unsubscribe } from './poller'
import {
  askSchedule,
  newSubscriber,
  type PollTarget,
  type Subscriber,
  type SubscriberOptions,
  type WaitResult,
} from './subscriber'

/** A wait that has begun. */
export interface Wait<S> {
  /** Never rejects. */
  readonly result: Promise<WaitResult<S>>
  /** Ends this wait at once; the others of the same thing go on. */
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
    entries.set(name, [...(entries.get(name) ?? []), { via, poller: poller as unknown as Poller<never> }])
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

/**
 * One wait, from its first delay to its result. Its loop calls whatever is the caller's (schedule, listener, the client
 * that polls), because only there it runs in the caller's own asynchronous context.
 */
const runWait = async <S>(poller: Poller<S>, subscriber: Subscriber<S>): Promise<WaitResult<S>> => {
  const { clock, random } = poller.context
  try {
    while (subscriber.result === undefined) {
      if (subscriber.dueAt === undefined) {
        const wrong = askSchedule(subscriber, { now: clock.monotonic(), random })
        if (wrong) unsubscribe(poller, subscriber, wrong)
        planFor(poller, subscriber)
      }
      await news(subscriber)
      pollIfChosen(poller, subscriber)
      for (const state of subscriber.news.splice(0)) subscriber.options.onState(state)
    }
  } catch (error) {
    unsubscribe(poller, subscriber, { kind: 'failed', error })
  }
  // The others still count on it.
  pollIfChosen(poller, subscriber)
  subscriber.isSettled = true
  return subscriber.result as WaitResult<S>
}

const pollIfChosen = <S>(poller: Poller<S>, subscriber: Subscriber<S>): void => {
  if (subscriber.poll) void poll(poller, subscriber, subscriber.poll)
  subscriber.poll = undefined
}

const news = <S>(subscriber: Subscriber<S>): Promise<void> | undefined => {
  const { result, dueAt, poll } = subscriber
  if (result || dueAt === undefined || poll || subscriber.news.length > 0) return undefined
  return new Promise((resolve) => {
    subscriber.wake = resolve
  })
}
