import { described, fileUrl, flag, httpUrl, optional, text } from '../schema/columns'
import { modelTable } from '../schema/model-table'
import type { ModelParams } from '../schema/model-types'
import { schedules } from '../waiting/poll-schedule'
import type { ModelEndpoint } from './endpoint'

const modifyVideoTable = modelTable({
  shared: {
    /** What to make of the video, in words: style, light, atmosphere, scene. */
    prompt: described('What to make of the video, in words: style, light, atmosphere, scene.', text),
    /** The video to modify: an http(s) URL of an MP4 or MOV file that anyone can fetch, an uploaded file, or a video of a result. */
    source_video_url: described(
      'The video to modify: an http(s) URL of an MP4 or MOV file that anyone can fetch, an uploaded file, or a video of a result.',
      fileUrl,
    ),
    /** Whether the output carries a watermark. */
    watermark: described('Whether the output carries a watermark.', optional(flag)),
    /** An http(s) URL to which the service POSTs the final state; `verifyWebhook` reads it. */
    callback_url: described(
      'An http(s) URL to which the service POSTs the final state; `verifyWebhook` reads it.',
      optional(httpUrl),
    ),
  },
  models: {
    'luma-modify-video': {},
  },
  defaultModel: 'luma-modify-video',
})

/** Parameters of `luma.modifyVideo`. */
export interface LumaModifyVideoParams extends ModelParams<typeof modifyVideoTable, 'luma-modify-video'> {
  /** The model. Filled in if it is left out. */
  model?: 'luma-modify-video' | undefined
}

const modifyVideo: ModelEndpoint<'luma.modifyVideo', LumaModifyVideoParams> = {
  name: 'luma.modifyVideo',
  path: '/api/v1/luma/modify_video',
  params: modifyVideoTable,
  defaults: { model: 'luma-modify-video' },
  typicalMs: [30_000, 120_000],
  // The price is flat, whatever the length (vendor's docs).
  priceIgnores: ['source_video_url'],
  // Fitted to those times by simulation, closer than what `typicalMs` alone would give: docs/waiting.md.
  schedule: schedules.typical({ probeMs: 5_000, firstMs: 20_000, everyMs: 4_400, rho: 0.02, maxMs: 15_000 }),
}

export const luma = {
  /** A video from a video and a prompt, usually within 30 to 120 seconds. */
  modifyVideo,
}
