import type { WaitOptions } from '../contract/options'
import type { Task } from '../contract/task-handle'
import { type CompletedState, isTerminal, type TaskState } from '../contract/task-state'
import { requireRequestGlobals } from '../http/call'
import { guarded } from '../platform/call-back'
import { abortReason, onAbort } from '../platform/on-abort'
import { ownFields, ownText } from '../platform/own'
import {
  checkCount,
  checkFunction,
  checkMs,
  checkOptions,
  checkSignal,
  type OptionNames,
} from '../settings/checks'
import type { Settings } from '../settings/settings'
import type { Wait } from '../waiting/pollers'
import type { SubscriberOptions, WaitOutcome, WaitResult } from '../waiting/subscriber'
import { remember, taskPollTarget } from './status'
import { checkedFor, scheduleOf, type TaskCore } from './task-core'
import { completedFrom, outcomeOf, type ResultContext } from './wait-result'

const DEFAULT_TIMEOUT_MS = 900_000
const DEFAULT_MAX_POLL_FAILURES = 5

export interface CheckedWaitOptions<R> {
  timeoutMs: number
  maxPollFailures: number
  schedule: WaitOptions['schedule']
  signal: AbortSignal | undefined
  onUpdate: ((state: TaskState<R>) => void) | undefined
}

const WAIT_OPTIONS: OptionNames<WaitOptions<never>> = {
  timeoutMs: true,
  signal: true,
  onUpdate: true,
  schedule: true,
  maxPollFailures: true,
}

export const checkWaitOptions = <R>(
  given: WaitOptions<TaskState<R>> | undefined,
  { clock }: Settings,
): CheckedWaitOptions<R> => {
  requireRequestGlobals(clock)
  const options = ownFields(checkOptions('options', given, WAIT_OPTIONS))
  const { signal, onUpdate, schedule, maxPollFailures = DEFAULT_MAX_POLL_FAILURES } = options
  return {
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS, { infinite: true }),
    maxPollFailures:
      maxPollFailures === Infinity ? Infinity : checkCount('maxPollFailures', maxPollFailures, 0),
    schedule: schedule === undefined ? undefined : checkFunction('schedule', schedule),
    signal: signal === undefined ? undefined : checkSignal(signal),
    onUpdate: onUpdate === undefined ? undefined : checkFunction('onUpdate', onUpdate),
  }
}

/** Waits for the task's end. Rejects with a typed error that carries the task, or with the signal's reason. */
export const waitForTask = <R>(
  task: Task<R>,
  core: TaskCore<R>,
  given: WaitOptions<TaskState<R>> | undefined,
): Promise<CompletedState<R>> => {
  // Not an async function, which would add a tenth to the memory of a parked wait.
  try {
    const options = checkedFor(task, core, () => checkWaitOptions(given, core.session.settings))
    const { result } = beginWait(core, options, reporter(core, options.onUpdate))
    return completedOf(result, { task, core, timeoutMs: options.timeoutMs })
  } catch (error) {
    return Promise.reject(error)
  }
}

// Separate, because a closure keeps everything that its neighbours use: here the caller's options.
const completedOf = <R>(
  result: Promise<WaitResult<TaskState<R>>>,
  context: ResultContext<R>,
): Promise<CompletedState<R>> => result.then((ended) => completedFrom(ended, context))

const NOT_REPORTED = (): void => {}

const reporter = <R>(core: TaskCore<R>, onUpdate: ((state: TaskState<R>) => void) | undefined) =>
  onUpdate
    ? guarded(onUpdate, {
        name: 'onUpdate',
        log: core.session.settings.log,
        otherwise: 'the wait goes on',
        fields: { taskId: core.ref.id },
      })
    : NOT_REPORTED

/** Begins a wait; the signal and the client's end stop it. `onChange` receives each changed state. */
export const beginWait = <R>(
  core: TaskCore<R>,
  options: CheckedWaitOptions<R>,
  onChange: (state: TaskState<R>) => void,
): Wait<TaskState<R>> => {
  const { session, state } = core
  const { signal } = options
  if (signal?.aborted) return endedWait(core, { kind: 'left', reason: abortReason(signal) })
  if (state && isTerminal(state)) {
    onChange(state)
    return endedWait(
      core,
      signal?.aborted ? { kind: 'left', reason: abortReason(signal) } : { kind: 'reached', state },
    )
  }
  const subscription: SubscriberOptions<TaskState<R>> = {
    timeoutMs: options.timeoutMs,
    schedule: options.schedule ?? scheduleOf(core),
    maxFailures: options.maxPollFailures,
    onState: changesOf(core, onChange),
  }
  const wait = session.pollers.wait(taskPollTarget(core), subscription)
  const { leave } = wait
  // The schedule has already been called, and may have aborted it.
  if (signal?.aborted) leave(abortReason(signal))
  const forgetSignal = signal && onAbort(signal, leave)
  const forgetClose = session.http.shutdown.onClose(leave)
  const ended = wait.result.then((result) => {
    forgetSignal?.()
    forgetClose()
    emitEnd(core, result)
    return result
  })
  return { result: ended, leave }
}

const endedWait = <R>({ state }: TaskCore<R>, outcome: WaitOutcome<TaskState<R>>): Wait<TaskState<R>> => {
  const result = { ...outcome, lastState: state, elapsedMs: 0, polls: 0, pollCounts: {} }
  return { result: Promise.resolve(result), leave: () => {} }
}

/** Receives every state, and passes on those that differ from the previous one. */
const changesOf = <R>(
  core: TaskCore<R>,
  onChange: (state: TaskState<R>) => void,
): ((state: TaskState<R>) => void) => {
  let last: TaskState<R> | undefined
  return (state) => {
    const isSame = last?.status === state.status && last.rawStatus === state.rawStatus
    last = state
    if (!isSame) onChange(remember(core, state))
  }
}

const emitEnd = <R>({ session, ref }: TaskCore<R>, result: WaitResult<TaskState<R>>): void => {
  const { elapsedMs, polls } = result
  const model = ownText(ref, 'model')
  session.settings.emit?.({
    type: 'wait',
    endpoint: ref.endpoint,
    taskId: ref.id,
    ...(model !== undefined && { model }),
    outcome: outcomeOf(result),
    elapsedMs,
    polls,
  })
}
