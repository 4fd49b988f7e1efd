import { expect, test } from 'vitest'
import { endpointNamed, families, schemas } from '../../src/models'

const endpoints = Object.values(families).flatMap((family) => Object.values(family))

test('creates go to the paths of the contract', () => {
  expect(endpoints.map(({ name, path }) => `${name} ${path}`)).toEqual([
    'luma.modifyVideo /api/v1/luma/modify_video',
    'hailuo.textToVideo /api/v1/hailuo/text_to_video',
    'hailuo.imageToVideo /api/v1/hailuo/image_to_video',
  ])
})

test('an endpoint is named by its family and its method', () => {
  for (const [family, methods] of Object.entries(families)) {
    for (const [method, { name }] of Object.entries(methods)) expect(name).toBe(`${family}.${method}`)
  }
})

test('an endpoint is found by its name and by nothing else', () => {
  for (const endpoint of endpoints) expect(endpointNamed(endpoint.name)).toBe(endpoint)
  for (const name of [
    '',
    'luma',
    'luma.',
    'constructor',
    '__proto__',
    'hailuo.toString',
    'Luma.modifyVideo',
  ]) {
    expect(endpointNamed(name)).toBeUndefined()
  }
})

test('a default of an endpoint is what its schema fills in', () => {
  expect(endpoints.map(({ defaults }) => defaults)).toEqual([
    { model: 'luma-modify-video' },
    undefined,
    undefined,
  ])
})

test('every endpoint has its schema under the same names', () => {
  expect(schemas.luma.modifyVideo).toBe(families.luma.modifyVideo.params)
  expect(schemas.hailuo.textToVideo).toBe(families.hailuo.textToVideo.params)
  expect(schemas.hailuo.imageToVideo).toBe(families.hailuo.imageToVideo.params)
})

test('the models of an endpoint can be listed with what they take', () => {
  expect(Object.keys(schemas.hailuo.textToVideo.models)).toEqual([
    'hailuo-02-text-to-video-pro',
    'hailuo-02-text-to-video-standard',
  ])
  const row = schemas.hailuo.imageToVideo.models['hailuo-2.3-image-to-video-standard']
  expect(row.output_resolution).toMatchObject({ kind: 'one_of', required: false, allowed: ['768p', '1080p'] })
  expect(row.first_frame_image_url).toMatchObject({ kind: 'url', required: true })
})
