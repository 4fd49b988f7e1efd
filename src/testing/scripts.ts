import { hmacKeyOf } from '../webhooks/verify-webhook'

/** The course of a scripted task, as plain data. */
export interface TaskScript {
  /** The id of the task. @default generated from the emulator's seed */
  id?: string | undefined
  /**
   * How long the task takes from its creation to its end, in milliseconds of the emulator's time. `Infinity` never ends.
   * @default the emulator's `takesMs`, else RunAPI's published times: 62 s for Luma, 86 s for Hailuo
   */
  takesMs?: number | undefined
  /** How the task ends. @default 'completed' */
  outcome?: Outcome | undefined
  /** The faults on its way. @default none */
  faults?: TaskFaults | undefined
  /** How long its video can be fetched once it is completed, in milliseconds. @default seven days */
  resultLifeMs?: number | undefined
  /**
   * The deliveries to the task's `callback_url`, one entry each: `[]` drops the webhook, `[{}, {}]` duplicates it,
   * `[{ delayMs: 60_000 }]` sends it late. Delays of several tasks change their order.
   * @default one, signed, at the task's end
   */
  webhooks?: readonly ScriptedDelivery[] | undefined
}

/** One delivery of a task's webhook. All deliveries of a task have the same id, as duplicates do. */
export interface ScriptedDelivery {
  /** How long after the task's end it is sent, in milliseconds of the emulator's time. @default 0 */
  delayMs?: number | undefined
  /** The secret that signs it: another one to forge a delivery, `null` to send it without a signature. @default the emulator's */
  secret?: string | null | undefined
  /** A string is sent as it is, anything else as JSON. @default the task's status answer */
  body?: unknown
}

/**
 * How a task ends. `{ completed: … }` lays fields over the completed answer (an `undefined` one removes it), so that
 * `{ completed: { status: 'succeeded', usage: undefined } }` is such an answer. Failed tasks cost nothing.
 */
export type Outcome =
  | 'completed'
  | 'failed'
  | {
      /** Fields to lay over the completed answer. */
      completed: Readonly<Record<string, unknown>>
    }
  | {
      /** The reason in words, or the error as an object. */
      failed: string | Readonly<{ code?: string; message: string }>
    }

/**
 * Faults of one task: the n-th entry strikes the n-th request of that kind, and requests beyond the list go well.
 * Creates that carry one idempotency key belong to one task. Requests that the service refuses are not counted.
 */
export interface TaskFaults {
  /** The attempts to create the task. */
  create?: readonly Fault[] | undefined
  /** The requests for its status. */
  status?: readonly Fault[] | undefined
  /** The requests for its video. */
  result?: readonly Fault[] | undefined
}

/**
 * What happens to a request.
 * - `'ok'`: nothing.
 * - `'reset'`: the connection breaks, and the request is not carried out.
 * - `'lose-answer'`: the request is carried out, then the connection breaks.
 * - `'stall'`: no answer ever comes, and the request is not carried out.
 * - `'malformed'`: it is carried out; the answer is a 200 whose JSON ends in the middle.
 * - `'cut-body'`: it is carried out; the connection breaks in the middle of the answer's body.
 * - `'stall-body'`: it is carried out; the second half of the answer's body never comes.
 * - an object: see {@link ScriptedAnswer}.
 */
export type Fault =
  | 'ok'
  | 'reset'
  | 'lose-answer'
  | 'stall'
  | 'malformed'
  | 'cut-body'
  | 'stall-body'
  | ScriptedAnswer

/**
 * An answer that the test writes. With a `status` or a `body` it replaces the usual answer; without either it is the usual
 * answer with these headers and this delay: `{ delayMs: 5_000 }`, `{ retryAfter: 30 }`.
 */
