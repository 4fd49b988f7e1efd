import { expect, test } from 'vitest'
import { nearestName } from '../../src/platform/nearest-name'

const names = [
  'model',
  'prompt',
  'prompt_optimizer',
  'callback_url',
  'first_frame_image_url',
  'last_frame_image_url',
  'duration_seconds',
  'output_resolution',
]

test.each([
  ['promt', 'prompt'],
  ['Prompt', 'prompt'],
  ['prompts', 'prompt'],
  ['pormpt', 'prompt'],
  ['modle', 'model'],
  ['callbackUrl', 'callback_url'],
  ['callback', 'callback_url'],
  ['webhook_url', undefined],
  ['firstFrameImageUrl', 'first_frame_image_url'],
  ['first_frame_img_url', 'first_frame_image_url'],
  ['image_url', undefined],
  ['duration', 'duration_seconds'],
  ['resolution', 'output_resolution'],
  ['secon', 'duration_seconds'],
  ['seco', undefined],
  ['seed', undefined],
  ['n', undefined],
  ['x'.repeat(1000), undefined],
])('%s is taken for %s', (typed, meant) => {
  expect(nearestName(typed, names)).toBe(meant)
})

test('two neighbours that are swapped are one mistake, two that are changed are two', () => {
  expect(nearestName('bac', ['abc'])).toBe('abc')
  expect(nearestName('badc', ['abcd'])).toBeUndefined()
  expect(nearestName('abc', ['bxc'])).toBeUndefined()
  expect(nearestName('axc', ['bac'])).toBeUndefined()
})

test('digits tell names apart, separators do not', () => {
  expect(nearestName('seed2', ['seed1', 'seed2'])).toBe('seed2')
  expect(nearestName('a-b.c d', ['abCD'])).toBe('abCD')
})

test('more than forty characters are not a slip of the finger', () => {
  expect(nearestName('x'.repeat(40), ['x'.repeat(41)])).toBe('x'.repeat(41))
  expect(nearestName('x'.repeat(41), ['x'.repeat(41)])).toBeUndefined()
})

test('two characters are too few to guess from', () => {
  expect(nearestName('no', ['on'])).toBeUndefined()
  expect(nearestName('noo', ['noon'])).toBe('noon')
})
