import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { ValidationError } from '../../src/errors/validation-error'
import { endpointNamed } from '../../src/models'
import type { StandardIssue, StandardSchema } from '../../src/schema/standard-schema'
import { validateParams } from '../../src/schema/validate-params'

const image = 'https://example.com/first.png'

const refusal = async (run: () => unknown): Promise<ValidationError> => {
  const error = await Promise.resolve()
    .then(run)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(ValidationError)
  return error as ValidationError
}
const refuse = (endpoint: string, params: unknown): Promise<ValidationError> =>
  refusal(() => validateParams(endpoint, endpointNamed(endpoint)?.params as StandardSchema, params))

test('the error lists every broken rule under the name of the model', async () => {
  const error = await refuse('hailuo.imageToVideo', {
    model: 'hailuo-2.3-image-to-video-pro',
    prompt: 'fog',
    first_frame_image_url: image,
    output_resolution: '512p',
    last_frame_image_url: image,
  })
  expect(error.message).toMatchInlineSnapshot(`
    "hailuo.imageToVideo: 2 parameters break the rules of hailuo-2.3-image-to-video-pro
      output_resolution: must be 768p or 1080p (received "512p")
      last_frame_image_url: only Hailuo 02 image-to-video models take it"
  `)
  expect(error.issues).toMatchInlineSnapshot(`
    [
      {
        "allowed": [
          "768p",
          "1080p",
        ],
        "field": "output_resolution",
        "message": "must be 768p or 1080p",
        "received": ""512p"",
        "rule": "one_of",
      },
      {
        "field": "last_frame_image_url",
        "message": "only Hailuo 02 image-to-video models take it",
        "rule": "not_taken",
      },
    ]
  `)
})

test('one broken rule is spoken of in the singular', async () => {
  const { message } = await refuse('luma.modifyVideo', { prompt: 'fog', model: 'luma-modify-video' })
  expect(message).toMatchInlineSnapshot(`
    "luma.modifyVideo: 1 parameter breaks the rules of luma-modify-video
      source_video_url: is required"
  `)
})

test('a refused combination names both fields and the ways out', async () => {
  const { message } = await refuse('hailuo.imageToVideo', {
    model: 'hailuo-2.3-image-to-video-standard',
    prompt: 'fog',
    first_frame_image_url: image,
    duration_seconds: 10,
    output_resolution: '1080p',
  })
  expect(message).toMatchInlineSnapshot(`
    "hailuo.imageToVideo: 1 parameter breaks the rules of hailuo-2.3-image-to-video-standard
      duration_seconds: cannot be 10 together with output_resolution 1080p: use duration_seconds 6 or output_resolution 768p (received 10)"
  `)
})

test('a model of another endpoint is told where it belongs', async () => {
  const { message } = await refuse('hailuo.imageToVideo', {
    model: 'hailuo-02-text-to-video-pro',
    prompt: 'fog',
    first_frame_image_url: image,
  })
  expect(message).toMatchInlineSnapshot(`
    "hailuo.imageToVideo: 1 parameter breaks the rules
      model: is for hailuo.textToVideo; here it must be hailuo-02-image-to-video-pro, hailuo-02-image-to-video-standard, hailuo-2.3-image-to-video-pro or hailuo-2.3-image-to-video-standard (received "hailuo-02-text-to-video-pro")"
  `)
})

test('without a known model the other fields are still checked', async () => {
  const { message } = await refuse('hailuo.textToVideo', { duration_seconds: '6', promt: 'fog', loop: true })
  expect(message).toMatchInlineSnapshot(`
    "hailuo.textToVideo: 5 parameters break the rules
      model: is required: hailuo-02-text-to-video-pro or hailuo-02-text-to-video-standard
      prompt: is required
      duration_seconds: must be 6 or 10, as a number (received "6")
      promt: is not a parameter of any model here; did you mean prompt? (the option extraParams sends it anyway)
      loop: is not a parameter of any model here (the option extraParams sends it anyway)"
  `)
})

test('parameters that are not an object get a heading without a count', async () => {
  const { message, issues } = await refuse('hailuo.textToVideo', ['fog'])
  expect(message).toMatchInlineSnapshot(`
    "hailuo.textToVideo: the parameters break the rules
      must be an object (received an array)"
  `)
  expect(issues).toEqual([{ field: '', rule: 'type', message: 'must be an object', received: 'an array' }])
})

test('a model that is filled in where it is left out need not be given as null', async () => {
  const { message } = await refuse('luma.modifyVideo', {
    model: null,
    prompt: 'fog',
    source_video_url: 'https://example.com/walk.mp4',
  })
  expect(message).toMatchInlineSnapshot(`
    "luma.modifyVideo: 1 parameter breaks the rules
      model: must not be null: leave it out instead of null (received null)"
  `)
})

test("the sentences of the application's own zod are not asked for", async () => {
  const { localeError } = z.config()
  onTestFinished(() => void z.config({ localeError }))
  z.config({
    localeError: () => {
      throw new Error('not translated')
    },
  })
  const { issues } = await refuse('hailuo.textToVideo', { prompt: 5 })
  expect(issues.map(({ field, rule }) => `${field} ${rule}`)).toEqual(['model required', 'prompt type'])
})

