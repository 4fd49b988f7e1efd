// Builds the package when dist/ is missing or older than what it is made of.
import { execSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modified = (/** @type {string} */ path) =>
  statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', String(name)))
const newest = Math.max(...[...sources, 'package.json', 'tsup.config.ts'].map(modified))

// The declarations are written last.
if (modified('dist/index.d.cts') < newest) {
  console.error('Building the package …')
  try {
    execSync('npm run build --silent -- --silent', { cwd: root, stdio: 'pipe' })
  } catch (error) {
    // Only then: rollup's warnings about the declarations would frighten whoever runs the demo.
    const { stdout, stderr } = /** @type {{ stdout: Buffer, stderr: Buffer }} */ (error)
    process.stderr.write(Buffer.concat([stdout, stderr]))
    process.exit(1)
  }
}
