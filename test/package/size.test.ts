import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Measured {
  name: string
  passed: boolean
  size: number
  sizeLimit: number
}

const measured: Measured[] = JSON.parse(
  execFileSync('npx', ['size-limit', '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
)
const guide = readFileSync('docs/runtimes.md', 'utf8')

test.each(measured)('a bundle to $name stays within its budget', ({ size, sizeLimit }) => {
  expect(size).toBeLessThanOrEqual(sizeLimit)
})

test.each(measured)(
  'the guide of the runtimes says how large a bundle to $name is',
  ({ name, size, sizeLimit }) => {
    const row = guide.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? ''
    const [said = Number.NaN, budget] = [...row.matchAll(/([\d.]+) kB/g)].map(([, kilobytes]) =>
      Number(kilobytes),
    )
    expect(budget).toBe(sizeLimit / 1000)
    // Within three percent, so that not every small change has to touch the guide.
    expect(Math.abs(said * 1000 - size) / size).toBeLessThan(0.03)
  },
)