test('what passes is exactly what was given', () => {
  const params = { model: 'hailuo-02-text-to-video-standard', prompt: 'fog', duration_seconds: 6 }
  const schema = endpointNamed('hailuo.textToVideo')?.params as StandardSchema
  const passed = validateParams('hailuo.textToVideo', schema, params)
  expect(passed).toStrictEqual(params)
  expect(passed).not.toBe(params)
})

test('a schema of another library is checked with its own sentences', async () => {
  const schema = z.object({ prompt: z.string(), frames: z.array(z.object({ url: z.url('is no URL') })) })
  expect(validateParams('veo.generate', schema, { prompt: 'fog', frames: [] })).toEqual({
    prompt: 'fog',
    frames: [],
  })
  const error = await refusal(() =>
    validateParams('veo.generate', schema, { prompt: 5, frames: [{ url: 'x' }] }),
  )
  expect(error.message).toMatchInlineSnapshot(`
    "veo.generate: 2 parameters break the rules
      prompt: Invalid input: expected string, received number
      frames.0.url: is no URL"
  `)
  expect(error.issues.map(({ field, rule }) => [field, rule])).toEqual([
    ['prompt', 'schema'],
    ['frames.0.url', 'schema'],
  ])
})

test('a schema that changes its input passes on what it made of it', () => {
  const schema = z.object({ prompt: z.string().trim() })
  expect(validateParams('veo.generate', schema, { prompt: ' fog ' })).toEqual({ prompt: 'fog' })
})

test('an asynchronous schema passes and refuses by a promise', async () => {
  const schema = z.object({ prompt: z.string().refine(async (prompt) => prompt !== 'bad', 'is bad') })
  await expect(validateParams('veo.generate', schema, { prompt: 'fog' })).resolves.toEqual({ prompt: 'fog' })
  const promise = validateParams('veo.generate', schema, { prompt: 'bad' })
  expect(promise).toBeInstanceOf(Promise)
  const { message } = await refusal(() => promise)
  expect(message).toBe('veo.generate: 1 parameter breaks the rules\n  prompt: is bad')
})

const failing = (...issues: StandardIssue[]): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) },
})

test('a path may have objects with a key, or be left out', async () => {
  const schema = failing({ message: 'is odd', path: [{ key: 'a' }, 0] }, { message: 'Unrecognized key: "x"' })
  const { message } = await refusal(() => validateParams('veo.generate', schema, {}))
  expect(message).toBe('veo.generate: the parameters break the rules\n  a.0: is odd\n  Unrecognized key: "x"')
})

test('a rule or a field that another library names in its own way is not read', async () => {
  const schema = failing(
    { message: 'is odd', path: ['a'], rule: 'mine' } as StandardIssue,
    { message: 'is even', path: ['b'], field: 'c' } as StandardIssue,
  )
  const { issues } = await refusal(() => validateParams('veo.generate', schema, {}))
  expect(issues).toEqual([
    { field: 'a', rule: 'schema', message: 'is odd' },
    { field: 'b', rule: 'schema', message: 'is even' },
  ])
})

test.each([null, 'big', ['big'], 5])(
  'a schema whose models are %j has no table of models',
  async (models) => {
    const schema = { ...failing({ message: 'is odd', path: ['a'] }), models }
    const { message } = await refusal(() => validateParams('veo.generate', schema, { model: 'big' }))
    expect(message).toBe('veo.generate: 1 parameter breaks the rules\n  a: is odd')
  },
)

test.each([
  'cdn.example.com/in.mp4?sig=SECRET',
  '//cdn.example.com/in.mp4?sig=SECRET',
  'cdn.example.com/in.mp4#sig=SECRET',
  'cdn.example.com/in.mp4&sig=SECRET',
  'cdn.example.com%2Fin.mp4%3Fsig%3DSECRET',
  'https://cdn.example.com/in.mp4&sig=SECRET',
  'https://cdn.example.com/in.mp4%26sig=SECRET',
  'https://cdn.example.com/in.mp4%23sig%3DSECRET',
  'https://user:SECRET%40cdn.example.com/in.mp4',
])('a sentence of another library never shows the secret of %s', async (url) => {
  const schema = failing({ message: `Not a URL: ${url}`, path: ['source'] })
  const { message } = await refusal(() => validateParams('veo.generate', schema, {}))
  expect(message).toContain('source: Not a URL: ')
  expect(message).toContain('cdn.example.com')
  expect(message).not.toContain('SECRET')
})

test('a sentence of another library loses the secrets of a URL in it, and is kept on one short line', async () => {
  const url = 'https://user:pass@cdn.example.com/in.mp4?X-Amz-Signature=abc#frag'
  const schema = failing({ message: `Received ${url}\n  ${'x'.repeat(5000)}`, path: ['source'] })
  const { message, issues } = await refusal(() => validateParams('veo.generate', schema, {}))
  expect(message).toContain('source: Received https://cdn.example.com/in.mp4?[redacted] xxx')
  expect(message).not.toMatch(/pass|Signature|abc|frag/)
  expect(issues[0]?.message.length).toBe(300)
})
