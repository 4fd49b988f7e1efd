import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CommandSpec } from '../../src/cli/command'
import { COMMANDS } from '../../src/cli/commands'
import { OPTIONS } from '../../src/cli/options'
import { runHere } from './in-process'

const commands: [string, CommandSpec][] = Object.entries(COMMANDS)

test.each([40, 60, 80, 200])('no line of a help is wider than %i columns', async (columns) => {
  for (const words of [['--help'], ...commands.map(([name]) => [name, '--help'])]) {
    const { exitCode, out, err } = await runHere(words, { columns })
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    // Only a word that is longer than the line stands out of it.
    const wide = out.split('\n').filter((line) => line.length > columns && /\S \S/.test(line.trimStart()))
    expect(wide).toEqual([])
  }
})

test('every command has an option for each that it takes, and an example', async () => {
  for (const [name, { options, examples, usage }] of commands) {
    const { out } = await runHere([name, '--help'], { columns: 100 })
    for (const option of options) expect(out).toContain(`--${option}`)
    for (const text of [...examples, ...usage.map((form) => form.split(' ')[0])])
      expect(out.replace(/(?: \\)?\n +/g, ' ')).toContain(text)
  }
})

test('the program reads every option that the help names', () => {
  const files = readdirSync('src/cli', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const program = files.map((name) => readFileSync(join('src/cli', name), 'utf8')).join('\n')
  const { help: _, ...options } = OPTIONS
  const unread = Object.keys(options).filter(
    (name) => !RegExp(`\\.(?:text|flag|count)\\('${name}'`).test(program),
  )
  expect(unread).toEqual([])
})

test('the help of create marks what is required, and shows one endpoint where one is named', async () => {
  const all = await runHere(['create', '--help'], { columns: 100 })
  for (const endpoint of ['luma.modifyVideo', 'hailuo.textToVideo', 'hailuo.imageToVideo'])
    expect(all.out).toContain(`Parameters of ${endpoint}:`)
  const one = await runHere(['create', 'luma.modifyVideo', '--help'], { columns: 100 })
  expect(one.out).toMatch(/--prompt <text> +required\. What to make of the video/)
  expect(one.out).toMatch(/--source-video-url <url> +required; also --source\. The video/)
  expect(one.out).toMatch(/--model <value> +luma-modify-video\n/)
  expect(one.out).not.toContain('hailuo.imageToVideo')
})

test('help before a command is help behind it', async () => {
  expect((await runHere(['help', 'wait'])).out).toBe((await runHere(['wait', '--help'])).out)
  expect((await runHere(['help'])).out).toBe((await runHere(['--help'])).out)
})
