/** Calls `run` in a later turn of the event loop. */
export type NextTurn = (run: () => void) => void

// Captured while this module loads, so that fake timers which a test installs later do not stop virtual time.
const realSetTimeout = globalThis.setTimeout
const realSetImmediate = (globalThis as { setImmediate?: (run: () => void) => unknown }).setImmediate

// Every runtime's own one carries its name in its source text; what fake timers put in its place does not.
const isReal = (timer: unknown, name: string): timer is (run: () => void) => unknown =>
  typeof timer === 'function' && Function.prototype.toString.call(timer).startsWith(`function ${name}(`)

const byImmediate = (setImmediate: (run: () => void) => unknown): NextTurn => {
  return (run) => void setImmediate(run)
}

// A channel a turn: Node drains a busy channel without going round its event loop, and an open one keeps the
// process alive.
const byMessage: NextTurn = (run) => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    run()
  }
  port2.postMessage(null)
}

const byTimeout: NextTurn = (run) => void realSetTimeout(run, 0)

/** The shortest turn that this runtime has and that fake timers do not stop. */
export const nextTurn: NextTurn = isReal(realSetImmediate, 'setImmediate')
  ? byImmediate(realSetImmediate)
  : typeof MessageChannel === 'function'
    ? byMessage
    : byTimeout

// Where fake timers were there first, no timer tells real time; so many turns take some milliseconds too.
const TURNS_OF_MILLISECONDS = 200

const byManyTurns: NextTurn = (run) => {
  let left = TURNS_OF_MILLISECONDS
  const turn = (): void => {
    left -= 1
    if (left > 0) nextTurn(turn)
    else run()
  }
  turn()
}

/** A turn of a few real milliseconds, in which bytes can travel through a socket and someone's code can work. */
export const nextLongTurn: NextTurn = isReal(realSetTimeout, 'setTimeout')
  ? (run) => void realSetTimeout(run, 3)
  : byManyTurns
