import { parseArgs } from 'node:util'
import { nearestName } from '../platform/nearest-name'
import { UsageError } from './exit-code-of'
import { OPTIONS, type Option, type OptionName } from './options'

/** A command line, checked against the command's options. */
export interface Line {
  /** The words as they were typed. */
  readonly args: readonly string[]
  /** The words that belong to no option. */
  readonly positionals: readonly string[]
  /** The flags that set parameters, as they were typed. */
  readonly paramFlags: readonly { flag: string; value: string }[]
  /** The parameters of `--json {…}`, if that was typed. */
  readonly json: string | undefined
  text(name: OptionName): string | undefined
  flag(name: OptionName): boolean
  /** A whole number within limits. */
  count(name: OptionName, limits?: { from?: number; to?: number }): number | undefined
}

interface Words {
  args: readonly string[]
  command: { readonly options: readonly OptionName[]; readonly takesParams?: true }
  /** Every spelling of a parameter. */
  params: ReadonlySet<string>
}

/** Reads the words after a command's name. */
export const readLine = ({ args, command, params }: Words): Line => {
  const names: readonly string[] = [...command.options, 'help']
  const takesText = (name: string): boolean =>
    params.has(name) || 'value' in (OPTIONS[name as OptionName] ?? {})
  const { json, rest } = command.takesParams ? jsonParams(args) : { json: undefined, rest: args }
  const options = Object.fromEntries(
    [...names, ...params].map((name) => [name, { type: takesText(name) ? 'string' : 'boolean' } as const]),
  )
  const { tokens } = parseArgs({ args: [...rest], options, strict: false, tokens: true })

  const values = new Map<string, string | true>()
  const positionals: string[] = []
  const paramFlags: { flag: string; value: string }[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    if (!(name in options)) throw unknownOption(rawName, [...names, ...params])
    if (!takesText(name)) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value`)
      values.set(name, true)
      continue
    }
    if (value === undefined)
      throw new UsageError(`${rawName} needs a value: ${rawName} ${placeholderOf(name)}`)
    // `--prompt --wait` is a prompt that was forgotten.
    if (!inlineValue && /^-./.test(value))
      throw new UsageError(
        `${rawName} needs a value; one that begins with a dash is written ${rawName}=${value}`,
      )
    if (params.has(name)) paramFlags.push({ flag: rawName, value })
    else if (values.has(name)) throw new UsageError(`${rawName} is given twice`)
    else values.set(name, value)
  }
  const text = (name: OptionName): string | undefined => {
    const value = values.get(name)
    return value === true ? undefined : value
  }
  return {
    args,
    positionals,
    paramFlags,
    json,
    text,
    flag: (name) => values.get(name) === true,
    count: (name, limits) => wholeNumber(`--${name}`, text(name), limits),
  }
}

const placeholderOf = (name: string): string => {
  const option: Option | undefined = OPTIONS[name as OptionName]
  return option?.value ?? '<value>'
}

/** `--json` with an object after it sets parameters; otherwise it is the switch that asks for JSON as output. */
const jsonParams = (args: readonly string[]): { json: string | undefined; rest: readonly string[] } => {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  const given = args.findIndex(
    (word, index) =>
      index < end &&
      (/^--json=/.test(word) || (word === '--json' && /^\s*[[{]|\s/.test(args[index + 1] ?? ''))),
  )
  if (given === -1) return { json: undefined, rest: args }
  const isInline = args[given] !== '--json'
  const json = isInline ? args[given]?.slice('--json='.length) : args[given + 1]
  return { json, rest: [...args.slice(0, given), ...args.slice(given + (isInline ? 1 : 2))] }
}

const unknownOption = (option: string, names: readonly string[]): UsageError => {
  const near = nearestName(option, names)
  const hint = near === undefined ? '; --help lists them' : `; did you mean --${near}?`
  return new UsageError(`there is no option ${option}${hint}`)
}

const wholeNumber = (
  name: string,
  text: string | undefined,
  { from = 0, to = Infinity }: { from?: number; to?: number } = {},
): number | undefined => {
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= from && value <= to) return value
  const range = `${from > 0 ? ` from ${from}` : ''}${to < Infinity ? ` up to ${to}` : ''}`
  throw new UsageError(`${name} must be a whole number${range}`)
}
