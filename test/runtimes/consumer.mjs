import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @param {string[]} args @param {string} cwd */
const npm = (args, cwd) => {
  // A bundler of an earlier row sets it to production, and npm then leaves out the development packages.
  const { NODE_ENV: _, ...env } = process.env
  return execFileSync('npm', [...args, '--silent', '--no-audit', '--no-fund'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/**
 * Packs the library as for the registry and installs the tarball in a folder outside the repository, as a user would;
 * beside it the programs and the examples.
 */
export const createConsumer = () => {
  const folder = mkdtempSync(join(tmpdir(), 'runapi-video-matrix-'))
  npm(['pack', '--pack-destination', folder], ROOT)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  npm(['install', '--prefer-offline', `./${tarball}`], folder)
  cpSync(join(ROOT, 'test/runtimes/programs'), join(folder, 'programs'), { recursive: true })
  cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/**
 * A folder of `tools/runtimes` with its packages installed.
 * @param {'node-versions' | 'others' | 'nextjs' | 'engines' | 'restate' | 'vercel-workflow' | 'opentelemetry' | 'ai-sdk' | 'openclaw'} name
 */
export const toolFolder = (name) => {
  const folder = join(ROOT, 'tools/runtimes', name)
  // No package's own script runs: each runtime ships its binary inside a package.
  if (!existsSync(join(folder, 'node_modules'))) npm(['ci', '--prefer-offline', '--ignore-scripts'], folder)
  return join(folder, 'node_modules')
}

/**
 * Makes a package of the tools importable in the consumer's folder.
 * @param {string} consumer
 * @param {string} name
 * @param {'others' | 'engines' | 'vercel-workflow' | 'opentelemetry' | 'ai-sdk'} [folder]
 */
export const linkPackage = (consumer, name, folder = 'others') => {
  const link = join(consumer, 'node_modules', name)
  if (existsSync(link)) return
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(toolFolder(folder), name), link, 'dir')
}
