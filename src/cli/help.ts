import type { CommandSpec } from './command'
import { OPTIONS, type Option } from './options'

/** A part of a help text: rows of what is typed and what it does. */
export interface HelpSection {
  title: string
  rows: readonly (readonly [typed: string, about: string])[]
}

const NARROWEST = 20
// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST = 100

/** The width to write for. */
export const helpColumns = (columns: number | undefined): number =>
  Math.min(WIDEST, Math.max(NARROWEST, columns || 80))

/** The help of the whole program, from the rows of its parts. */
export const programHelp = (
  commands: HelpSection['rows'],
  exitCodes: HelpSection['rows'],
  columns: number,
): string =>
  [
    wrap('Usage: runapi-video <command> [options]', { columns, indent: 7 }),
    section({ title: 'Commands', rows: commands }, columns),
    section({ title: 'Exit codes', rows: exitCodes }, columns),
    wrap('--help after a command explains it; --version prints the version.', { columns }),
  ].join('\n\n')

/** The help of one command; `sections` are those of its parameters. */
export const commandHelp = (
  name: string,
  { usage, about, options, examples }: CommandSpec,
  { columns, sections = [] }: { columns: number; sections?: readonly HelpSection[] },
): string => {
  const forms = usage.map((form, index) =>
    wrap(`${index === 0 ? 'Usage:' : '      '} runapi-video ${name} ${form}`, { columns, indent: 9 }),
  )
  const rows = options.map((option): [string, string] => {
    const { value, about: does }: Option = OPTIONS[option]
    return [`--${option}${value === undefined ? '' : ` ${value}`}`, does]
  })
  const service = options.includes('base-url')
    ? [
        wrap(
          'The key comes from RUNAPI_API_KEY. stdout gets the result (JSON, unless it is a terminal); stderr gets everything else.',
          { columns },
        ),
      ]
    : []
  const example = examples.map((line) =>
    wrap(`  npx runapi-video ${line}`, { columns, indent: 4, glue: ' \\' }),
  )
  return [
    forms.join('\n'),
    wrap(about, { columns }),
    ...sections.map((each) => section(each, columns)),
    section({ title: 'Options', rows }, columns),
    ...service,
    [examples.length > 1 ? 'Examples:' : 'Example:', ...example].join('\n'),
  ].join('\n\n')
}

const section = ({ title, rows }: HelpSection, columns: number): string => {
  const longest = Math.max(...rows.map(([typed]) => typed.length))
  const left = Math.min(longest, 28) + 4
  // Two columns if the second has room to be read.
  const isWide = columns - left >= 25
  const lines = rows.map(([typed, about]) => {
    if (about === '') return `  ${typed}`
    if (!isWide) return `  ${typed}\n${wrap(`      ${about}`, { columns, indent: 6 })}`
    const text = wrap(' '.repeat(left) + about, { columns, indent: left })
    return typed.length + 4 > left ? `  ${typed}\n${text}` : `  ${typed}`.padEnd(left) + text.slice(left)
  })
  return [`${title}:`, ...lines].join('\n')
}

/**
 * Breaks a line between words; the further lines are indented, and `glue` ends those before them. A word that is too long
 * stays whole, to be copied.
 */
const wrap = (
  text: string,
  { columns, indent = 0, glue = '' }: { columns: number; indent?: number; glue?: string },
): string => {
  const [, start = '', rest = ''] = /^(\s*)(.*)$/s.exec(text) ?? []
  const lines: string[] = []
  let line = start
  for (const word of rest.split(' ')) {
    const isEmpty = line.trim() === ''
    if (!isEmpty && line.length + 1 + word.length + glue.length > columns) {
      lines.push(line + glue)
      line = ' '.repeat(indent) + word
    } else line += isEmpty ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}
