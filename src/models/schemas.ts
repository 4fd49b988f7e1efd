import { type Families, families } from './families'

type Schemas = {
  readonly [F in keyof Families]: {
    readonly [E in keyof Families[F]]: Families[F][E] extends { params: infer S } ? S : never
  }
}

/**
 * The rules of every endpoint's parameters as Standard Schemas, for forms and queues that check before they call.
 *
 * @example
 * const result = schemas.hailuo.imageToVideo['~standard'].validate(input)
 * if (result.issues) show(result.issues)
 */
export const schemas = Object.fromEntries(
  Object.entries(families).map(([name, family]) => [
    name,
    Object.fromEntries(Object.entries(family).map(([method, endpoint]) => [method, endpoint.params])),
  ]),
) as Schemas
