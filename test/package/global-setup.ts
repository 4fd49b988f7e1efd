import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder outside the repository, in which the packed library is installed. */
    consumer: string
  }
}

const COMPILERS = 'tools/ts-matrix'

/** Packs the library as for the registry and installs the tarball as its user would. */
export const setup = ({ provide }: TestProject): (() => void) => {
  const consumer = mkdtempSync(join(tmpdir(), 'runapi-video-consumer-'))
  const npm = (args: string[], cwd = '.') =>
    execFileSync('npm', [...args, '--silent'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })

  execFileSync('node', ['scripts/ensure-built.mjs'], { stdio: 'inherit' })
  npm(['pack', '--pack-destination', consumer])
  const tarball = readdirSync(consumer).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }')
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`], consumer)
  if (!existsSync(`${COMPILERS}/node_modules`)) npm(['ci', '--prefer-offline'], COMPILERS)
  mkdirSync(join(consumer, 'examples'))

  provide('consumer', consumer)
  return () => rmSync(consumer, { recursive: true, force: true })
}
