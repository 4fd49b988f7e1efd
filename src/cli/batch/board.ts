import { canDraw, lookOf, type ProgressFrame, type ProgressOptions, progressBar } from '../progress'
import { seconds, usuallyLeft, usualTimeOf } from '../wait-with-progress'

/** How a batch tells what it is doing: a line for each order under way and one for the whole, or a line an event. */
export interface Board {
  /** A line that stays in any case. */
  tell(line: string): void
  /** A line that stays, unless the user wants quiet. */
  note(line: string): void
  /** A line that stays if nothing is drawn. */
  step(line: string): void
  /** The line of an order; `undefined` takes it away. */
  set(id: string, frame: ProgressFrame | undefined): void
  /** The line of an order whose task is under way. */
  watch(id: string, endpoint: string, look: () => { status: string; ageMs: number }): void
  /** The lines of the whole. */
  whole(frames: () => readonly ProgressFrame[]): void
  /** Takes the drawn lines away. */
  end(): void
}

const FRAME_MS = 200
const MIN_ROWS = 3

export const createBoard = ({
  screen,
  say,
  quiet,
  env,
}: ProgressOptions & { screen: { readonly rows?: number } }): Board => {
  const draws = canDraw(screen, env) && !quiet
  const frames = new Map<string, () => ProgressFrame>()
  let whole: (() => readonly ProgressFrame[]) | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  let drawn = 0

  const clear = (): void => {
    if (drawn > 1) screen.write(`\x1b[${drawn - 1}A`)
    if (drawn > 0) screen.write('\r\x1b[J')
    drawn = 0
  }
  const redraw = (): void => {
    if (!draws || !whole) return
    const look = lookOf(screen, env)
    const below = whole()
    const room = Math.max(MIN_ROWS, (screen.rows || 24) - 1)
    const lines = [...frames.values()]
      .slice(0, room - below.length)
      .map((frame) => progressBar(frame(), look))
    lines.push(...below.map((frame) => progressBar(frame, look)))
    clear()
    screen.write(lines.join('\n'))
    drawn = lines.length
  }
  const tell = (line: string): void => {
    clear()
    say(line)
    redraw()
  }
  return {
    tell,
    note: (line) => {
      if (!quiet) tell(line)
    },
    step: (line) => {
      if (!quiet && !draws) say(line)
    },
    set: (id, frame) => {
      if (frame) frames.set(id, () => frame)
      else frames.delete(id)
    },
    watch: (id, endpoint, look) => {
      const usual = usualTimeOf(endpoint)
      frames.set(id, () => {
        const { status, ageMs } = look()
        return {
          title: id,
          status: `${seconds(ageMs)} s, ${status}`,
          share: usual && Math.min(0.95, ageMs / usual[1]),
          outlook: usual && usuallyLeft(ageMs, usual),
        }
      })
    },
    whole: (frames) => {
      if (!draws) return
      whole = frames
      timer ??= setInterval(redraw, FRAME_MS)
      redraw()
    },
    end: () => {
      clearInterval(timer)
      timer = undefined
      clear()
      whole = undefined
    },
  }
}
