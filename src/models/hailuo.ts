import { described, fileUrl, flag, httpUrl, joined, oneOf, optional, text } from '../schema/columns'
import { modelTable, supported } from '../schema/model-table'
import type { ModelParams } from '../schema/model-types'
import { schedules } from '../waiting/poll-schedule'
import type { ModelEndpoint } from './endpoint'

const allModels = {
  /** What the video shows, in words: scene, camera movement, light. */
  prompt: described('What the video shows, in words: scene, camera movement, light.', text),
  /** Whether the service may rewrite the prompt to get a better video. */
  prompt_optimizer: described(
    'Whether the service may rewrite the prompt to get a better video.',
    optional(flag),
  ),
  /** Whether the service checks the content of prompt and images. */
  enable_safety_checker: described(
    'Whether the service checks the content of prompt and images.',
    optional(flag),
  ),
  /** An http(s) URL to which the service POSTs the final state; `verifyWebhook` reads it. */
  callback_url: described(
    'An http(s) URL to which the service POSTs the final state; `verifyWebhook` reads it.',
    optional(httpUrl),
  ),
}

const textToVideoTable = modelTable({
  shared: allModels,
  perModel: {
    /** The length of the video in seconds. The service takes 10 where it is left out. */
    duration_seconds: described(
      'The length of the video in seconds. The service takes 10 where it is left out.',
      optional(oneOf(6, 10), 'only standard models take it: the length is fixed on pro'),
    ),
    /** The resolution of the video. */
    output_resolution: described(
      'The resolution of the video.',
      optional(oneOf('512p', '768p'), 'only standard models take it: pro is always 1080p'),
    ),
  },
  models: {
    'hailuo-02-text-to-video-pro': {},
    'hailuo-02-text-to-video-standard': { duration_seconds: supported, output_resolution: supported },
  },
  hints: { 'hailuo.imageToVideo': /-image-to-video-/ },
})

const imageToVideoTable = modelTable({
  shared: joined(allModels, {
    /** The image that the video begins with: an http(s) URL that anyone can fetch, or an uploaded file. */
    first_frame_image_url: described(
      'The image that the video begins with: an http(s) URL that anyone can fetch, or an uploaded file.',
      fileUrl,
    ),
  }),
  perModel: {
    /** The image that the video ends with: an http(s) URL that anyone can fetch, or an uploaded file. */
    last_frame_image_url: described(
      'The image that the video ends with: an http(s) URL that anyone can fetch, or an uploaded file.',
      optional(fileUrl, 'only Hailuo 02 image-to-video models take it'),
    ),
    /** The length of the video in seconds. The service takes 10 where it is left out. */
    duration_seconds: described(
      'The length of the video in seconds. The service takes 10 where it is left out.',
      optional(oneOf(6, 10), 'only standard models take it: the length is fixed on pro'),
    ),
    /** The resolution of the video. On Hailuo 2.3, 1080p does not go with 10 seconds. */
    output_resolution: described(
      'The resolution of the video. On Hailuo 2.3, 1080p does not go with 10 seconds.',
      optional(oneOf('512p', '768p', '1080p'), 'Hailuo 02 pro does not take it: it is always 1080p'),
    ),
  },
  models: {
    'hailuo-02-image-to-video-pro': { last_frame_image_url: supported },
    'hailuo-02-image-to-video-standard': {
      last_frame_image_url: supported,
      duration_seconds: supported,
      output_resolution: ['512p', '768p'],
    },
    'hailuo-2.3-image-to-video-pro': { output_resolution: ['768p', '1080p'] },
    'hailuo-2.3-image-to-video-standard': {
      duration_seconds: supported,
      output_resolution: ['768p', '1080p'],
    },
  },
  // Refused by the service since 2026-09-29 (vendor's changelog); 2.3 pro has no duration to combine.
  forbidden: [{ duration_seconds: 10, output_resolution: '1080p' }],
  hints: { 'hailuo.textToVideo': /-text-to-video-/ },
})

