import { afterEach, expect, test } from 'vitest'
import { schemas } from '../../src/models'
import type { FieldIssue } from '../../src/schema/sentences'

const good = {
  model: 'hailuo-02-image-to-video-standard',
  prompt: 'fog',
  first_frame_image_url: 'https://example.com/first.png',
}
const check = (params: unknown) => schemas.hailuo.imageToVideo['~standard'].validate(params)
const issuesOf = (params: unknown): FieldIssue[] => [...((check(params).issues ?? []) as FieldIssue[])]

test.each<[title: string, more: Record<string, unknown>, sentence: string]>([
  ['a number as text', { prompt: 5 }, 'prompt type: must be a string (5)'],
  ['an array as text', { prompt: ['fog'] }, 'prompt type: must be a string (an array)'],
  ['a String object', { prompt: new String('fog') }, 'prompt type: must be a string (an object)'],
  ['a null where one is required', { prompt: null }, 'prompt null: is required and must not be null (null)'],
  [
    'a null that could be left out',
    { callback_url: null },
    'callback_url null: must not be null: leave it out instead of null (null)',
  ],
  ['an empty text', { prompt: '' }, 'prompt not_blank: must not be blank ("")'],
  ['a text of blanks', { prompt: ' \n\t\u00a0' }, 'prompt not_blank: must not be blank (" \\n\\t\u00a0")'],
  [
    'a blank URL that could be left out',
    { callback_url: ' ' },
    'callback_url not_blank: must not be blank: leave it out instead (" ")',
  ],
  [
    'a URL that is none of the web',
    { callback_url: 'ftp://example.com' },
    'callback_url url: must be an http or https URL ("ftp://example.com")',
  ],
  ['NaN', { duration_seconds: Number.NaN }, 'duration_seconds one_of: must be 6 or 10 (NaN)'],
  ['a number in between', { duration_seconds: 7 }, 'duration_seconds one_of: must be 6 or 10 (7)'],
  [
    'a number as a string',
    { duration_seconds: '6' },
    'duration_seconds one_of: must be 6 or 10, as a number ("6")',
  ],
  ['another number as a string', { duration_seconds: '7' }, 'duration_seconds one_of: must be 6 or 10 ("7")'],
  ['a bigint', { duration_seconds: 6n }, 'duration_seconds one_of: must be 6 or 10 (6)'],
  ['another case', { output_resolution: '768P' }, 'output_resolution one_of: must be 512p or 768p ("768P")'],
  [
    'a model in another field',
    { output_resolution: 'hailuo-02-text-to-video-pro' },
    'output_resolution one_of: must be 512p or 768p ("hailuo-02-text-to-video-pro")',
  ],
  ['a flag as text', { prompt_optimizer: 'true' }, 'prompt_optimizer type: must be true or false ("true")'],
  ['a flag as a number', { prompt_optimizer: 1 }, 'prompt_optimizer type: must be true or false (1)'],
  [
    'a function',
    { enable_safety_checker: () => true },
    'enable_safety_checker type: must be true or false (a function)',
  ],
  [
    'a misspelt field',
    { calback_url: 'https://example.com' },
    'calback_url unknown_field: is not a parameter of hailuo-02-image-to-video-standard; did you mean callback_url? (the option extraParams sends it anyway)',
  ],
  [
    'a field of camelCase',
    { lastFrameImageUrl: 'https://example.com' },
    'lastFrameImageUrl unknown_field: is not a parameter of hailuo-02-image-to-video-standard; did you mean last_frame_image_url? (the option extraParams sends it anyway)',
  ],
  [
    'an unknown field',
    { loop: true },
    'loop unknown_field: is not a parameter of hailuo-02-image-to-video-standard (the option extraParams sends it anyway)',
  ],
])('%s is refused', (_, more, sentence) => {
  const found = issuesOf({ ...good, ...more })
  expect(
    found.map(
      ({ field, rule, message, received }) =>
        `${field} ${rule}: ${message}${received ? ` (${received})` : ''}`,
    ),
  ).toEqual([sentence])
  expect(found[0]?.path).toEqual(Object.keys(more))
})

