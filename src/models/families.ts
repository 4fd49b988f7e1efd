import { fittedSchedule, schedules as makers, type PollSchedule } from '../waiting/poll-schedule'
import { type ModelEndpoint, scheduleOfEndpoint } from './endpoint'
import { hailuo } from './hailuo'
import { luma } from './luma'

/** Every model family that the client has methods for: one line a family. */
export const families = {
  /** Luma: videos from videos. */
  luma,
  /** Hailuo of MiniMax: videos from text and images. */
  hailuo,
}

export type Families = typeof families

type Endpoints = { [F in keyof Families]: Families[F][keyof Families[F]] }[keyof Families]

/** The names of the endpoints that this release lists, such as `'luma.modifyVideo'`. */
export type EndpointName = Endpoints['name']

/** The parameters of the endpoint of that name. */
export type EndpointParams<Name extends EndpointName> =
  Extract<Endpoints, { name: Name }> extends ModelEndpoint<string, infer Params> ? Params : never

const endpoints: ReadonlyMap<string, Endpoints> = new Map(
  Object.values(families)
    .flatMap((family): Endpoints[] => Object.values(family))
    .map((endpoint) => [endpoint.name, endpoint]),
)

/** The names of all endpoints, such as `'luma.modifyVideo'`. */
export const endpointNames = (): string[] => [...endpoints.keys()]

/** The endpoint of a handle's name, if this release lists it. */
export const endpointNamed = (name: string): Endpoints | undefined => endpoints.get(name)

/** The result of `make` for each endpoint, under the names of its family and its method. */
export const mapEndpoints = (make: (endpoint: ModelEndpoint<string, never>) => unknown): object =>
  Object.fromEntries(
    Object.entries(families).map(([name, family]) => [
      name,
      Object.fromEntries(Object.entries(family).map(([method, endpoint]) => [method, make(endpoint)])),
    ]),
  )

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
export const schemas = mapEndpoints(({ params }) => params) as Schemas

/**
 * Fits a schedule to the durations of your own tasks, in milliseconds, oldest first: `ledger.durations()` returns them.
 * Only the last 32 count. With fewer than six it is `otherwise`, by default Luma's schedule, whose tasks are the quickest.
 */
const fitted = (
  durations: readonly number[],
  otherwise: PollSchedule = scheduleOfEndpoint(luma.modifyVideo),
): PollSchedule => fittedSchedule(durations, otherwise)

type FamilySchedules = { readonly [F in keyof Families]: PollSchedule }

/**
 * Makers of poll schedules, and the defaults of the families, fitted to the times that RunAPI publishes. Luma (30–120 s)
 * is polled at 5 s, at 20 s, and then every 4.4 to 15 s; Hailuo (60–120 s) at 5 s, at 38 s, and then every 5 to 15 s.
 */
export const schedules = {
  ...makers,
  fitted,
  ...(Object.fromEntries(
    Object.entries(families).map(([name, family]) => {
      const [endpoint] = Object.values<ModelEndpoint<string, unknown>>(family)
      return [name, scheduleOfEndpoint(endpoint ?? {})]
    }),
  ) as FamilySchedules),
}
