import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBoard } from '../../src/cli/batch/board'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const show = (screen: { isTTY: boolean; columns?: number; rows?: number }, quiet = false) => {
  const written: string[] = []
  const board = createBoard({
    screen: { ...screen, write: (text: string) => written.push(text) },
    say: (line) => void written.push(`${line}\n`),
    quiet,
    env: { NO_COLOR: '1' },
  })
  return { board, written }
}
const WHOLE = [{ title: '1 of 9', status: '1 done' }]

test('a terminal shows a line for each order under way and those of the whole, and in the end none', () => {
  const { board, written } = show({ isTTY: true, columns: 80, rows: 24 })
  board.set('a', { title: 'a', status: 'buying' })
  board.set('b', { title: 'b', status: 'saving' })
  board.whole(() => WHOLE)
  expect(written.join('')).toBe('a buying\nb saving\n1 of 9 1 done')
  board.step('a: created')
  board.set('a', undefined)
  board.tell('b: lost')
  board.end()
  expect(written.slice(1)).toEqual([
    '\x1b[2A',
    '\r\x1b[J',
    'b: lost\n',
    'b saving\n1 of 9 1 done',
    '\x1b[1A',
    '\r\x1b[J',
  ])
  expect(vi.getTimerCount()).toBe(0)
})

test('no more lines are drawn than the terminal has', () => {
  const { board, written } = show({ isTTY: true, columns: 80, rows: 6 })
  for (const id of 'abcdefgh') board.set(id, { title: id, status: 'buying' })
  board.whole(() => WHOLE)
  expect(written.join('').split('\n')).toHaveLength(5)
  board.end()
})

test('anything but a terminal gets a line an event', () => {
  const { board, written } = show({ isTTY: false })
  board.set('a', { title: 'a', status: 'buying' })
  board.whole(() => WHOLE)
  board.step('a: created')
  board.note('retry')
  board.tell('lost')
  board.end()
  expect(written).toEqual(['a: created\n', 'retry\n', 'lost\n'])
  const silent = show({ isTTY: false }, true)
  silent.board.step('a: created')
  silent.board.note('retry')
  silent.board.tell('lost')
  expect(silent.written).toEqual(['lost\n'])
})
