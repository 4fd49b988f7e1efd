import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Where the clients that we compare with are installed, apart from the project's own packages. */
export const peersFolder = fileURLToPath(new URL('../tools/bench/', import.meta.url))

export const peers = ['@runwayml/sdk', 'replicate', '@fal-ai/client', 'openai', 'lumaai']

/** Installs them where that has not been done. */
export const installPeers = () => {
  if (existsSync(`${peersFolder}node_modules/openai`)) return
  console.log('Installing the clients to compare with …')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: peersFolder, stdio: 'inherit' })
}

const requirePeer = createRequire(`${peersFolder}package.json`)

/** @param {string} name */
export const peerUrl = (name) => pathToFileURL(requirePeer.resolve(name)).href

/** @param {string} name */
export const importPeer = (name) => import(peerUrl(name))
