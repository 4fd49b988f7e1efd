const NONE = Object.freeze(Object.create(null) as object)

/**
 * A copy of the own enumerable fields that are not `undefined`, without a prototype: neither a polluted
 * `Object.prototype` nor an inherited field can add an option or a parameter.
 */
export const ownFields = <T extends object>(fields: T | undefined): Partial<T> => {
  if (fields === undefined) return NONE as Partial<T>
  const copy = Object.create(null) as Record<string, unknown>
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) copy[name] = value
  }
  return copy as Partial<T>
}

/** The value of an own field, if `from` is an object that has it; for answers of the service. */
export const own = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null && Object.hasOwn(from, name)
    ? (from as Record<string, unknown>)[name]
    : undefined

/** The value of an own field if it is a non-empty string. */
export const ownText = (from: unknown, name: string): string | undefined => {
  const value = own(from, name)
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