test.each([
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  'file:///etc/passwd',
  'ftp://example.com/a.png',
  's3://bucket/a.png',
  'blob:https://example.com/1',
  'xhttps://example.com/a.png',
  '//example.com/a.png',
  '/a.png',
  'example.com/a.png',
  'https:example.com/a.png',
  'https://',
  'https://?a',
  'http://exa mple.com/a.png',
  ' https://example.com/a.png',
  'https://example.com/a.png\n',
])('%j is not a URL that the service could fetch', (url) => {
  expect(issuesOf({ ...good, first_frame_image_url: url }).map(({ rule }) => rule)).toEqual(['url'])
})

const UPLOAD = 'first upload it with runapi.files.upload(…) and pass what that returns'
const FROM_DISK = 'first upload it with uploadFile(runapi, path) of runapi-video/node'

test.each<[title: string, value: unknown, sentence: string, received: string]>([
  [
    'a data URI',
    'data:image/png;base64,AAAA',
    `, not data itself: ${UPLOAD}`,
    '"data:image/png;base64,AAAA"',
  ],
  ['a Buffer', Buffer.from('bytes'), `: ${UPLOAD}`, 'a Uint8Array'],
  ['bytes', new Uint8Array(3), `: ${UPLOAD}`, 'a Uint8Array'],
  ['an ArrayBuffer', new ArrayBuffer(3), `: ${UPLOAD}`, 'an object'],
  ['a Blob', new Blob(['bytes']), `: ${UPLOAD}`, 'a Blob'],
  ['a File', new File(['bytes'], 'a.png'), `: ${UPLOAD}`, 'a File'],
  ['a stream', new Blob(['bytes']).stream(), `: ${UPLOAD}`, 'a ReadableStream'],
  ['an upload that nobody awaited', Promise.resolve({ url: 'x' }), ': await the promise first', 'a Promise'],
  [
    'a blob: URL',
    'blob:https://example.com/1',
    ', and a blob: URL is known to its own page only: upload the Blob with runapi.files.upload(…)',
    '"blob:https://example.com/1"',
  ],
  ['a file: URL', 'file:///clips/a.png', `; for a file on disk, ${FROM_DISK}`, '"file:///clips/a.png"'],
  [
    'a file: URL object',
    new URL('file:///clips/a.png'),
    `; for a file on disk, ${FROM_DISK}`,
    '"file:///clips/a.png"',
  ],
  ['a path', './first.png', `; for a file on disk, ${FROM_DISK}`, '"./first.png"'],
  ['an absolute path', '/clips/first.png', `; for a file on disk, ${FROM_DISK}`, '"/clips/first.png"'],
  ['a path of Windows', 'C:\\a\\first.png', `; for a file on disk, ${FROM_DISK}`, '"C:\\\\a\\\\first.png"'],
  ['a home', '~/first.png', `; for a file on disk, ${FROM_DISK}`, '"~/first.png"'],
  ['a name', 'first.png', `; for a file on disk, ${FROM_DISK}`, '"first.png"'],
  ['a URL without a scheme', 'example.com/a.png', ': begin it with https://', '"example.com/a.png"'],
  ['a URL of any scheme', '//example.com/a.png', ': begin it with https://', '"//example.com/a.png"'],
  ['a list of videos', [{ url: 'https://example.com/a.png' }], '', 'an array'],
])('%s in the place of an input is refused with the way out', (_title, value, way, received) => {
  expect(issuesOf({ ...good, first_frame_image_url: value })).toMatchObject([
    { field: 'first_frame_image_url', message: `must be an http or https URL${way}`, received },
  ])
})

test('where no file belongs, none is asked to be uploaded', () => {
  for (const value of ['data:,x', './hook', new Blob(['x'])])
    expect(issuesOf({ ...good, callback_url: value })[0]?.message).toBe('must be an http or https URL')
})

test.each([
  ['zero-width characters', '\u200b\u200d\ufeff'],
  ['a byte order mark', '\ufeff'],
  ['marks of direction', '\u202a\u202c\u2066\u2069'],
  ['fillers', '\u3164\u2800\u115f'],
])('a prompt of %s is blank', (_title, prompt) => {
  expect(issuesOf({ ...good, prompt })).toMatchObject([{ field: 'prompt', rule: 'not_blank' }])
})

