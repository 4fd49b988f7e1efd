import type { Clock } from '../clock'
import { onAbort } from '../on-abort'
import { nextSocketTurn, nextTurn } from './next-turn'

/** A clock whose time passes only while everyone sleeps. */
export interface VirtualTime {
  readonly clock: Clock
  /** Time stands still until `release` was called as often. */
  hold(): void
  release(): void
  /** While sockets are in use "idle" is measured in real milliseconds, because bytes travel unseen. */
  useSockets(inUse: boolean): void
}

interface Sleeper {
  wakesAtMs: number
  order: number
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
  let sockets = 0
  let idleTurns = 0
  let turning = false

  const mayMove = (): boolean => holds === 0 && sleepers.length > 0

  const stir = (): void => {
    idleTurns = 0
    if (turning || !mayMove()) return
    turning = true
    turn()
  }

  const turn = (): void => {
    const next = sockets > 0 ? nextSocketTurn : nextTurn
    next(() => {
      // Nothing turns while nobody sleeps, so this clock never keeps a process alive by itself.
      if (!mayMove()) {
        turning = false
        return
      }
      idleTurns += 1
      if (idleTurns >= IDLE_TURNS) wakeNext()
      turn()
    })
  }

  const wakeNext = (): void => {
    idleTurns = 0
    elapsedMs = Math.max(elapsedMs, sleepers[0]?.wakesAtMs ?? elapsedMs)
    const awake = sleepers.findIndex((sleeper) => sleeper.wakesAtMs > elapsedMs)
    for (const sleeper of sleepers.splice(0, awake === -1 ? sleepers.length : awake)) sleeper.wake()
  }

  const isBefore = (a: Sleeper, b: Sleeper): boolean =>
    a.wakesAtMs < b.wakesAtMs || (a.wakesAtMs === b.wakesAtMs && a.order < b.order)

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
    if (sleepers[place] === sleeper) sleepers.splice(place, 1)
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper: Sleeper = {
        wakesAtMs: elapsedMs + Math.max(0, ms || 0),
        order: order++,
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
      stir()
    })

  return {
    clock: { now: () => startMs + elapsedMs, monotonic: () => elapsedMs, sleep, random },
    hold: () => {
      holds += 1
    },
    release: () => {
      holds -= 1
      stir()
    },
    useSockets: (inUse) => {
      sockets += inUse ? 1 : -1
    },
  }
}
