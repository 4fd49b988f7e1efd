// A local image becomes a video on the disk: RUNAPI_API_KEY=… node local-file.mjs [image] [folder]
import { mkdir } from 'node:fs/promises'
import { RunApiClient } from 'runapi-video'
import { downloadVideo, uploadFile } from 'runapi-video/node'

const runapi = new RunApiClient()
const [image = 'first.png', folder = 'out'] = process.argv.slice(2)

await mkdir(folder, { recursive: true }) // before the purchase: a video needs its place
const file = await uploadFile(runapi, image) // the service keeps it for an hour
const { videos } = await runapi.hailuo
  .imageToVideo({
    model: 'hailuo-2.3-image-to-video-standard',
    prompt: 'The camera circles slowly',
    first_frame_image_url: file,
  })
  .wait()

const saved = await downloadVideo(videos[0], folder, { runapi })
console.log(`${videos[0].url} → ${saved.path} (${saved.bytes} bytes)`)