/** Parameters of `hailuo.textToVideo`; which fields there are depends on `model`. */
export type HailuoTextToVideoParams = Hailuo02TextToVideoProParams | Hailuo02TextToVideoStandardParams

/** Parameters of `hailuo-02-text-to-video-pro`. */
export interface Hailuo02TextToVideoProParams
  extends ModelParams<typeof textToVideoTable, 'hailuo-02-text-to-video-pro'> {
  /** The model. Which other fields there are depends on it. */
  model: 'hailuo-02-text-to-video-pro'
}

/** Parameters of `hailuo-02-text-to-video-standard`. */
export interface Hailuo02TextToVideoStandardParams
  extends ModelParams<typeof textToVideoTable, 'hailuo-02-text-to-video-standard'> {
  /** The model. Which other fields there are depends on it. */
  model: 'hailuo-02-text-to-video-standard'
}

/** Parameters of `hailuo.imageToVideo`; which fields there are depends on `model`. */
export type HailuoImageToVideoParams =
  | Hailuo02ImageToVideoProParams
  | Hailuo02ImageToVideoStandardParams
  | Hailuo23ImageToVideoProParams
  | Hailuo23ImageToVideoStandardParams

/** Parameters of `hailuo-02-image-to-video-pro`. */
export interface Hailuo02ImageToVideoProParams
  extends ModelParams<typeof imageToVideoTable, 'hailuo-02-image-to-video-pro'> {
  /** The model. Which other fields there are depends on it. */
  model: 'hailuo-02-image-to-video-pro'
}

/** Parameters of `hailuo-02-image-to-video-standard`. */
export interface Hailuo02ImageToVideoStandardParams
  extends ModelParams<typeof imageToVideoTable, 'hailuo-02-image-to-video-standard'> {
  /** The model. Which other fields there are depends on it. */
  model: 'hailuo-02-image-to-video-standard'
}

/** Parameters of `hailuo-2.3-image-to-video-pro`. */
export interface Hailuo23ImageToVideoProParams
  extends ModelParams<typeof imageToVideoTable, 'hailuo-2.3-image-to-video-pro'> {
  /** The model. Which other fields there are depends on it. */
  model: 'hailuo-2.3-image-to-video-pro'
}

/** Parameters of `hailuo-2.3-image-to-video-standard`. */
export interface Hailuo23ImageToVideoStandardParams
  extends ModelParams<typeof imageToVideoTable, 'hailuo-2.3-image-to-video-standard'> {
  /** The model. Which other fields there are depends on it. */
  model: 'hailuo-2.3-image-to-video-standard'
}

const timings = {
  typicalMs: [60_000, 120_000],
  // Fitted to those times by simulation, closer than what `typicalMs` alone would give: docs/waiting.md.
  schedule: schedules.typical({ probeMs: 5_000, firstMs: 38_000, everyMs: 5_000, rho: 0.02, maxMs: 15_000 }),
} satisfies Pick<ModelEndpoint<string, unknown>, 'typicalMs' | 'schedule'>

const textToVideo: ModelEndpoint<'hailuo.textToVideo', HailuoTextToVideoParams> = {
  name: 'hailuo.textToVideo',
  path: '/api/v1/hailuo/text_to_video',
  params: textToVideoTable,
  ...timings,
}

const imageToVideo: ModelEndpoint<'hailuo.imageToVideo', HailuoImageToVideoParams> = {
  name: 'hailuo.imageToVideo',
  path: '/api/v1/hailuo/image_to_video',
  params: imageToVideoTable,
  ...timings,
}

export const hailuo = {
  /** A video from a prompt, usually within 60 to 120 seconds. */
  textToVideo,
  /** A video from a first image, a prompt and, in Hailuo 02, a last image, usually within 60 to 120 seconds. */
  imageToVideo,
}
