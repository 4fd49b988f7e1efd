import { dirname } from 'node:path'
import { RunApiError, type ValidationError } from '../../errors'
import { digestOfFile } from '../../node/upload-file'
import { nearestName } from '../../platform/nearest-name'
import { checkedParams } from '../../schema/validate-params'
import { UsageError } from '../exit-code-of'
import { isMissing, type LocalFile, localFilesIn, refuseMissing, withStandIns } from '../local-files'
import { type AnyEndpoint, asObject, endpointOf } from '../params'
import { parseJson } from '../read-json'

/** One line of a batch, checked. */
export interface BatchOrder {
  line: number
  id: string
  endpoint: AnyEndpoint
  params: Readonly<Record<string, unknown>>
  tags: Readonly<Record<string, string>> | undefined
  files: readonly LocalFile[]
}

const FIELDS = ['id', 'endpoint', 'params', 'tags']
const MAX_SHOWN = 50

/**
 * The orders of a file. Throws one error that names every broken line. A local file may be missing only if its order was
 * bought before.
 */
export const readOrders = async (
  path: string,
  text: string,
  wasBought: (id: string) => Promise<boolean>,
): Promise<BatchOrder[]> => {
  const orders: BatchOrder[] = []
  const broken: BrokenLine[] = []
  const lineById = new Map<string, number>()
  const digests = new Map<string, ReturnType<typeof digestOfFile>>()
  const digest: typeof digestOfFile = (given) => {
    const file = String(given)
    const known = digests.get(file) ?? digestOfFile(file)
    digests.set(file, known)
    return known
  }
  for (const [index, words] of text.split(/\r\n|\n|\r/).entries()) {
    if (words.trim() === '') continue
    const line = index + 1
    try {
      const order = await readOrder(words, { line, folder: dirname(path), digest, wasBought })
      const other = lineById.get(order.id)
      if (other !== undefined) throw new UsageError(`id: ${order.id} is the id of line ${other} too`)
      lineById.set(order.id, line)
      orders.push(order)
    } catch (error) {
      if (!(error instanceof UsageError) && !RunApiError.is(error)) throw error
      broken.push({ line, words: wordsOf(error) })
    }
  }
  refuseBroken(path, broken)
  if (orders.length === 0) throw new UsageError(`${path}: holds no orders; it takes one JSON object a line`)
  return orders
}

/** What is wrong with a line. */
export interface BrokenLine {
  line: number
  words: string
}

/** Throws one error that names every broken line. */
export const refuseBroken = (path: string, broken: readonly BrokenLine[]): void => {
  if (broken.length === 0) return
  const shown = broken.slice(0, MAX_SHOWN).map(({ line, words }) => `\n  line ${line}: ${words}`)
  const more = broken.length > MAX_SHOWN ? `\n  and ${broken.length - MAX_SHOWN} more` : ''
  const count = broken.length === 1 ? '1 line is' : `${broken.length} lines are`
  throw new UsageError(`${path}: ${count} refused, and nothing was bought${shown.join('')}${more}`)
}

// A line has no such option.
const EXTRA_PARAMS = ' (the option extraParams sends it anyway)'

const wordsOf = (error: Error): string => {
  const { issues } = error as Partial<ValidationError>
  if (!issues) return error.message
  return issues
    .map(({ field, message }) => `${field && `${field}: `}${message.replace(EXTRA_PARAMS, '')}`)
    .join('; ')
}

interface Reading {
  line: number
  /** The folder of the orders: their paths are relative to it. */
  folder: string
  digest: typeof digestOfFile
  wasBought: (id: string) => Promise<boolean>
}

const readOrder = async (
  words: string,
  { line, folder, digest, wasBought }: Reading,
): Promise<BatchOrder> => {
  const fields = asObject(parseJson('the line', words), 'the line')
  for (const name of Object.keys(fields)) {
    if (FIELDS.includes(name)) continue
    const near = nearestName(name, FIELDS)
    throw new UsageError(
      `there is no field ${name}; ${near ? `did you mean ${near}?` : `there is ${FIELDS.join(', ')}`}`,
    )
  }
  const id = idOf(fields.id)
  if (typeof fields.endpoint !== 'string')
    throw new UsageError('endpoint: is missing; it is text such as "hailuo.textToVideo"')
  const endpoint = endpointOf(fields.endpoint)
  if (fields.params === undefined) throw new UsageError('params: is missing; it is an object')
  const params = asObject(fields.params, 'params')
  const tags = tagsOf(fields.tags)
  const files = await localFilesIn(endpoint, params, { folder, digest })
  if (files.some(isMissing) && !(await wasBought(id))) refuseMissing(files)
  await checkedParams(endpoint, withStandIns(params, files), { validate: true, nowMs: Date.now() })
  return { line, id, endpoint, params, tags, files }
}

// It is the idempotency key, and `a#2` is the second try of the order `a`.
const idOf = (id: unknown): string => {
  if (id === undefined) throw new UsageError('id: is missing; it names the order and its file')
  if (typeof id !== 'string' || !/^[\x21-\x7e](?:[\x20-\x7e]{0,490}[\x21-\x7e])?$/.test(id))
    throw new UsageError(
      'id: must be text of 1 to 492 printable ASCII characters without a space at either end',
    )
  if (/#\d+$/.test(id)) throw new UsageError(`id: ${id} ends in # and a number, which names a further try`)
  return id
}

const tagsOf = (tags: unknown): BatchOrder['tags'] => {
  if (tags === undefined) return undefined
  const given = asObject(tags, 'tags')
  const [wrong] = Object.entries(given).find(([, value]) => typeof value !== 'string') ?? []
  if (wrong !== undefined) throw new UsageError(`tags.${wrong}: must be text`)
  return given as Record<string, string>
}
