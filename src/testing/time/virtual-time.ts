import type { Clock } from '../../platform/clock'
import { onAbort } from '../../platform/on-abort'
import { nextPatientTurn, nextTurn } from './next-turn'

/** A clock whose time passes only while everyone sleeps. */
export interface VirtualTime {
  readonly clock: Clock
  /** As the clock's `sleep`, but time does not move for it: it ends when a sleep of someone else takes time that far. */
  follow(ms: number, signal?: AbortSignal): Promise<void>
  /** Time stands still until `release` was called as often. */
  hold(): void
  release(): void
  /**
   * Until the returned function is called, "idle" takes `turns` turns of a few real milliseconds: bytes travel unseen, or
   * someone else's code works.
   */
  bePatient(turns: number): () => void
}

interface Sleeper {
  wakesAtMs: number
  order: number
  leads: boolean
  wake: () => void
}

// Turns without a new sleep, hold or release before time may move: promise chains and body streams take a few.
const IDLE_TURNS = 8

/** Makes a clock that stands at `startMs` and jumps to the earliest sleeper whenever the event loop is idle. */
export const createVirtualTime = (startMs: number, random: () => number): VirtualTime => {
  const sleepers: Sleeper[] = []
  let elapsedMs = 0
  let order = 0
  let holds = 0
  let leaders = 0
  const patience: { turns: number }[] = []
  let idleTurns = 0
  let turning = false

  const mayMove = (): boolean => holds === 0 && leaders > 0

  const stir = (): void => {
    idleTurns = 0
    if (turning || !mayMove()) return
    turning = true
    turn()
  }

  const turn = (): void => {
    const next = patience.length > 0 ? nextPatientTurn : nextTurn
    next(() => {
      // Nothing turns while nobody sleeps, so this clock never keeps a process alive by itself.
      if (!mayMove()) {
        turning = false
        return
      }
      idleTurns += 1
      if (idleTurns >= Math.max(IDLE_TURNS, ...patience.map(({ turns }) => turns))) wakeNext()
      turn()
    })
  }

  const wakeNext = (): void => {
    idleTurns = 0
    const [first] = sleepers
    if (first === undefined) return
    elapsedMs = Math.max(elapsedMs, first.wakesAtMs)
    const isLater = (other: Sleeper): boolean => other.wakesAtMs > elapsedMs || other.leads !== first.leads
    const later = sleepers.findIndex(isLater)
    for (const sleeper of sleepers.splice(0, later === -1 ? sleepers.length : later)) {
      if (sleeper.leads) leaders -= 1
      sleeper.wake()
    }
  }

  // Who follows goes first, and has done its work before whoever slept until the same moment looks at it.
  const isBefore = (a: Sleeper, b: Sleeper): boolean => {
    if (a.wakesAtMs !== b.wakesAtMs) return a.wakesAtMs < b.wakesAtMs
    return a.leads === b.leads ? a.order < b.order : b.leads
  }

  const placeOf = (sleeper: Sleeper): number => {
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
    const place = placeOf(sleeper)
    if (sleepers[place] !== sleeper) return
    sleepers.splice(place, 1)
    if (sleeper.leads) leaders -= 1
  }

  const rest = (ms: number, signal: AbortSignal | undefined, leads: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper: Sleeper = {
        wakesAtMs: elapsedMs + Math.max(0, ms || 0),
        order: order++,
        leads,
        wake: () => {
          forget?.()
          resolve()
        },
      }
      const forget =
        signal &&
        onAbort(signal, (reason) => {
          remove(sleeper)
          stir()
          reject(reason)
        })
      // An endless sleep is only ever ended by its signal: there is no moment to move time to.
      if (sleeper.wakesAtMs === Infinity) return
      sleepers.splice(placeOf(sleeper), 0, sleeper)
      if (leads) leaders += 1
      stir()
    })

  return {
    clock: {
      now: () => startMs + elapsedMs,
      monotonic: () => elapsedMs,
      sleep: (ms, signal) => rest(ms, signal, true),
      random,
    },
    follow: (ms, signal) => rest(ms, signal, false),
    hold: () => {
      holds += 1
    },
    release: () => {
      holds -= 1
      stir()
    },
    bePatient: (turns) => {
      const mine = { turns }
      patience.push(mine)
      return () => void patience.splice(patience.indexOf(mine), 1)
    },
  }
}
