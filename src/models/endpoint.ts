import { type ResultReader, readVideoResult, type VideoResult } from '../contract/task-state'
import { ownFields } from '../platform/own'
import type { StandardSchema } from '../schema/standard-schema'
import type { PollSchedule } from '../waiting/poll-schedule'

/**
 * An endpoint of RunAPI, as data. `runapi.endpoint(definition)` turns one into a method, so an endpoint that this
 * package does not list yet needs no release.
 */
export interface EndpointDefinition<Name extends string = string, Params = unknown, R = VideoResult> {
  /** The name that handles carry, such as `'hailuo.imageToVideo'`. */
  readonly name: Name
  /** Where a task is created; its status is at `<path>/<task id>`. */
  readonly path: string
  /** The rules of the parameters: any Standard Schema (zod, valibot, arktype, …). */
  readonly params: StandardSchema<Params, unknown>
  /** Fields that are filled in where the caller leaves them out, also with `validate: false`. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /**
   * Reads the result of a completed task.
   * @default reads `videos` and `sources`
   */
  readonly result?: ResultReader<R>
  /**
   * When to poll.
   * @default an exponential schedule, 2 s growing by 1.5 up to 15 s
   */
  readonly schedule?: PollSchedule
}

/** The reader of an endpoint's result. */
export const resultReaderOf = <R>(definition: EndpointDefinition<string, unknown, R>): ResultReader<R> =>
  // Without a reader of its own an endpoint's R is VideoResult: the default of both.
  definition.result ?? (readVideoResult as unknown as ResultReader<R>)

/** The caller's own fields over those that the endpoint fills in; what is no object stays what it is. */
export const withDefaults = ({ defaults }: Pick<EndpointDefinition, 'defaults'>, params: unknown): unknown =>
  typeof params === 'object' && params !== null && !Array.isArray(params)
    ? ownFields({ ...defaults, ...ownFields(params) })
    : params
