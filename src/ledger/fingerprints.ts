import { contentOfFile } from '../contract/uploaded-file'
import { own, ownText } from '../platform/own'

/**
 * What a caller asked for, as fingerprints by parameter: enough to tell orders apart, and short enough to keep for each
 * one that has ended. A file has up to three: `c:` of its content, `n:` of its name and size, and that of its URL.
 */
export type Asked = Readonly<Record<string, string>>

/** The fingerprints of parameters as the caller gave them. `callback_url` is not part of it. */
export const fingerprintsOf = (params: Readonly<Record<string, unknown>>): Asked => {
  const given = Object.entries(params).filter(
    ([name, value]) => value !== undefined && name !== 'callback_url',
  )
  return Object.fromEntries(given.map(([name, value]) => [name, fingerprintsOfValue(name, value)]))
}

/** The first parameter in which two requests differ; `undefined` if both are the same. */
export const differingParameter = (a: Asked, b: Asked): string | undefined => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const name of names) if (!asksSame(ownText(a, name), ownText(b, name))) return name
  return undefined
}

const asksSame = (a: string | undefined, b: string | undefined): boolean => {
  if (a === undefined || b === undefined || a === b) return a === b
  const others = b.split(' ')
  // A name and a size tell something only if the content of one of the two is not known.
  const isContentKnown = a.startsWith('c:') && b.startsWith('c:')
  return a.split(' ').some((each) => others.includes(each) && !(isContentKnown && each.startsWith('n:')))
}

const fingerprintsOfValue = (name: string, value: unknown): string => {
  const url = name.endsWith('_url') ? ownText(value, 'url') : undefined
  const content = contentOfFile(value)
  const fileName = own(value, 'file_name')
  // A user's endpoint may have objects there that are not files.
  if (url === undefined || (content ?? fileName) === undefined) return hash(canonicalJson(value))
  // A file that is uploaded again has another URL each time, and its digest is lost if it went through JSON.
  const known = [
    ['c:', content],
    ['n:', fileName && [fileName, own(value, 'size_bytes')]],
    ['', url],
  ]
  return known.flatMap(([kind, each]) => (each ? [`${kind}${hash(canonicalJson(each))}`] : [])).join(' ')
}

/** JSON with the fields in order, and without the query of any URL: one that was signed anew asks for the same. */
const canonicalJson = (value: unknown): string =>
  // Most are texts, and a replacer costs more than all the rest.
  typeof value === 'string' ? JSON.stringify(withoutQuery(value)) : sortedJson(value)

const withoutQuery = (text: string): string =>
  /^https?:\/\/\S+$/i.test(text) ? text.replace(/[?#].*$/, '') : text

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) => {
    if (typeof each === 'string') return withoutQuery(each)
    // A user's schema may accept values that JSON does not.
    if (typeof each === 'bigint') return `${each}n`
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
  }) ?? ''

/** 53 bits that differ if texts differ, for all practical purposes (cyrb53). Not a secret, and no guard against malice. */
const hash = (text: string): string => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return ((b >>> 0) * 2 ** 21 + ((a >>> 0) >>> 11)).toString(36)
}

/**
 * Tells files apart by what is in them, in hex: the SHA-256 of each piece behind that of all before it, because WebCrypto
 * takes no stream. The pieces are those of an upload. `undefined` on pages that have no WebCrypto.
 */
export const contentDigest = async (chunks: ReadableStream<Uint8Array>): Promise<string | undefined> => {
  const subtle = globalThis.crypto?.subtle
  if (!subtle) return undefined
  let sum = new Uint8Array()
  const reader = chunks.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const piece = new Uint8Array(sum.length + value.length)
    piece.set(sum)
    piece.set(value, sum.length)
    sum = new Uint8Array(await subtle.digest('SHA-256', piece))
  }
}
