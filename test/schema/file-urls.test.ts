import { expect, test } from 'vitest'
import { ValidationError } from '../../src/errors/validation-error'
import { refuseExpiredFiles, withFileUrls } from '../../src/schema/file-urls'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')
const url = 'https://file.runapi.ai/temp/in.mp4'

test('a file gives its URL to a field that takes one, and to no other', () => {
  const file = { url, expires_at: '2026-03-02T12:00:00Z' }
  expect(withFileUrls({ source_video_url: file, url_of: file, prompt: 'fog' })).toEqual({
    source_video_url: url,
    url_of: file,
    prompt: 'fog',
  })
})

test.each([{}, { url: '' }, { url: 5 }, null, 'text', Object.create({ url })])(
  '%j is no file and stays what it is',
  (value) => {
    expect(withFileUrls({ source_video_url: value })).toEqual({ source_video_url: value })
  },
)

test.each([null, undefined, 'text', 5, [{ url }]])(
  '%j holds no parameters and stays what it is',
  (params) => {
    expect(withFileUrls(params)).toBe(params)
    expect(refuseExpiredFiles('luma.modifyVideo', params, nowMs)).toBeUndefined()
  },
)

const refusalOf = (params: object): ValidationError | undefined => {
  try {
    refuseExpiredFiles('luma.modifyVideo', params, nowMs)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError)
    return error as ValidationError
  }
}

test('every file that has expired is named, with the way out', () => {
  const error = refusalOf({
    source_video_url: { url, expires_at: '2026-03-01T12:00:00Z' },
    mask_url: { url, expires_at: '2026-02-28T12:00:00+01:00' },
    fresh_url: { url, expires_at: '2026-03-01T12:00:00.001Z' },
  })
  expect(error?.message).toMatchInlineSnapshot(`
    "luma.modifyVideo: an uploaded file cannot be used any more
      source_video_url: the uploaded file expired at 2026-03-01T12:00:00.000Z: upload it again
      mask_url: the uploaded file expired at 2026-02-28T11:00:00.000Z: upload it again"
  `)
  expect(error?.issues).toEqual([
    {
      field: 'source_video_url',
      rule: 'expired',
      message: 'the uploaded file expired at 2026-03-01T12:00:00.000Z: upload it again',
    },
    {
      field: 'mask_url',
      rule: 'expired',
      message: 'the uploaded file expired at 2026-02-28T11:00:00.000Z: upload it again',
    },
  ])
})

test.each([
  { source_video_url: { url } },
  { source_video_url: { url, expires_at: 'some day' } },
  { source_video_url: { url, expires_at: 0 } },
  { source_video_url: { expires_at: '2020-01-01T00:00:00Z' } },
  { callback: { url, expires_at: '2020-01-01T00:00:00Z' } },
  { source_video_url: url },
])('%j says nothing of an expired file', (params) => {
  expect(refusalOf(params)).toBeUndefined()
})
