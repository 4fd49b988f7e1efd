import { hailuo } from './hailuo'
import { luma } from './luma'
import type { ModelEndpoint } from './model-endpoint'

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

/** The endpoint of a handle's name, where this release lists it. */
export const endpointNamed = (name: string): Endpoints | undefined => endpoints.get(name)
