import { type ProgressFrame, progressBar } from './progress-bar'

/** How a command tells what it is doing: on stderr, because stdout is for its result. */
export interface Progress {
  /** A line that stays, unless the user wants quiet. */
  note(line: string): void
  /** A line that stays where nothing is drawn. */
  step(line: string): void
  /** A line that stays in any case. */
  tell(line: string): void
  /** Redraws this frame until the next one, in a terminal; elsewhere nothing. */
  draw(frame: () => ProgressFrame): void
  /** Takes the drawn line away. */
  end(): void
}

/** The part of stderr that it uses. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface ProgressOptions {
  screen: Screen
  say: (line: string) => void
  quiet: boolean
  env: Readonly<Record<string, string | undefined>>
}

const FRAME_MS = 200
const CLEAR = '\r\x1b[K'

export const createProgress = ({ screen, say, quiet, env }: ProgressOptions): Progress => {
  const draws = screen.isTTY === true && env.TERM !== 'dumb' && !quiet
  const colour = !env.NO_COLOR
  let timer: ReturnType<typeof setInterval> | undefined
  let current: (() => ProgressFrame) | undefined

  const redraw = (): void => {
    // A terminal without a size, as some of CI are, says 0.
    if (current) screen.write(CLEAR + progressBar(current(), { columns: screen.columns || 80, colour }))
  }
  const tell = (line: string): void => {
    if (current) screen.write(CLEAR)
    say(line)
    redraw()
  }
  return {
    tell,
    note: (line) => {
      if (!quiet) tell(line)
    },
    step: (line) => {
      if (!quiet && !draws) tell(line)
    },
    draw: (frame) => {
      if (!draws) return
      current = frame
      timer ??= setInterval(redraw, FRAME_MS)
      redraw()
    },
    end: () => {
      clearInterval(timer)
      timer = undefined
      if (current) screen.write(CLEAR)
      current = undefined
    },
  }
}
