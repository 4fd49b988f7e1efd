import { endpoints, fieldsOf } from './endpoints'

const fields = new Map<string, readonly unknown[]>()
for (const endpoint of endpoints)
  for (const [name, allowed] of fieldsOf(endpoint))
    fields.set(name, [...(fields.get(name) ?? []), ...allowed])

/** `duration-seconds` and the words that it begins with, `duration`. */
const spellingsOf = (field: string): string[] => {
  const words = field.split('_')
  return [field, ...words.map((_, index) => words.slice(0, index + 1).join('-'))]
}

const fieldBySpelling = new Map<string, string>()
const spellings = [...fields.keys()].flatMap((field) =>
  spellingsOf(field).map((spelling) => ({ spelling, field })),
)
for (const { spelling, field } of spellings) {
  const meant = new Set(spellings.filter((each) => each.spelling === spelling).map((each) => each.field))
  // `prompt` is a field, though it begins another one's name, too.
  if (meant.size === 1 || spelling === field) fieldBySpelling.set(spelling, field)
}

/** An option of `parseArgs` for each spelling of each parameter. */
export const paramFlags: Readonly<Record<string, { type: 'string' }>> = Object.fromEntries(
  [...fieldBySpelling.keys()].map((spelling) => [spelling, { type: 'string' }]),
)

/** The parameter that a flag sets; `undefined` for any other flag. */
export const fieldOfFlag = (flag: string): string | undefined => fieldBySpelling.get(flag)

/** The value of a flag: a number or a boolean for the parameters that take such values, else the text. */
export const flagValue = (field: string, text: string): unknown => {
  const isText = (fields.get(field) ?? []).every((value) => typeof value === 'string')
  return !isText && /^(?:true|false|-?\d{1,15}(?:\.\d{1,15})?)$/.test(text) ? JSON.parse(text) : text
}
