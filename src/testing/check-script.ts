import { keyOf } from '../webhooks/callback-secret'
import type { TaskScript } from './task-script'

const FAULT_WORDS = ['ok', 'reset', 'lose-answer', 'stall', 'malformed', 'cut-body', 'stall-body']
const ENDINGS = ['completed', 'failed']
const ANSWER_FIELDS = ['delayMs', 'status', 'body', 'contentType', 'headers', 'retryAfter', 'carryOut']

/**
 * Refuses what would make a task that no test means: a typing slip should not wait for a timeout. Scripts also come from
 * files, which no compiler has seen.
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
    if (secret !== undefined && secret !== null) keyOf(secret)
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

const checkFields = (name: string, value: unknown, known: readonly string[]): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(`${name} must be an object`)
  }
  const unknown = Object.keys(value).find((field) => !known.includes(field))
  if (unknown !== undefined)
    throw new RangeError(`${name} has no field ${unknown}; its fields are ${known.join(', ')}`)
}

const checkList = (name: string, value: unknown): readonly unknown[] => {
  if (value === undefined || Array.isArray(value)) return value ?? []
  throw new RangeError(`${name} must be a list`)
}

const checkMs = (name: string, value: unknown): void => {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return
  throw new RangeError(`${name} must be 0 or more milliseconds (received ${value})`)
}
