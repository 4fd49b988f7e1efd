import type { IncomingHttpHeaders } from 'node:http'
import { expectTypeOf, test } from 'vitest'
import type { TaskState, Video } from '../../src/contract/task-state'
import { signWebhook, verifyWebhook, type WebhookBody, type WebhookEvent } from '../../src/webhooks'

test('what frameworks give is accepted', () => {
  expectTypeOf<Buffer>().toExtend<WebhookBody>()
  type Given = Parameters<typeof verifyWebhook>[1]
  expectTypeOf<IncomingHttpHeaders>().toExtend<Given>()
  expectTypeOf<Headers>().toExtend<Given>()
  expectTypeOf<Record<string, string>>().toExtend<Given>()
  expectTypeOf<NodeJS.Dict<string | string[]>>().toExtend<Given>()
})

test('a parsed body and a missing secret do not compile', () => {
  // @ts-expect-error a parsed object
  verifyWebhook({ id: 'tsk' }, {}, 's')
  // @ts-expect-error an environment variable that may be unset
  verifyWebhook('', {}, process.env.RUNAPI_CALLBACK_SECRET)
})

test('an event holds a task state', () => {
  expectTypeOf(verifyWebhook('', {}, 's')).resolves.toEqualTypeOf<WebhookEvent>()
  expectTypeOf<WebhookEvent['task']>().toEqualTypeOf<TaskState>()
  const images = verifyWebhook('', {}, 's', { result: () => ({ images: ['a'] }) })
  expectTypeOf(images).resolves.toEqualTypeOf<WebhookEvent<{ images: string[] }>>()
  expectTypeOf<Extract<WebhookEvent['task'], { status: 'completed' }>['videos'][0]>().toEqualTypeOf<Video>()
})

test('signed headers are a fetch init', () => {
  expectTypeOf(signWebhook('', 's')).resolves.toExtend<HeadersInit>()
})
