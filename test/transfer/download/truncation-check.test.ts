import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clipBytes } from '../../../src/testing/clip'
import { createTruncationCheck } from '../../../src/transfer/download/truncation-check'

const CLIP = clipBytes()

const endsInside = (...chunks: Uint8Array[]): boolean => {
  const walk = createTruncationCheck()
  for (const chunk of chunks) walk.add(chunk)
  return walk.endsInside()
}

const box = (size: number, type: string, body = 0): Uint8Array => {
  const bytes = new Uint8Array(8 + body)
  new DataView(bytes.buffer).setUint32(0, size)
  bytes.set(new TextEncoder().encode(type), 4)
  return bytes
}
const ftyp = box(16, 'ftyp', 8)

test('a whole video ends between two boxes', () => {
  expect(endsInside(CLIP)).toBe(false)
})

test('a video that was cut ends inside a box, however it came', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 900, max: CLIP.length - 1 }),
      fc.integer({ min: 1, max: 50 }),
      (end, step) => {
        const chunks = []
        for (let at = 0; at < end; at += step) chunks.push(CLIP.subarray(at, Math.min(end, at + step)))
        expect(endsInside(...chunks)).toBe(true)
      },
    ),
  )
})

test('a box with a size of 64 bits is walked over', () => {
  const long = new Uint8Array(16 + 100)
  long.set(box(1, 'mdat'))
  new DataView(long.buffer).setBigUint64(8, 116n)
  expect(endsInside(ftyp, long)).toBe(false)
  expect(endsInside(ftyp, long.subarray(0, 115))).toBe(true)
})

test.each<[string, Uint8Array[]]>([
  ['another format', [new TextEncoder().encode('RIFF\0\0\0\0WEBP and so on')]],
  ['a last box without a size', [ftyp, box(0, 'mdat', 50)]],
  ['a size that no box has', [ftyp, box(4, 'mdat', 50)]],
  ['bytes after the last box', [ftyp, new Uint8Array(20)]],
  ['nothing', []],
])('%s says nothing', (_, chunks) => {
  expect(endsInside(...chunks)).toBe(false)
})
