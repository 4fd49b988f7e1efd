import type { BrokenRule, FieldRules } from './broken-rules'
import { received } from './received'
import { either, type FieldIssue } from './sentences'

/** Values that are allowed one by one and not together. */
export type Combination = Readonly<Record<string, unknown>>

/** The combinations that `fields` hold, where each value for itself is allowed. */
export const forbiddenCombinations = (
  combinations: readonly Combination[],
  rules: FieldRules,
  fields: Readonly<Record<string, unknown>>,
  broken: readonly BrokenRule[],
): FieldIssue[] => {
  const alone = new Set(broken.map(({ field }) => field))
  return combinations.flatMap((combination) => {
    const names = Object.keys(combination)
    const held = names.every((name) => fields[name] === combination[name] && !alone.has(name))
    const [field, ...others] = names
    if (!held || field === undefined) return []
    const beside = others.map((name) => `${name} ${combination[name]}`).join(' and ')
    const ways = names.map((name) => {
      const left = rules[name]?.allowed?.filter((value) => value !== combination[name])
      return left ? `${name} ${either(left)}` : `another ${name}`
    })
    const message = `cannot be ${combination[field]} together with ${beside}: use ${either(ways)}`
    return [{ path: [field], field, rule: 'combination', message, received: received(fields[field]) }]
  })
}
