// Two processes, one task: the first buys it and ends, the second waits for it.
//   RUNAPI_API_KEY=… node resume-from-json.mjs submit
//   RUNAPI_API_KEY=… node resume-from-json.mjs resume
import { readFile, writeFile } from 'node:fs/promises'
import { RunApiClient } from 'runapi-video'

const [step, file = 'task.json'] = process.argv.slice(2)
const runapi = new RunApiClient()

if (step === 'submit') {
  await writeFile(file, '', { flag: 'wx' }) // before the purchase: the handle needs its place, and no other may be lost
  const task = await runapi.luma.modifyVideo({
    prompt: 'Turn the street into a canal',
    source_video_url: 'https://example.com/street.mp4',
  })
  await writeFile(file, JSON.stringify(task)) // plain data, no secret in it
  console.log('submitted:', task.id)
} else if (step === 'resume') {
  const task = runapi.task(await readFile(file, 'utf8'))
  const { videos } = await task.wait()
  console.log(videos[0].url)
} else {
  console.error('usage: node resume-from-json.mjs submit|resume [file]')
  process.exitCode = 2
}