export interface ScriptedAnswer {
  /** How long the answer takes. The request is carried out at once. `Infinity` never answers. @default 0 */
  delayMs?: number | undefined
  /** @default 200 */
  status?: number | undefined
  /** A string is sent as it is, anything else as JSON. @default a message of the service for this status */
  body?: unknown
  /** @default `application/json`, for a string `text/plain` */
  contentType?: string | undefined
  /** Headers of the answer, beside the usual ones. */
  headers?: Readonly<Record<string, string>> | undefined
  /** The `Retry-After` header: seconds or a date. */
  retryAfter?: string | number | undefined
  /** Whether the request is carried out although this answer replaces the usual one. @default false */
  carryOut?: boolean | undefined
}

const FAULT_WORDS = ['ok', 'reset', 'lose-answer', 'stall', 'malformed', 'cut-body', 'stall-body']
const ENDINGS = ['completed', 'failed']
const ANSWER_FIELDS = ['delayMs', 'status', 'body', 'contentType', 'headers', 'retryAfter', 'carryOut']

/**
 * Refuses a script that no test can mean: a typo should not show up as a timeout. Scripts also come from files, which no
 * compiler has seen.
 */
export const checkScript = (script: TaskScript): TaskScript => {
  checkFields('script', script, ['id', 'takesMs', 'outcome', 'faults', 'resultLifeMs', 'webhooks'])
  const { takesMs, id, outcome, faults = {}, resultLifeMs, webhooks = [] } = script
  checkMs('takesMs', takesMs)
  checkMs('resultLifeMs', resultLifeMs)
  if (id !== undefined && !/^[\w-]+$/.test(id)) throw new RangeError('id must be letters, digits, _ and -')
  checkWordOrFields('outcome', outcome, ENDINGS, ENDINGS)
  checkFields('faults', faults, ['create', 'status', 'result'])
  for (const [kind, list] of Object.entries(faults)) {
    for (const [index, fault] of checkList(`faults.${kind}`, list).entries())
      checkFault(`faults.${kind}[${index}]`, fault)
  }
  for (const [index, delivery] of checkList('webhooks', webhooks).entries()) {
    checkFields(`webhooks[${index}]`, delivery, ['delayMs', 'secret', 'body'])
    const { delayMs, secret } = delivery as { delayMs?: unknown; secret?: unknown }
    checkMs(`webhooks[${index}].delayMs`, delayMs)
    if (secret !== undefined && secret !== null) hmacKeyOf(secret)
  }
  return script
}

const checkFault = (name: string, fault: unknown): void => {
  checkWordOrFields(name, fault, FAULT_WORDS, ANSWER_FIELDS)
  if (typeof fault === 'object') checkMs(`${name}.delayMs`, (fault as { delayMs?: unknown }).delayMs)
}

const checkWordOrFields = (
  name: string,
  value: unknown,
  words: readonly string[],
  fields: readonly string[],
): void => {
  if (value === undefined || words.includes(value as string)) return
  if (typeof value !== 'object') {
    throw new RangeError(`${name} must be ${words.join(', ')} or an object (received ${value})`)
  }
  checkFields(name, value, fields)
}

export const checkFields = (name: string, value: unknown, known: readonly string[]): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(`${name} must be an object`)
  }
  const unknown = Object.keys(value).find((field) => !known.includes(field))
  if (unknown !== undefined)
    throw new RangeError(`${name} has no field ${unknown}; its fields are ${known.join(', ')}`)
}

export const checkOneOf = (name: string, value: unknown, allowed: readonly unknown[]): void => {
  if (value === undefined || allowed.includes(value)) return
  throw new RangeError(`${name} must be ${allowed.join(' or ')} (received ${JSON.stringify(value)})`)
}

const checkList = (name: string, value: unknown): readonly unknown[] => {
  if (value === undefined || Array.isArray(value)) return value ?? []
  throw new RangeError(`${name} must be a list`)
}

export const checkMs = (name: string, value: unknown): void => {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return
  throw new RangeError(`${name} must be 0 or more milliseconds (received ${value})`)
}
