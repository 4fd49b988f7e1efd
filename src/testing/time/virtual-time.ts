import type { Clock } from '../../platform/clock'
import { abortReason, onAbort } from '../../platform/on-abort'
import { nextLongTurn, nextTurn } from './next-turn'

/** A clock whose time passes only while everyone sleeps. */
export interface VirtualTime {
  readonly clock: Clock
  /** As the clock's `sleep`, but time does not move for it: it ends when a sleep of someone else takes time that far. */
  sleepPassively(ms: number, signal?: AbortSignal): Promise<void>
  /** Time stands still until `release` was called as often. */
  hold(): void
  release(): void
  /**
   * Until the returned function is called, the event loop counts as idle only after `turns` turns of a few real
   * milliseconds each, because bytes may be in a socket or someone else's code may be working.
   */
  requireIdleTurns(turns: number): () => void
}

interface Sleeper {
  wakesAtMs: number
  order: number
  advancesTime: boolean
  finish: () => void
}

// Turns without a new sleep, hold or release before time may move: promise chains and body streams take a few.
const IDLE_TURNS = 8

/** Makes a clock that stands at `startMs` and jumps to the earliest sleeper whenever the event loop is idle. */
export const createVirtualTime = (startMs: number, random: () => number): VirtualTime => {
  const sleepers: Sleeper[] = []
  let elapsedMs = 0
  let order = 0
  let holds = 0
  let activeSleepers = 0
  const requirements: { turns: number }[] = []
  let idleTurns = 0
  let turning = false

  const mayMove = (): boolean => holds === 0 && activeSleepers > 0

  const wake = (): void => {
    idleTurns = 0
    if (turning || !mayMove()) return
    turning = true
    turn()
  }

  const turn = (): void => {
    const next = requirements.length > 0 ? nextLongTurn : nextTurn
    next(() => {
      // Nothing turns while nobody sleeps, so this clock alone never keeps a process alive.
      if (!mayMove()) {
        turning = false
        return
      }
      idleTurns += 1
      if (idleTurns >= Math.max(IDLE_TURNS, ...requirements.map(({ turns }) => turns))) wakeNext()
      turn()
    })
  }

  const wakeNext = (): void => {
    idleTurns = 0
    const [first] = sleepers
    if (first === undefined) return
    elapsedMs = Math.max(elapsedMs, first.wakesAtMs)
    const isLater = (other: Sleeper): boolean =>
      other.wakesAtMs > elapsedMs || other.advancesTime !== first.advancesTime
    const later = sleepers.findIndex(isLater)
    for (const sleeper of sleepers.splice(0, later === -1 ? sleepers.length : later)) {
      if (sleeper.advancesTime) activeSleepers -= 1
      sleeper.finish()
    }
  }

  // Passive sleepers wake first, so their work is done before anyone else who slept until the same moment sees it.
  const isBefore = (a: Sleeper, b: Sleeper): boolean => {
    if (a.wakesAtMs !== b.wakesAtMs) return a.wakesAtMs < b.wakesAtMs
    return a.advancesTime === b.advancesTime ? a.order < b.order : b.advancesTime
  }

  const indexFor = (sleeper: Sleeper): number => {
    let low = 0
    let high = sleepers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = sleepers[middle]
      if (other !== undefined && isBefore(other, sleeper)) low = middle + 1
      else high = middle
    }
    return low
  }

  const remove = (sleeper: Sleeper): void => {
    const index = indexFor(sleeper)
    if (sleepers[index] !== sleeper) return
    sleepers.splice(index, 1)
    if (sleeper.advancesTime) activeSleepers -= 1
  }

  const sleep = (ms: number, signal: AbortSignal | undefined, advancesTime: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal))
      const sleeper: Sleeper = {
        wakesAtMs: elapsedMs + Math.max(0, ms || 0),
        order: order++,
        advancesTime,
        finish: () => {
          forget?.()
          resolve()
        },
      }
      const forget =
        signal &&
        onAbort(signal, (reason) => {
          remove(sleeper)
          wake()
          reject(reason)
        })
      // An endless sleep is only ever ended by its signal: there is no moment to move time to.
      if (sleeper.wakesAtMs === Infinity) return
      sleepers.splice(indexFor(sleeper), 0, sleeper)
      if (advancesTime) activeSleepers += 1
      wake()
    })

  return {
    clock: {
      now: () => startMs + elapsedMs,
      monotonic: () => elapsedMs,
      sleep: (ms, signal) => sleep(ms, signal, true),
      random,
    },
    sleepPassively: (ms, signal) => sleep(ms, signal, false),
    hold: () => {
      holds += 1
    },
    release: () => {
      holds -= 1
      wake()
    },
    requireIdleTurns: (turns) => {
      const requirement = { turns }
      requirements.push(requirement)
      return () => void requirements.splice(requirements.indexOf(requirement), 1)
    },
  }
}
