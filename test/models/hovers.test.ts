import { expect, test } from 'vitest'
import { openEditor } from '../support/open-editor'

const open = (params: string) =>
  openEditor(process.cwd(), {
    'consumer.ts': `
      import type { HailuoImageToVideoParams, LumaModifyVideoParams } from './src/models'
      import { schemas } from './src/models'
      declare const imageToVideo: (params: /*type*/HailuoImageToVideoParams) => void
      declare const modifyVideo: (params: LumaModifyVideoParams) => void
      ${params}
    `,
  })

const image = `prompt: 'fog', first_frame_image_url: 'https://example.com/first.png'`

test('hovering over a parameter shows its type and its docs', () => {
  const editor = open(`
    imageToVideo({
      /*model*/model: 'hailuo-02-image-to-video-standard',
      /*prompt*/prompt: 'fog',
      /*first*/first_frame_image_url: 'https://example.com/first.png',
      /*last*/last_frame_image_url: 'https://example.com/last.png',
      /*resolution*/output_resolution: '768p',
    })
    schemas.hailuo./*schema*/imageToVideo
  `)
  expect(editor.compileErrors()).toEqual([])
  const hovers = ['type', 'model', 'prompt', 'first', 'last', 'resolution', 'schema'].map((it) =>
    editor.hover(`/*${it}*/`),
  )
  expect(hovers.join('\n\n')).toMatchInlineSnapshot(`
    "(alias) type HailuoImageToVideoParams = Hailuo02ImageToVideoProParams | Hailuo02ImageToVideoStandardParams | Hailuo23ImageToVideoProParams | Hailuo23ImageToVideoStandardParams
    import HailuoImageToVideoParams
    Parameters of \`hailuo.imageToVideo\`; which fields there are depends on \`model\`.

    (property) Hailuo02ImageToVideoStandardParams.model: "hailuo-02-image-to-video-standard"
    The model. Which other fields there are depends on it.

    (property) prompt: string
    What the video shows, in words: scene, camera movement, light.

    (property) first_frame_image_url: string | URL | UploadedFile | Video
    The image that the video begins with: an http(s) URL that anyone can fetch, or an uploaded file.

    (property) last_frame_image_url?: string | URL | UploadedFile | Video | undefined
    The image that the video ends with: an http(s) URL that anyone can fetch, or an uploaded file.

    (property) output_resolution?: "512p" | "768p" | undefined
    The resolution of the video. On Hailuo 2.3, 1080p does not go with 10 seconds.

    (property) imageToVideo: ModelSchema<HailuoImageToVideoParams>
    A video from a first image, a prompt and, in Hailuo 02, a last image, usually within 60 to 120 seconds."
  `)
})

test.each([
  ['a field of another model', `last_frame_image_url: 'https://example.com/last.png'`],
  ['a misspelt field', `output_resolutoin: '768p'`],
  ['a value of another model', `output_resolution: '512p'`],
])('the compile error of %s names the parameters of the model', (_, field) => {
  const errors = open(
    `imageToVideo({ model: 'hailuo-2.3-image-to-video-pro', ${image}, ${field} })`,
  ).compileErrors()
  expect(errors).toHaveLength(1)
  expect(errors[0]?.split('\n').length).toBeLessThanOrEqual(10)
  expect(errors[0]).toMatchSnapshot()
})

test('the compile error of a wrong field of Luma names its parameters, too', () => {
  const source = `prompt: 'fog', source_video_url: 'https://example.com/a.mp4'`
  const errors = open(`modifyVideo({ ${source}, loop: true })`).compileErrors()
  expect(errors).toEqual([
    "Object literal may only specify known properties, and 'loop' does not exist in type 'LumaModifyVideoParams'.",
  ])
})

test('completion offers the fields of the chosen model only', () => {
  const editor = open(`imageToVideo({ model: 'hailuo-2.3-image-to-video-pro', /*here*/ })`)
  expect(editor.completions('/*here*/')).toEqual(
    expect.arrayContaining(['prompt', 'first_frame_image_url', 'output_resolution']),
  )
  expect(editor.completions('/*here*/')).not.toContain('duration_seconds')
})
