import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeFileName } from '../../src/node/target-path'

test.each([
  ['https://tempfile.runapi.ai/results/tsk_1.mp4?signature=a/b', 'tsk_1.mp4'],
  ['https://tempfile.runapi.ai/a/b/', 'video.mp4'],
  ['https://tempfile.runapi.ai', 'video.mp4'],
  ['https://tempfile.runapi.ai/%2e%2e%2fetc%2fpasswd', 'etc_passwd.mp4'],
  ['https://tempfile.runapi.ai/..%5c..%5cboot.ini', 'boot.ini'],
  ['https://tempfile.runapi.ai/.bashrc', 'bashrc.mp4'],
  ['https://tempfile.runapi.ai/a%00b.mp4', 'a_b.mp4'],
  ['https://tempfile.runapi.ai/con.mp4', '_con.mp4'],
  ['https://tempfile.runapi.ai/NUL', '_NUL.mp4'],
  ['https://tempfile.runapi.ai/%E6%B5%B7.mp4', 'mp4.mp4'],
  ['https://tempfile.runapi.ai/a b;rm -rf ~.mp4', 'a_b_rm_-rf_.mp4'],
  ['https://tempfile.runapi.ai/clip.mp4 ', 'clip.mp4'],
  ['https://tempfile.runapi.ai/%ff.mp4', 'video.mp4'],
  [`https://tempfile.runapi.ai/${'a'.repeat(300)}.webm`, `${'a'.repeat(120)}.webm`],
  ['no url', 'video.mp4'],
])('%s becomes %s', (url, name) => {
  expect(safeFileName(url)).toBe(name)
})

test('every name is one plain file name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (path) => {
      const name = safeFileName(`https://example.com/${path}`)
      expect(name).toMatch(/^\w[\w.-]{0,130}$/)
      expect(name).toMatch(/\w$/)
    }),
  )
})