test.each(['.', '🎬', '👩\u200d🚀', '\u200b雨', 'क\u094d'])('%j is a prompt', (prompt) => {
  expect(issuesOf({ ...good, prompt })).toEqual([])
})

test.each([
  'http://example.com/a.png',
  'HTTPS://EXAMPLE.COM/A',
  'https://example.com/download?id=5&sig=abc#x',
  'https://user:pass@example.com/a.png',
  'https://例え.jp/画像.png',
  'https://example.com/with space.png',
  'http://127.0.0.1:4010/a.png',
  'http://[::1]/a.png',
])('%j is a URL that may be fetched', (url) => {
  expect(issuesOf({ ...good, first_frame_image_url: url })).toEqual([])
})

test.each([
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a string', 'fog', '"fog"'],
  ['a number', 5, '5'],
  ['an array', [good], 'an array'],
  ['a function', () => good, 'a function'],
])('%s instead of parameters is refused', (_, params, received) => {
  expect(issuesOf(params)).toEqual([
    { path: [], field: '', rule: 'type', message: 'must be an object', received },
  ])
})

test('parameters that cannot be read are refused', () => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const throwing = {
    get prompt(): string {
      throw new Error('no')
    },
  }
  for (const params of [revoked.proxy, throwing]) {
    expect(issuesOf(params).map(({ message }) => message)).toEqual([
      'must be an object whose fields can be read',
    ])
  }
  expect(issuesOf({ ...good, prompt: revoked.proxy }).map(({ received }) => received)).toEqual(['an object'])
})

test('a model that is not text is refused, whatever it is', () => {
  for (const model of [Symbol('model'), 5, ['hailuo-02-text-to-video-pro'], Object.create(null)]) {
    const [issue, ...more] = issuesOf({ ...good, model })
    expect(issue).toMatchObject({
      field: 'model',
      rule: 'one_of',
      message: expect.stringMatching(/^must be /),
    })
    expect(more).toEqual([])
  }
})

test('the secrets of a URL in the place of a name are not shown', () => {
  const found = issuesOf({ ...good, 'https://user:SECRET@example.com/x': true })
  expect(found.map(({ field }) => field)).toEqual(['"https://…@example.com/x"'])
})

test('undefined fields count as left out', () => {
  expect(check({ ...good, duration_seconds: undefined, loop: undefined })).toStrictEqual({ value: good })
  expect(issuesOf({ ...good, prompt: undefined }).map(({ rule }) => rule)).toEqual(['required'])
})

test('fields named like those of every object are refused like any other', () => {
  const odd = JSON.parse('{ "__proto__": { "prompt": "x" }, "constructor": 1, "toString": 2 }') as object
  const found = issuesOf({ ...good, ...odd })
  expect(found.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
    '__proto__ unknown_field',
    'constructor unknown_field',
    'toString unknown_field',
  ])
  for (const model of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(issuesOf({ ...good, model }).map(({ field }) => field)).toEqual(['model'])
  }
})

const polluted = Object.prototype as unknown as Record<string, unknown>
afterEach(() => {
  for (const name of ['prompt', 'last_frame_image_url', 'loop', 'model']) delete polluted[name]
})

test('a polluted Object.prototype neither adds a field nor refuses one', () => {
  Object.assign(polluted, { prompt: 'evil', last_frame_image_url: 5, loop: true })
  const result = check(good)
  expect(result.issues).toBeUndefined()
  expect(Object.keys((result as { value: object }).value)).toEqual(Object.keys(good))
  expect(
    issuesOf({ model: good.model, first_frame_image_url: good.first_frame_image_url }).map(
      ({ rule }) => rule,
    ),
  ).toEqual(['required'])
})

test('fields that are inherited do not count', () => {
  expect(issuesOf(Object.create(good)).map(({ field }) => field)).toEqual([
    'model',
    'prompt',
    'first_frame_image_url',
  ])
})
