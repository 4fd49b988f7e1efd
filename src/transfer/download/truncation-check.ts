/** Walks over the boxes of an MP4 or MOV while its bytes come, to tell a file that was cut off from a whole one. */
export interface TruncationCheck {
  add(chunk: Uint8Array): void
  /** Whether the bytes end inside a box. `false` if that cannot be told: other formats, a last box without a size. */
  endsInside(): boolean
}

const SHORT_HEADER = 8
const LONG_HEADER = 16

export const createTruncationCheck = (): TruncationCheck => {
  let header: number[] = []
  let boxes = 0
  /** Bytes of the current box that are still to come; `undefined` once the sizes say nothing any more. */
  let left: number | undefined = 0

  return {
    add: (chunk) => {
      for (let i = 0; i < chunk.length && left !== undefined; ) {
        if (left > 0) {
          const step = Math.min(left, chunk.length - i)
          left -= step
          i += step
          continue
        }
        header.push(chunk[i++] as number)
        const size = header.length < SHORT_HEADER ? 'more' : sizeOf(header, boxes === 0)
        if (size === 'more') continue
        left = size === undefined ? undefined : size - header.length
        header = []
        boxes++
      }
    },
    endsInside: () => left !== undefined && left > 0,
  }
}

/** The size of the box with this header; `undefined` if it says none. */
const sizeOf = (header: readonly number[], isFirst: boolean): number | 'more' | undefined => {
  const type = String.fromCharCode(...header.slice(4, 8))
  if (isFirst ? type !== 'ftyp' : !/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined
  const size = numberIn(header.slice(0, 4))
  if (size === 1) {
    if (header.length < LONG_HEADER) return 'more'
    const long = numberIn(header.slice(8))
    return long < LONG_HEADER ? undefined : long
  }
  return size < SHORT_HEADER ? undefined : size
}

const numberIn = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0)
