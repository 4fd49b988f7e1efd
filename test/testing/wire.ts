/** Requests as curl would send them: no client in between. */
export const LUMA = 'https://runapi.ai/api/v1/luma/modify_video'
export const TEXT_TO_VIDEO = 'https://runapi.ai/api/v1/hailuo/text_to_video'
export const IMAGE_TO_VIDEO = 'https://runapi.ai/api/v1/hailuo/image_to_video'

export const lumaBody = {
  model: 'luma-modify-video',
  prompt: 'Transform the scene into a foggy autumn morning with golden light filtering through trees',
  source_video_url: 'https://example.com/park-walk.mp4',
} as const

export const hailuoBody = {
  model: 'hailuo-02-text-to-video-pro',
  prompt: 'A glass marble rolls across a wooden desk, catches the edge, and falls in slow motion.',
} as const

export const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { authorization: 'Bearer test-key', 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

export const get: RequestInit = { headers: { authorization: 'Bearer test-key' } }
