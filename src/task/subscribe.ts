import { isTerminal, type TaskState } from '../contract/task-state'
import { RunApiError } from '../errors/run-api-error'
import { abortReason, onAbort } from '../platform/on-abort'
import { ownText } from '../platform/own'
import type { WaitResult } from '../waiting/poll-result'
import type { SubscriberOptions } from '../waiting/subscriber'
import { taskPollTarget } from './status'
import { pollerKey, remember, scheduleOf, type TaskCore } from './task-core'
import type { CheckedWaitOptions } from './wait-options'

/** Begins to watch; the signal and the client's end stop it. `onChange` receives each changed state. */
export const subscribeToTask = <R>(
  core: TaskCore<R>,
  options: CheckedWaitOptions<R>,
  onChange: (state: TaskState<R>) => void,
): { ending: Promise<WaitResult<TaskState<R>>>; leave(reason: unknown): void } => {
  const { session, state } = core
  const { signal } = options
  if (signal?.aborted) return over({ kind: 'left', reason: abortReason(signal) })
  if (state && isTerminal(state)) {
    onChange(state)
    return over({ kind: 'reached', state })
  }
  const terms: SubscriberOptions<TaskState<R>> = {
    timeoutMs: options.timeoutMs,
    schedule: options.schedule ?? scheduleOf(core),
    maxFailures: options.maxPollFailures,
    onState: onlyChanges((seen) => onChange(remember(core, seen))),
  }
  const wait = session.pollers.begin(pollerKey(core), taskPollTarget(core), terms)
  const forgetSignal = signal && onAbort(signal, wait.leave)
  const forgetClose = session.http.shutdown.onClose(wait.leave)
  const ending = wait.ending.then((end) => {
    forgetSignal?.()
    forgetClose()
    emitEnd(core, end)
    return end
  })
  return { ending, leave: wait.leave }

  function over(outcome: { kind: 'left'; reason: unknown } | { kind: 'reached'; state: TaskState<R> }) {
    const ending = { ...outcome, lastState: state, elapsedMs: 0, polls: 0 }
    return { ending: Promise.resolve(ending), leave: () => {} }
  }
}

const onlyChanges = <R>(onChange: (state: TaskState<R>) => void): ((state: TaskState<R>) => void) => {
  let last = ''
  return (state) => {
    const mark = `${state.status} ${state.rawStatus}`
    if (mark === last) return
    last = mark
    onChange(state)
  }
}

const emitEnd = <R>({ session, ref }: TaskCore<R>, end: WaitResult<TaskState<R>>): void => {
  const { elapsedMs, polls } = end
  const model = ownText(ref, 'model')
  session.settings.emit?.({
    type: 'wait',
    endpoint: ref.endpoint,
    taskId: ref.id,
    ...(model !== undefined && { model }),
    outcome: outcomeOf(end),
    elapsedMs,
    polls,
  })
}

const outcomeOf = <R>(end: WaitResult<TaskState<R>>): string => {
  switch (end.kind) {
    case 'reached':
      return end.state.status
    case 'timed out':
      return 'wait_timeout'
    case 'stumbled':
      return 'poll_failed'
    case 'bad schedule':
      return 'configuration'
    case 'refused':
      return RunApiError.is(end.error) ? end.error.code : 'error'
    case 'left':
      return RunApiError.is(end.reason) ? end.reason.code : 'aborted'
  }
}
