import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expectTypeOf, test } from 'vitest'
import type { Video } from '../../src/contract/task-state'
import type { UploadedFile } from '../../src/contract/uploaded-file'
import {
  type EndpointName,
  families,
  type HailuoImageToVideoParams,
  type HailuoTextToVideoParams,
  type LumaModifyVideoParams,
  schemas,
} from '../../src/models'
import type { EndpointDefinition } from '../../src/models/endpoint'

const image = 'https://example.com/first.png'
const take = (_params: HailuoImageToVideoParams): void => {}
const takeText = (_params: HailuoTextToVideoParams): void => {}
const takeLuma = (_params: LumaModifyVideoParams): void => {}

type Same<A> = { [K in keyof A]: A[K] }
type Input = string | URL | UploadedFile | Video

test('the parameters are those of the table, field by field', () => {
  expectTypeOf<Same<LumaModifyVideoParams>>().toEqualTypeOf<{
    model?: 'luma-modify-video' | undefined
    prompt: string
    source_video_url: Input
    watermark?: boolean | undefined
    callback_url?: string | URL | undefined
  }>()
  type Common = {
    prompt: string
    prompt_optimizer?: boolean | undefined
    enable_safety_checker?: boolean | undefined
    callback_url?: string | URL | undefined
  }
  expectTypeOf<Same<HailuoTextToVideoParams>>().toEqualTypeOf<
    | Same<Common & { model: 'hailuo-02-text-to-video-pro' }>
    | Same<
        Common & {
          model: 'hailuo-02-text-to-video-standard'
          duration_seconds?: 6 | 10 | undefined
          output_resolution?: '512p' | '768p' | undefined
        }
      >
  >()
  type Framed = Common & { first_frame_image_url: Input }
  expectTypeOf<Same<HailuoImageToVideoParams>>().toEqualTypeOf<
    | Same<
        Framed & {
          model: 'hailuo-02-image-to-video-pro'
          last_frame_image_url?: Input | undefined
        }
      >
    | Same<
        Framed & {
          model: 'hailuo-02-image-to-video-standard'
          last_frame_image_url?: Input | undefined
          duration_seconds?: 6 | 10 | undefined
          output_resolution?: '512p' | '768p' | undefined
        }
      >
    | Same<
        Framed & { model: 'hailuo-2.3-image-to-video-pro'; output_resolution?: '768p' | '1080p' | undefined }
      >
    | Same<
        Framed & {
          model: 'hailuo-2.3-image-to-video-standard'
          duration_seconds?: 6 | 10 | undefined
          output_resolution?: '768p' | '1080p' | undefined
        }
      >
  >()
})

test('every model of a table has its parameters', () => {
  expectTypeOf<HailuoTextToVideoParams['model']>().toEqualTypeOf<
    keyof typeof schemas.hailuo.textToVideo.models
  >()
  expectTypeOf<HailuoImageToVideoParams['model']>().toEqualTypeOf<
    keyof typeof schemas.hailuo.imageToVideo.models
  >()
  expectTypeOf<keyof typeof schemas.luma.modifyVideo.models>().toEqualTypeOf<'luma-modify-video'>()
})

test('a field of another model does not compile', () => {
  take({
    model: 'hailuo-2.3-image-to-video-pro',
    prompt: 'fog',
    first_frame_image_url: image,
    // @ts-expect-error only Hailuo 02 takes it
    last_frame_image_url: image,
  })
  take({
    model: 'hailuo-02-image-to-video-pro',
    prompt: 'fog',
    first_frame_image_url: image,
    // @ts-expect-error the length is fixed on pro
    duration_seconds: 6,
  })
  // @ts-expect-error the length is fixed on pro
  takeText({ model: 'hailuo-02-text-to-video-pro', prompt: 'fog', duration_seconds: 6 })
  // @ts-expect-error no resolution on 02 pro
  takeText({ model: 'hailuo-02-text-to-video-pro', prompt: 'fog', output_resolution: '768p' })
  // @ts-expect-error a resolution of Hailuo 2.3
  takeText({ model: 'hailuo-02-text-to-video-standard', prompt: 'fog', output_resolution: '1080p' })
})

test('a missing field, a null, a wrong value and a model of another endpoint do not compile', () => {
  // @ts-expect-error no first frame
  take({ model: 'hailuo-2.3-image-to-video-pro', prompt: 'fog' })
  // @ts-expect-error no model
  takeText({ prompt: 'fog' })
  // @ts-expect-error there is no 2.3 for text
  takeText({ model: 'hailuo-2.3-text-to-video-pro', prompt: 'fog' })
  // @ts-expect-error 7 is not a length
  takeText({ model: 'hailuo-02-text-to-video-standard', prompt: 'fog', duration_seconds: 7 })
  // @ts-expect-error null is not a value
  takeLuma({ prompt: 'fog', source_video_url: image, watermark: null })
  // @ts-expect-error misspelt
  takeLuma({ promt: 'fog', source_video_url: image })
})

test('undefined is allowed where a field may be left out', () => {
  takeLuma({ model: undefined, prompt: 'fog', source_video_url: image, watermark: undefined })
  takeText({ model: 'hailuo-02-text-to-video-standard', prompt: 'fog', duration_seconds: undefined })
})

test('a model that is known only as a union is taken with what all of the union take', () => {
  const model = 'hailuo-02-image-to-video-pro' as HailuoImageToVideoParams['model']
  take({ model, prompt: 'fog', first_frame_image_url: image })
  const standard = 'hailuo-02-image-to-video-standard' as Extract<typeof model, `${string}standard`>
  const seconds = 6 as 6 | 10
  take({
    model: standard,
    prompt: 'fog',
    first_frame_image_url: image,
    duration_seconds: seconds,
    output_resolution: '768p',
  })
})

test('the schemas are Standard Schemas that answer synchronously', () => {
  expectTypeOf(schemas.hailuo.imageToVideo).toExtend<StandardSchemaV1<HailuoImageToVideoParams>>()
  const result = schemas.luma.modifyVideo['~standard'].validate({})
  if (result.issues === undefined) expectTypeOf(result.value).toEqualTypeOf<LumaModifyVideoParams>()
  expectTypeOf<
    StandardSchemaV1.InferOutput<typeof schemas.luma.modifyVideo>
  >().toEqualTypeOf<LumaModifyVideoParams>()
})

test('each endpoint is a definition that carries its name and its parameters', () => {
  expectTypeOf(families.luma.modifyVideo).toExtend<
    EndpointDefinition<'luma.modifyVideo', LumaModifyVideoParams>
  >()
  expectTypeOf<EndpointName>().toEqualTypeOf<
    'luma.modifyVideo' | 'hailuo.textToVideo' | 'hailuo.imageToVideo'
  >()
})
