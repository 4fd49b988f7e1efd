import { fileUrl, flag, httpUrl, optional, text } from '../schema/columns'
import type { ModelParams } from '../schema/model-params'
import { modelTable } from '../schema/model-table'
import { schedules } from '../waiting/poll-schedule'
import type { ModelEndpoint } from './model-endpoint'

const modifyVideoTable = modelTable({
  every: {
    /** What to make of the video, in words: style, light, atmosphere, scene. */
    prompt: text,
    /** The video to modify: an http(s) URL of an MP4 or MOV file that anyone can fetch, or an uploaded file. */
    source_video_url: fileUrl,
    /** Whether the output carries a watermark. */
    watermark: optional(flag),
    /** An http(s) URL to which the service POSTs the final state; `verifyWebhook` reads it. */
    callback_url: optional(httpUrl),
  },
  models: {
    'luma-modify-video': {},
  },
  defaultModel: 'luma-modify-video',
})

/** Parameters of `luma.modifyVideo`. */
export interface LumaModifyVideoParams extends ModelParams<typeof modifyVideoTable, 'luma-modify-video'> {}

const modifyVideo: ModelEndpoint<'luma.modifyVideo', LumaModifyVideoParams> = {
  name: 'luma.modifyVideo',
  path: '/api/v1/luma/modify_video',
  params: modifyVideoTable,
  defaults: { model: 'luma-modify-video' },
  schedule: schedules.luma,
}

export const luma = {
  /** A video from a video and a prompt, usually within 30 to 120 seconds. */
  modifyVideo,
}
