import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { API_KEY } from '../programs/program.mjs'

// The smallest PNG there is.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/**
 * What the plugin makes of `video_generate`, invoked through a gateway.
 * @param {ReturnType<typeof import('./open-claw.mjs').createOpenClaw>} openClaw
 * @param {import('../row.mjs').RowContext} context
 */
export const invocations = async (openClaw, { baseUrl, emulator }) => {
  const first = join(openClaw.workspace, 'first.png')
  const last = join(openClaw.workspace, 'last.png')
  writeFileSync(first, PNG)
  // Another content, so that the two are two uploads.
  writeFileSync(last, Buffer.concat([PNG, Buffer.from([0])]))
  openClaw.configure((config) => {
    const entry = config.plugins.entries['runapi-video']
    entry.config = { baseUrl, limit: { cents: 100_000 } }
    // Where local files may lie.
    config.agents = {
      ...config.agents,
      defaults: { ...config.agents?.defaults, workspace: openClaw.workspace },
    }
  })

  /** @type {string[]} */
  const complaints = []
  const expect = (/** @type {string} */ what, /** @type {unknown} */ seen, /** @type {unknown} */ wanted) => {
    if (JSON.stringify(seen) !== JSON.stringify(wanted))
      complaints.push(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`)
  }
  /** The body of the last create, with the names of uploaded files in place of their URLs. */
  const lastBody = () => {
    const creates = emulator.requests.filter(({ method, path }) => method === 'POST' && /_video$/.test(path))
    return JSON.parse(
      JSON.stringify(creates.at(-1)?.body).replace(/"http:[^"]*?\/([^/"]+\.png)"/g, '"uploaded $1"'),
    )
  }

  await openClaw.withGateway({ RUNAPI_API_KEY: API_KEY }, async ({ invoke, log }) => {
    /** @param {string} what @param {Record<string, unknown>} args @param {Record<string, unknown>} body */
    const buys = async (what, args, body) => {
      const before = emulator.tasks.length
      const { ok, result, error } = await invoke(args)
      if (!ok) return complaints.push(`${what}: ${JSON.stringify(error)}\n${log().slice(-1500)}`)
      expect(`${what}, tasks`, emulator.tasks.length - before, 1)
      expect(`${what}, body`, lastBody(), body)
      const { id } = emulator.tasks.at(-1) ?? {}
      expect(`${what}, file name`, result.details.attachments?.[0]?.name, `runapi-${id}.mp4`)
      expect(`${what}, metadata`, result.details.metadata.taskId, id)
    }
    /** @param {string} what @param {Record<string, unknown>} args @param {RegExp} reason */
    const refuses = async (what, args, reason) => {
      const before = emulator.tasks.length
      const { ok } = await invoke(args)
      expect(`${what}, ok`, ok, false)
      expect(`${what}, tasks`, emulator.tasks.length - before, 0)
      if (!reason.test(log().slice(-6000))) complaints.push(`${what}: the log says ${log().slice(-1500)}`)
    }

    const standard = 'hailuo-02-text-to-video-standard'
    await buys(
      'text to video with options',
      {
        model: `runapi/${standard}`,
        prompt: 'Rain',
        durationSeconds: 9,
        resolution: '512P',
        providerOptions: { prompt_optimizer: true, enable_safety_checker: false },
      },
      {
        model: standard,
        prompt: 'Rain',
        prompt_optimizer: true,
        enable_safety_checker: false,
        duration_seconds: 10,
        output_resolution: '512p',
      },
    )
    await buys(
      'a pro model, whose length is fixed',
      { model: 'runapi/hailuo-02-text-to-video-pro', prompt: 'Rain', durationSeconds: 6 },
      { model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' },
    )
    await buys(
      'a first frame by URL, auto',
      {
        model: 'runapi/auto',
        prompt: 'Rain',
        image: 'https://example.com/a.png',
        resolution: '1080P',
        durationSeconds: 6,
      },
      {
        model: 'hailuo-2.3-image-to-video-standard',
        prompt: 'Rain',
        duration_seconds: 6,
        output_resolution: '1080p',
        first_frame_image_url: 'https://example.com/a.png',
      },
    )
    await buys(
      'two local files by role, the last frame first, auto',
      {
        model: 'runapi/auto',
        prompt: 'Rain',
        images: [last, first],
        imageRoles: ['last_frame', 'first_frame'],
      },
      {
        model: 'hailuo-02-image-to-video-standard',
        prompt: 'Rain',
        last_frame_image_url: 'uploaded last.png',
        first_frame_image_url: 'uploaded first.png',
      },
    )
    await buys(
      'a video by URL, with a watermark',
      {
        model: 'runapi/luma-modify-video',
        prompt: 'Night',
        video: 'https://example.com/v.mp4',
        watermark: true,
      },
      {
        model: 'luma-modify-video',
        prompt: 'Night',
        watermark: true,
        source_video_url: 'https://example.com/v.mp4',
      },
    )

    // The same again: collected, and nothing is uploaded.
    const before = emulator.requests.length
    const again = await invoke({
      model: 'runapi/auto',
      prompt: 'Rain',
      images: [last, first],
      imageRoles: ['last_frame', 'first_frame'],
    })
    const posts = emulator.requests.slice(before).filter(({ method }) => method === 'POST')
    expect('the same request again, posts', posts.length, 0)
    expect('the same request again, collected', again.result?.details.metadata.collected, true)
    await buys(
      'another take',
      {
        model: `runapi/${standard}`,
        prompt: 'Rain',
        durationSeconds: 9,
        resolution: '512P',
        providerOptions: { take: 2, prompt_optimizer: true, enable_safety_checker: false },
      },
      {
        model: standard,
        prompt: 'Rain',
        prompt_optimizer: true,
        enable_safety_checker: false,
        duration_seconds: 10,
        output_resolution: '512p',
      },
    )

    await refuses('an unknown model', { model: 'runapi/hailuo-9', prompt: 'Rain' }, /no model "hailuo-9"/)
    await refuses(
      'a last frame on Hailuo 2.3',
      { model: 'runapi/hailuo-2.3-image-to-video-pro', prompt: 'Rain', images: [first, last] },
      /at most 1|only Hailuo 02/i,
    )
    await refuses(
      '10 seconds in 1080p',
      {
        model: 'runapi/hailuo-2.3-image-to-video-standard',
        prompt: 'Rain',
        image: first,
        durationSeconds: 10,
        resolution: '1080P',
      },
      /Nothing was bought/,
    )
  })
  return complaints
}
