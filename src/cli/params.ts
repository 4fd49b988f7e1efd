import { families, type ModelEndpoint } from '../models'
import { nearestName } from '../platform/nearest-name'
import type { FieldRule, FieldRules } from '../schema/columns'
import { UsageError } from './exit-code-of'
import type { HelpSection } from './help'
import { jsonArgument, parseJson } from './read-json'
import type { Line } from './read-line'

export type AnyEndpoint = ModelEndpoint<string, unknown>

/** Every endpoint that this release lists. */
export const endpoints = Object.values(families).flatMap((family): AnyEndpoint[] =>
  Object.values<AnyEndpoint>(family),
)

export const endpointNames = endpoints.map(({ name }) => name)

/** The endpoint that a command line names. */
export const endpointOf = (name: string | undefined): AnyEndpoint => {
  const endpoint = endpoints.find((each) => each.name === name)
  if (endpoint) return endpoint
  const list = endpointNames.join(', ')
  if (name === undefined) throw new UsageError(`an endpoint is missing; there is ${list}`)
  const near = nearestName(name, endpointNames)
  throw new UsageError(`there is no endpoint ${name}; ${near ? `did you mean ${near}?` : `there is ${list}`}`)
}

/** An endpoint's rules for one parameter, all its models together. */
interface Field {
  kind: FieldRule['kind']
  isRequired: boolean
  /** Every value of any model, if they can be listed. */
  allowed: readonly unknown[]
  /** Whether it is the URL of a file. */
  isFile: boolean
  description: string
}

const fieldsOf = ({ params, defaults }: AnyEndpoint): Map<string, Field> => {
  const models = Object.values<FieldRules>(params.models)
  const model: Field = {
    kind: 'one_of',
    isRequired: defaults?.model === undefined,
    allowed: Object.keys(params.models),
    isFile: false,
    description: '',
  }
  const fields = new Map([['model', model]])
  for (const [name, { kind, file = false, description = '' }] of models.flatMap((rules) =>
    Object.entries(rules),
  )) {
    const rules = models.flatMap((each) => each[name] ?? [])
    fields.set(name, {
      kind,
      isRequired: rules.length === models.length && rules.every(({ required }) => required),
      allowed: [...new Set(rules.flatMap(({ allowed = [] }) => allowed))],
      isFile: file,
      description,
    })
  }
  return fields
}

/** The parameters of an endpoint that take the URL of a file. */
export const fileFieldsOf = (endpoint: AnyEndpoint): string[] =>
  [...fieldsOf(endpoint)].flatMap(([name, { isFile }]) => (isFile ? [name] : []))

const ALIASES: Readonly<Record<string, string>> = {
  source: 'source_video_url',
  'first-frame': 'first_frame_image_url',
  'last-frame': 'last_frame_image_url',
  duration: 'duration_seconds',
  resolution: 'output_resolution',
}

/** Every value that a field has in any endpoint. */
const valuesByField = new Map<string, readonly unknown[]>()
for (const endpoint of endpoints)
  for (const [name, { allowed }] of fieldsOf(endpoint))
    valuesByField.set(name, [...(valuesByField.get(name) ?? []), ...allowed])

const fieldBySpelling = new Map([
  ...Object.entries(ALIASES).filter(([, field]) => valuesByField.has(field)),
  ...[...valuesByField.keys()].flatMap((field) => [
    [field, field] as const,
    [field.replaceAll('_', '-'), field] as const,
  ]),
])

/** Every way to write a parameter as a flag, without the dashes. */
export const paramSpellings: ReadonlySet<string> = new Set(fieldBySpelling.keys())

/** The parameter that a flag sets; `undefined` for any other flag. */
export const fieldOfFlag = (flag: string): string | undefined => fieldBySpelling.get(flag)

/** The value of a flag: a number or a boolean for the parameters that take such values, else the text. */
export const flagValue = (field: string, text: string): unknown => {
  const isText = (valuesByField.get(field) ?? []).every((value) => typeof value === 'string')
  return !isText && /^(?:true|false|-?\d{1,15}(?:\.\d{1,15})?)$/.test(text) ? JSON.parse(text) : text
}

/** The endpoint and the parameters of a command line: the JSON's, under those that have a flag of their own. */
export const readParams = async (
  line: Line,
  signal: AbortSignal,
): Promise<{ endpoint: AnyEndpoint; params: Record<string, unknown> }> => {
  const [name, stdin, ...rest] = line.positionals
  if (rest.length > 0 || (stdin !== undefined && stdin !== '-'))
    throw new UsageError('takes one endpoint, parameters as flags, and - for parameters on stdin')
  const endpoint = endpointOf(name)
  const file = line.text('params')
  if (stdin !== undefined && file !== undefined)
    throw new UsageError('--params and - are two places for the same parameters')
  const from = stdin ?? file
  if (line.json !== undefined && from !== undefined)
    throw new UsageError('the parameters are given twice: pass --json, --params or -, and only one of them')
  const flags = paramsIn(line)
  const base =
    line.json === undefined ? from && (await jsonArgument(from, signal)) : parseJson('--json', line.json)
  return { endpoint, params: { ...asObject(base ?? {}), ...flags } }
}

/** A JSON object, not another value. */
export const asObject = (value: unknown, from = 'the parameters'): Record<string, unknown> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new UsageError(`${from} must be a JSON object`)
}

const paramsIn = ({ paramFlags }: Line): Record<string, unknown> => {
  const params: Record<string, unknown> = {}
  for (const { flag, value } of paramFlags) {
    const field = fieldOfFlag(flag.replace(/^--?/, '')) ?? flag
    // Which of them was meant decides over money.
    if (field in params) throw new UsageError(`${flag}: ${field} is given twice`)
    params[field] = flagValue(field, value)
  }
  return params
}

/** The help on the parameters: of one endpoint, or of all. */
export const paramSections = (name?: string): HelpSection[] => {
  const named = endpoints.filter((endpoint) => endpoint.name === name)
  return (named.length > 0 ? named : endpoints).map((endpoint) => ({
    title: `Parameters of ${endpoint.name}`,
    rows: [...fieldsOf(endpoint)].map(
      // All endpoints at once leave no room for more than the rules.
      ([field, rules]) => [flagOf(field, rules), aboutOf(field, rules, named.length > 0)] as const,
    ),
  }))
}

const VALUES: Readonly<Record<FieldRule['kind'], string>> = {
  text: '<text>',
  url: '<url>',
  flag: '<true|false>',
  one_of: '<value>',
}

const flagOf = (field: string, { kind }: Field): string => `--${field.replaceAll('_', '-')} ${VALUES[kind]}`

const aboutOf = (field: string, rules: Field, isLong: boolean): string => {
  const { isRequired, allowed, kind, isFile, description } = rules
  const alias = Object.entries(ALIASES).find(([, of]) => of === field)?.[0]
  const parts = [
    isRequired ? 'required' : '',
    kind === 'one_of' ? allowed.join(', ') : '',
    alias === undefined ? '' : `also --${alias}`,
  ]
  const about = parts.filter((part) => part !== '').join('; ')
  if (!isLong || description === '') return about
  const local = isFile ? ' Or a file on this machine.' : ''
  return `${about === '' ? '' : `${about}. `}${description}${local}`
}
