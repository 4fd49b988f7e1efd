import { expect, test } from 'vitest'
import { nearestName } from '../../src/schema/nearest-name'

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
  ['seed', undefined],
  ['n', undefined],
  ['x'.repeat(1000), undefined],
])('%s is taken for %s', (typed, meant) => {
  expect(nearestName(typed, names)).toBe(meant)
})

test('two characters are too few to guess from', () => {
  expect(nearestName('no', ['on'])).toBeUndefined()
  expect(nearestName('noo', ['noon'])).toBe('noon')
})
