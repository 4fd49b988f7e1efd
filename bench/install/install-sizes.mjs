import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peers, peersFolder } from '../peers.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The packages that an install brings, and their bytes on disk. */
export const installSizes = () => {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  )
  const [{ unpackedSize }] = Array.isArray(packed) ? packed : Object.values(packed)
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const ours = gather(join(root, 'node_modules'), Object.keys(dependencies))
  return [
    rowOf('runapi-video', ours, unpackedSize),
    ...peers.map((name) => {
      const all = gather(join(peersFolder, 'node_modules'), [name])
      all.delete(name)
      return rowOf(name, all, bytesOf(join(peersFolder, 'node_modules', name)))
    }),
  ]
}

const rowOf = (
  /** @type {string} */ client,
  /** @type {Map<string, number>} */ others,
  /** @type {number} */ own,
) => ({
  client,
  'own size, kB': own / 1_000,
  'transitive dependencies': others.size,
  'whole install, kB': [...others.values()].reduce((sum, bytes) => sum + bytes, own) / 1_000,
})

/**
 * The packages, and all that they depend on, by name, with their bytes.
 * @param {string} folder
 * @param {string[]} names
 * @param {Map<string, number>} found
 */
const gather = (folder, names, found = new Map()) => {
  for (const name of names) {
    const place = join(folder, name)
    if (found.has(name) || !existsSync(place)) continue
    found.set(name, bytesOf(place))
    const { dependencies = {} } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
    gather(folder, Object.keys(dependencies), found)
  }
  return found
}

const bytesOf = (/** @type {string} */ place) =>
  readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
