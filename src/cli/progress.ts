/** The content of one line of progress. */
export interface ProgressFrame {
  /** The subject, such as an endpoint or a path. */
  title: string
  /** Which one of those. */
  id?: string | undefined
  /** The status; shown at every width. */
  status: string
  /** How much is done, from 0 to 1; `undefined` if unknown. */
  share?: number | undefined
  /** The outlook. */
  outlook?: string | undefined
}

interface Look {
  columns: number
  colour: boolean
  /** Whether the terminal can show more than ASCII. */
  unicode: boolean
}

const MAX_CELLS = 20
const LEAST_CELLS = 8
const BAR_COLUMNS = 70
const [CYAN, PLAIN] = ['\x1b[36m', '\x1b[0m']

/**
 * A line for a terminal that is less wide than `columns`. If there is little room the bar goes first, then the id
 * and the title, and the outlook wherever that saves one of them; the status stays.
 */
export const progressBar = (frame: ProgressFrame, { columns, colour, unicode }: Look): string => {
  const { title, id, status, share, outlook } = frame
  const name = [title, ...(id === undefined ? [] : [id])].join(' ')
  const text = outlook === undefined ? status : `${status}, ${outlook}`
  for (const words of share === undefined || columns < BAR_COLUMNS ? [] : [text, status]) {
    const cells = Math.min(MAX_CELLS, columns - widthOf(`${name}  ${words}`) - 1)
    if (cells < LEAST_CELLS) continue
    const filled = Math.floor(Math.min(1, Math.max(0, share ?? 0)) * cells)
    const [full, empty] = unicode ? ['█', '░'] : ['#', '.']
    const bar = full.repeat(filled) + empty.repeat(cells - filled)
    return `${name} ${colour ? CYAN + bar + PLAIN : bar} ${words}`
  }
  const shorter = [`${name} ${text}`, `${name} ${status}`, `${title} ${status}`, status].map((line) =>
    line.trim(),
  )
  return shorter.find((line) => widthOf(line) < columns) ?? status.slice(0, Math.max(0, columns - 1))
}

// Signs of East Asia and emoji take two columns, combining marks none.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** How many columns of a terminal a text takes. */
export const widthOf = (text: string): number => {
  let width = 0
  for (const sign of text) width += WIDE.test(sign) ? 2 : /\p{M}/u.test(sign) ? 0 : 1
  return width
}

/** How a command tells what it is doing: on stderr, because stdout is for its result. */
export interface Progress {
  /** A line that stays, unless the user wants quiet. */
  note(line: string): void
  /** A line that stays if nothing is drawn. */
  step(line: string): void
  /** A line that stays in any case. */
  tell(line: string): void
  /** Redraws this frame until the next one, in a terminal; elsewhere nothing. */
  draw(frame: () => ProgressFrame): void
  /** Takes the drawn line away. */
  end(): void
}

type Environment = Readonly<Record<string, string | undefined>>

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
  env: Environment
}

const FRAME_MS = 200
const CLEAR = '\r\x1b[K'

/** How lines look on a screen. A terminal without a size, as some of CI are, says 0; the echo of ^C takes two columns. */
export const lookOf = ({ columns }: Pick<Screen, 'columns'>, env: Environment): Look => ({
  columns: (columns || 80) - 2,
  colour: !env.NO_COLOR,
  unicode: isUnicode(env),
})

/** Whether lines can be redrawn: on a terminal that knows how, and not in the log of a CI. */
export const canDraw = ({ isTTY }: Pick<Screen, 'isTTY'>, { TERM, CI }: Environment): boolean =>
  isTTY === true && TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false')

/** A locale that is named without UTF-8 has no signs for a bar. */
const isUnicode = ({ LC_ALL, LC_CTYPE, LANG }: Environment): boolean => {
  const locale = LC_ALL || LC_CTYPE || LANG
  return locale === undefined || locale === '' || /utf-?8/i.test(locale)
}

export const createProgress = ({ screen, say, quiet, env }: ProgressOptions): Progress => {
  const draws = canDraw(screen, env) && !quiet
  let timer: ReturnType<typeof setInterval> | undefined
  let current: (() => ProgressFrame) | undefined

  const redraw = (): void => {
    if (current) screen.write(CLEAR + progressBar(current(), lookOf(screen, env)))
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
