import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'

const guide = readFileSync('docs/testing.md', 'utf8')
const files = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)]
const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

test('the example of the testing guide passes in an empty folder, in under two seconds', () => {
  const consumer = inject('consumer')
  const tarball = readdirSync(consumer).find((name) => name.endsWith('.tgz'))
  const folder = mkdtempSync(join(tmpdir(), 'runapi-video-guide-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent']
  execFileSync('npm', [...install, join(consumer, String(tarball)), `vitest@${devDependencies.vitest}`], {
    cwd: folder,
  })
  expect(files.map(([, name]) => name)).toEqual(['app.ts', 'app.test.ts'])
  for (const [, name = '', text = ''] of files) writeFileSync(join(folder, name), text)

  const env = { PATH: process.env.PATH, HOME: process.env.HOME }
  const args = ['vitest', 'run', '--reporter=json', '--outputFile=results.json']
  execFileSync('npx', args, { cwd: folder, env, stdio: 'pipe' })
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(
    readFileSync(join(folder, 'results.json'), 'utf8'),
  )
  expect([numPassedTests, numTotalTests]).toEqual([5, 5])
  expect(testResults[0].endTime - testResults[0].startTime).toBeLessThan(2_000)
})
