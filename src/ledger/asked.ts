import { contentOfFile } from '../contract/uploaded-file'
import { own, ownText } from '../platform/own'

/**
 * What a caller asked for, as fingerprints by parameter: enough to tell orders apart, and short enough to keep for each
 * one that has ended. A file has two, of its content and of its URL.
 */
export type Asked = Readonly<Record<string, string>>

/** The fingerprints of parameters as the caller gave them. `callback_url` is none of what was asked. */
export const fingerprintsOf = (params: Readonly<Record<string, unknown>>): Asked => {
  const given = Object.entries(params).filter(
    ([name, value]) => value !== undefined && name !== 'callback_url',
  )
  return Object.fromEntries(given.map(([name, value]) => [name, fingerprintsOfValue(name, value)]))
}

/** The first parameter in which two requests differ; `undefined` where both ask for the same. */
export const differingParameter = (a: Asked, b: Asked): string | undefined => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const name of names) {
    const others = ownText(b, name)?.split(' ') ?? []
    if (
      !ownText(a, name)
        ?.split(' ')
        .some((each) => others.includes(each))
    )
      return name
  }
  return undefined
}

const fingerprintsOfValue = (name: string, value: unknown): string => {
  const url = name.endsWith('_url') ? ownText(value, 'url') : undefined
  const content = contentOf(value)
  // An endpoint of one's own may have objects there that are no files.
  if (url === undefined || content === undefined) return hash(canonicalJson(value))
  return `${hash(canonicalJson(content))} ${hash(canonicalJson(url))}`
}

/** What stays of a file that is uploaded again, whose URL is another one each time. */
const contentOf = (file: unknown): unknown => {
  const [name, size] = [own(file, 'file_name'), own(file, 'size_bytes')]
  return contentOfFile(file) ?? (name === undefined ? undefined : [name, size])
}

/** JSON with the fields in order, and without the query of any URL: one that was signed anew asks for the same. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) => {
    if (typeof each === 'string') return /^https?:\/\/\S+$/i.test(each) ? each.replace(/[?#].*$/, '') : each
    // A schema of one's own may take what JSON does not.
    if (typeof each === 'bigint') return `${each}n`
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
  }) ?? ''

/** 53 bits that differ where texts differ, for all practical purposes (cyrb53). Not a secret, and no guard against malice. */
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
