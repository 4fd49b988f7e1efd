import { statSync } from 'node:fs'
import { join } from 'node:path'
import { API_KEY } from '../programs/program.mjs'
import { createOpenClaw } from './open-claw.mjs'

/**
 * Where the key may stand beside the environment: in the user's configuration of RunAPI's chat, in an agent's own
 * profile, and where onboarding stores it. The emulator takes one key only.
 * @param {ReturnType<typeof import('./open-claw.mjs').createOpenClaw>} openClaw
 * @param {import('../row.mjs').RowContext} context
 */
export const keys = async (openClaw, { baseUrl, emulator }) => {
  /** @type {string[]} */
  const complaints = []
  const expect = (/** @type {string} */ what, /** @type {unknown} */ seen, /** @type {unknown} */ wanted) => {
    if (JSON.stringify(seen) !== JSON.stringify(wanted))
      complaints.push(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`)
  }
  const chatKey = (/** @type {string} */ apiKey) =>
    openClaw.configure((config) => {
      config.plugins.entries['runapi-video'].config = { baseUrl }
      config.models = { providers: { runapi: { baseUrl: 'https://runapi.ai/v1', apiKey, models: [] } } }
    })
  const bought = () => emulator.tasks.length
  let before = bought()

  chatKey(API_KEY)
  openClaw.configure((config) => {
    delete config.agents.defaults.mediaModels
  })
  await openClaw.withGateway({}, async ({ invoke, log }) => {
    const chat = await invoke({ prompt: 'With the key of the chat' })
    if (!chat.ok) complaints.push(`with the key of the chat: ${JSON.stringify(chat)} ${log().slice(-1500)}`)
  })
  expect('with the key of the chat, tasks', bought() - before, 1)

  before = bought()
  chatKey('another-key')
  const painters = join(openClaw.workspace, 'painter')
  await openClaw.run(['agents', 'add', 'painter', '--non-interactive', '--workspace', painters])
  await openClaw.run(
    ['models', 'auth', '--agent', 'painter', 'paste-api-key', '--provider', 'runapi'],
    {},
    API_KEY,
  )
  // A gateway tells a provider of no agent where a tool is invoked, so this shows only that the profile is found.
  await openClaw.withGateway({}, async ({ invoke, log }) => {
    const painter = await invoke({ prompt: 'Of the painter' }, 'agent:painter:cron:matrix:run:invoke')
    if (!painter.ok) complaints.push(`the painter: ${JSON.stringify(painter)} ${log().slice(-1500)}`)
  })
  expect("with an agent's own key, tasks", bought() - before, 1)

  // A new installation.
  const fresh = createOpenClaw()
  try {
    before = bought()
    const tarball = `npm-pack:${join(openClaw.workspace, 'runapi-video.tgz')}`
    await fresh.run(['plugins', 'install', '--force', '--accept-capabilities', tarball])
    const onboard = ['onboard', '--non-interactive', '--accept-risk', '--skip-health']
    await fresh.run([...onboard, '--runapi-api-key', API_KEY])
    fresh.configure((config) => {
      config.plugins.entries['runapi-video'].config = { baseUrl }
    })
    const clip = ['--prompt', 'After onboarding', '--duration', '6', '--output', 'clip.mp4']
    await fresh.run(['infer', 'video', 'generate', '--model', 'runapi/auto', ...clip])
    expect('with the key of onboarding, tasks', bought() - before, 1)
    if (statSync(join(fresh.workspace, 'clip.mp4')).size < 100) complaints.push('clip.mp4 is empty')
  } finally {
    fresh.remove()
  }
  return complaints
}
