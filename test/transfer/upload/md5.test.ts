import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMd5 } from '../../../src/transfer/upload/md5'

const hex = (...parts: Uint8Array[]): string => {
  const md5 = createMd5()
  for (const part of parts) md5.update(part)
  return Buffer.from(md5.digest()).toString('hex')
}
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

test('hashes the examples of RFC 1321', () => {
  expect(hex()).toBe('d41d8cd98f00b204e9800998ecf8427e')
  expect(hex(text('abc'))).toBe('900150983cd24fb0d6963f7d28e17f72')
  expect(hex(text('message digest'))).toBe('f96b697d7cb7938d525a2f31aaf161d0')
  expect(hex(text('1234567890'.repeat(8)))).toBe('57edf4a22be3c955ac49da2e2107b67a')
})

test('hashes what the system hashes, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (parts) => {
      expect(hex(...parts)).toBe(createHash('md5').update(Buffer.concat(parts)).digest('hex'))
    }),
  )
})

test('hashes every length around the edges of a block', () => {
  const bytes = randomBytes(200)
  for (let length = 0; length <= 200; length++) {
    const part = bytes.subarray(0, length)
    expect(hex(part)).toBe(createHash('md5').update(part).digest('hex'))
  }
})

test('hashes a view into a larger buffer', () => {
  const bytes = randomBytes(5_000)
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + 3, 4_001)
  expect(hex(view)).toBe(createHash('md5').update(view).digest('hex'))
})
