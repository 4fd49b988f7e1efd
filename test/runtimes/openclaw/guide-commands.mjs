import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../consumer.mjs'
import { API_KEY } from '../programs/program.mjs'

/** The commands of docs/openclaw.md, in their order. */
const commandsInGuide = () => {
  const guide = readFileSync(join(ROOT, 'docs/openclaw.md'), 'utf8')
  const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  )
  return blocks.filter((line) => line.startsWith('openclaw '))
}

/** The words of a command, as a shell reads them. @param {string} line */
const words = (line) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  )

/**
 * Runs the guide's commands word for word; only the tarball stands in for the registry, and this row's emulator for the
 * one that the guide starts.
 * @param {ReturnType<typeof import('./open-claw.mjs').createOpenClaw>} openClaw
 * @param {import('../row.mjs').RowContext} context
 */
export const guideCommands = async (openClaw, { baseUrl, emulator }) => {
  /** @type {string[]} */
  const complaints = []
  for (const line of commandsInGuide()) {
    const [, ...args] = words(line.replace('http://127.0.0.1:4010', baseUrl))
    const tarball = `npm-pack:${join(openClaw.workspace, 'runapi-video.tgz')}`
    const install = ['plugins', 'install', '--force', '--accept-capabilities', tarball]
    const isInstall = args.join(' ') === 'plugins install runapi-video'
    await openClaw.run(isInstall ? install : args, { RUNAPI_API_KEY: API_KEY })
    if (isInstall) {
      const providers = JSON.parse(await openClaw.run(['infer', 'video', 'providers', '--json']).then(jsonIn))
      const models =
        providers.generation?.find((/** @type {any} */ each) => each.id === 'runapi')?.models ?? []
      if (!models.includes('auto') || !models.includes('luma-modify-video'))
        complaints.push(`the provider list names of runapi: ${models.join(', ') || 'nothing'}`)
    }
  }
  const { size } = statSync(join(openClaw.workspace, 'marble.mp4'))
  if (size < 100) complaints.push(`marble.mp4 has ${size} bytes`)
  const bought = emulator.tasks.map(({ params }) => params)
  const expected = [
    {
      model: 'hailuo-02-text-to-video-standard',
      prompt: 'A glass marble rolls across a desk',
      duration_seconds: 6,
    },
  ]
  if (JSON.stringify(bought) !== JSON.stringify(expected))
    complaints.push(`the guide's commands bought ${JSON.stringify(bought)}`)
  return complaints
}

/** The JSON document in an output that begins with other lines. @param {string} output */
const jsonIn = (output) => output.slice(output.search(/^\{/m), output.lastIndexOf('}') + 1)
