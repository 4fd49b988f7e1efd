import type { CreatedTask, EndpointDefinition, RunApiClient, Task, VideoResult } from 'runapi-video'
import { expectTypeOf, test } from 'vitest'

declare const runapi: RunApiClient
const source_video_url = 'https://example.com/in.mp4'
const text = { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' } as const
const image = {
  model: 'hailuo-2.3-image-to-video-pro',
  prompt: 'Rain',
  first_frame_image_url: source_video_url,
} as const

const creates = {
  luma: () => runapi.luma.modifyVideo({ prompt: 'Rain', source_video_url }),
  text: () => runapi.hailuo.textToVideo(text),
  image: () => runapi.hailuo.imageToVideo(image),
  handedOn: () => runapi.luma.modifyVideo({ prompt: 'Rain', source_video_url }).wait().task,
}

test('a task that comes from a create has its key, its time and its model', () => {
  type Created = Awaited<ReturnType<(typeof creates)[keyof typeof creates]>>
  expectTypeOf<Created>().toEqualTypeOf<CreatedTask<VideoResult>>()
  expectTypeOf<Created['idempotencyKey']>().toEqualTypeOf<string>()
  expectTypeOf<Created['createdAt']>().toEqualTypeOf<string>()
  expectTypeOf<Created['model']>().toEqualTypeOf<string>()
})

test('so has one of an endpoint of the user', () => {
  const definition = {} as EndpointDefinition<'flux.textToImage', { prompt: string }, { images: string[] }>
  const create = runapi.endpoint(definition)
  expectTypeOf<Awaited<ReturnType<typeof create>>>().toEqualTypeOf<CreatedTask<{ images: string[] }>>()
})

test('a handle that was revived may lack all three', () => {
  const revived = runapi.task('luma.modifyVideo', 'tsk_1')
  expectTypeOf(revived.idempotencyKey).toEqualTypeOf<string | undefined>()
  expectTypeOf(revived.createdAt).toEqualTypeOf<string | undefined>()
  expectTypeOf(revived.model).toEqualTypeOf<string | undefined>()
  // @ts-expect-error it is not the task of a create
  revived satisfies CreatedTask
})

test('a task of a create is taken wherever a handle is', () => {
  expectTypeOf<CreatedTask>().toExtend<Task>()
})
