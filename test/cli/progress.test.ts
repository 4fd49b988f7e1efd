import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createProgress, type ProgressOptions, progressBar, widthOf } from '../../src/cli/progress'
import { usuallyLeft, usualTimeOf } from '../../src/cli/wait-with-progress'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const frame = {
  title: 'luma.modifyVideo',
  id: 'tsk_1',
  status: '30 s, processing',
  share: 0.25,
  outlook: 'usually up to 90 s more',
}
const plain = { columns: 120, colour: false, unicode: true }

test('the bar shows title, share, status and outlook', () => {
  expect(progressBar(frame, plain)).toBe(
    'luma.modifyVideo tsk_1 █████░░░░░░░░░░░░░░░ 30 s, processing, usually up to 90 s more',
  )
})

test('only the bar itself is coloured', () => {
  const line = progressBar(frame, { ...plain, colour: true })
  expect(line).toContain(' \x1b[36m█████░░░░░░░░░░░░░░░\x1b[0m 30 s')
  expect(line.replace('\x1b[36m', '').replace('\x1b[0m', '')).toBe(progressBar(frame, plain))
})

test('a share beyond its ends fills the bar and no more, and without one there is none', () => {
  expect(progressBar({ ...frame, share: 7 }, plain)).toContain(` ${'█'.repeat(20)} `)
  expect(progressBar({ ...frame, share: -1 }, plain)).toContain(` ${'░'.repeat(20)} `)
  expect(progressBar({ ...frame, share: undefined }, plain)).toMatch(/tsk_1 30 s/)
})

test('the line is always less wide than the terminal', () => {
  for (const title of ['luma.modifyVideo', '東京の朝.mp4', 'cafe\u0301.mp4'])
    for (let columns = 1; columns < 120; columns++)
      expect(widthOf(progressBar({ ...frame, title }, { ...plain, columns }))).toBeLessThan(columns)
})

test.each([
  [80, 'luma.modifyVideo tsk_1 ███░░░░░░░░░░░ 30 s, processing, usually up to 90 s more'],
  [72, 'luma.modifyVideo tsk_1 █████░░░░░░░░░░░░░░░ 30 s, processing'],
  [69, 'luma.modifyVideo tsk_1 30 s, processing, usually up to 90 s more'],
  [60, 'luma.modifyVideo tsk_1 30 s, processing'],
  [50, 'luma.modifyVideo tsk_1 30 s, processing'],
  [40, 'luma.modifyVideo tsk_1 30 s, processing'],
  [39, 'luma.modifyVideo 30 s, processing'],
  [30, '30 s, processing'],
])('at %i columns the bar has gone first, then the id, never the status', (columns, line) => {
  expect(progressBar(frame, { ...plain, columns })).toBe(line)
})

test('a locale without UTF-8 gets a bar of ASCII', () => {
  expect(progressBar(frame, { ...plain, unicode: false })).toContain(' #####............... 30 s')
  const shown = (env: Record<string, string>) => show({ isTTY: true, env: { NO_COLOR: '1', ...env } }).text
  expect(shown({ LANG: 'C' })).toContain('###')
  expect(shown({ LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' })).toContain('###')
  expect(shown({ LANG: 'C.utf8' })).toContain('███')
  expect(shown({})).toContain('███')
})

test('what is usually left comes from what RunAPI publishes', () => {
  const luma = usualTimeOf('luma.modifyVideo')
  expect(luma).toEqual([30_000, 120_000])
  expect(usualTimeOf('flux.textToImage')).toBeUndefined()
  expect(usualTimeOf('toString')).toBeUndefined()
  expect([0, 30_000, 119_000, 120_000].map((ageMs) => usuallyLeft(ageMs, luma ?? [0, 0]))).toEqual([
    'usually 30 to 120 s more',
    'usually up to 90 s more',
    'usually up to 1 s more',
    'longer than usual',
  ])
})

const show = (options: Partial<Omit<ProgressOptions, 'say'>> & { isTTY: boolean; columns?: number }) => {
  const written: string[] = []
  const screen = {
    isTTY: options.isTTY,
    columns: options.columns ?? 100,
    write: (text: string) => written.push(text),
  }
  const say = (line: string): unknown => written.push(`${line}\n`)
  const progress = createProgress({ screen, quiet: false, env: {}, ...options, say })
  progress.note('created')
  progress.step('pending')
  progress.draw(() => frame)
  vi.advanceTimersByTime(450)
  progress.tell('{}')
  progress.end()
  progress.note('saved')
  return { text: written.join(''), written }
}

test('a terminal gets a bar that is redrawn, taken away for lines, and gone in the end', () => {
  const { text, written } = show({ isTTY: true, env: { NO_COLOR: '1' } })
  const bar = `\r\x1b[K${progressBar(frame, plain)}`
  expect(written).toEqual(['created\n', bar, bar, bar, '\r\x1b[K', '{}\n', bar, '\r\x1b[K', 'saved\n'])
  expect(text).not.toContain('\x1b[36m')
  expect(vi.getTimerCount()).toBe(0)
})

test('a terminal that does not know its width gets the bar of a usual one', () => {
  const bar = progressBar(frame, { ...plain, columns: 78 })
  expect(show({ isTTY: true, columns: 0, env: { NO_COLOR: '1' } }).text).toContain(bar)
})

test('a terminal gets colour, unless NO_COLOR holds anything', () => {
  expect(show({ isTTY: true }).text).toContain('\x1b[36m')
  expect(show({ isTTY: true, env: { NO_COLOR: '' } }).text).toContain('\x1b[36m')
  expect(show({ isTTY: true, env: { NO_COLOR: '0' } }).text).not.toContain('\x1b[36m')
})

test('anything else gets plain lines', () => {
  const lines = ['created\n', 'pending\n', '{}\n', 'saved\n']
  expect(show({ isTTY: false }).written).toEqual(lines)
  for (const env of [{ TERM: 'dumb' }, { CI: 'true' }])
    expect(show({ isTTY: true, env }).written).toEqual(lines)
})

test('quiet leaves what must be told', () => {
  expect(show({ isTTY: true, quiet: true }).written).toEqual(['{}\n'])
  expect(show({ isTTY: false, quiet: true }).written).toEqual(['{}\n'])
})
