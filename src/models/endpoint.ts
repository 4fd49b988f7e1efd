import { type ResultReader, readVideoResult, type VideoResult } from '../contract/task-state'
import type { ModelSchema } from '../schema/model-types'
import type { StandardSchema } from '../schema/standard-schema'
import { type PollSchedule, schedules } from '../waiting/poll-schedule'

/**
 * An endpoint of RunAPI, as data. `runapi.endpoint(definition)` turns one into a method, so an endpoint that this
 * package does not list yet needs no release.
 */
export interface EndpointDefinition<Name extends string = string, Params = unknown, R = VideoResult> {
  /** The name in handles, such as `'hailuo.imageToVideo'`. */
  readonly name: Name
  /** The path that creates a task; its status is at `<path>/<task id>`. */
  readonly path: string
  /**
   * The rules of the parameters: any Standard Schema (zod, valibot, arktype, …). It receives the caller's parameters, and
   * its output is sent.
   */
  readonly params: StandardSchema<Params, unknown>
  /** Fields that are filled in if the caller leaves them out, even with `validate: false`. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /**
   * Reads the result of a completed task.
   * @default reads `videos` and `sources`
   */
  readonly result?: ResultReader<R>
  /**
   * How long most tasks take, in milliseconds: nine in ten take longer than the first, one in ten takes longer than the
   * second. The times on the command line and the emulator's default follow from it, and so does the poll schedule of an
   * endpoint that has none of its own.
   */
  readonly typicalMs?: readonly [fromMs: number, toMs: number]
  /**
   * When to poll.
   * @default derived from `typicalMs`; without it an exponential schedule, 2 s growing by 1.5 up to 15 s
   */
  readonly schedule?: PollSchedule
  /** Parameters other than prompts that do not change the price, so that a ledger asks for it less often. */
  readonly priceIgnores?: readonly string[]
}

/** An endpoint whose rules are a table of models. */
export interface ModelEndpoint<Name extends string, Params> extends EndpointDefinition<Name, Params> {
  readonly params: ModelSchema<Params>
  readonly typicalMs: readonly [fromMs: number, toMs: number]
}

/** The reader of an endpoint's result. */
export const resultReaderOf = <R>(definition: EndpointDefinition<string, unknown, R>): ResultReader<R> =>
  // Without a reader of its own an endpoint's R is VideoResult: the default of both.
  definition.result ?? (readVideoResult as unknown as ResultReader<R>)

const FALLBACK_SCHEDULE = schedules.exponential({ initialMs: 2_000, factor: 1.5, maxMs: 15_000 })

/** When to poll the tasks of an endpoint. */
export const scheduleOfEndpoint = ({
  schedule,
  typicalMs,
}: Pick<EndpointDefinition, 'schedule' | 'typicalMs'>): PollSchedule => {
  if (schedule) return schedule
  if (!typicalMs) return FALLBACK_SCHEDULE
  const [fromMs, toMs] = typicalMs
  const maxMs = Math.min(15_000, toMs / 8)
  return schedules.typical({
    probeMs: Math.min(5_000, fromMs / 6),
    firstMs: 0.65 * fromMs,
    everyMs: Math.min(5_000, maxMs, 0.065 * medianMs(typicalMs)),
    rho: 0.02,
    maxMs,
  })
}

/**
 * The time that half of the tasks take, in whole seconds: of a lognormal law between its tenth and its ninetieth
 * percentile, beside one task in twenty that is slow.
 */
export const medianMs = ([fromMs, toMs]: readonly [fromMs: number, toMs: number]): number =>
  Math.round((Math.sqrt(fromMs * toMs) * (toMs / fromMs) ** 0.02575) / 1_000) * 1_000
