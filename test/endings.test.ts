import { readFileSync } from 'node:fs'
import { RunApiError } from 'runapi-video'
import { expect, test } from 'vitest'
import type { Task } from '../src/contract/task-handle'
import { TaskHandle } from '../src/task/task'
import { endingPlace } from './support/ending-place'
import { endings } from './support/endings'
import { params } from './support/scripted-fetch'

const rows = [...readFileSync('docs/endings.md', 'utf8').matchAll(/^\| `(.+?)` \|(.*)\|$/gm)].map(
  ([, id = '', rest = '']) => {
    const [how = '', gets = '', bought = '', carries = '', next = ''] = rest.split(' | ')
    return { id, how: how.trim(), gets: gets.replaceAll('`', ''), bought, carries, next: next.trim() }
  },
)

test('every row of docs/endings.md has a scenario here, and every scenario a row', () => {
  expect(rows.length).toBeGreaterThan(40)
  expect(rows.map(({ id }) => id)).toEqual(Object.keys(endings))
})

/** What a promise settles with, either way. */
const settled = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

const nameOf = (outcome: unknown, signal: AbortSignal): string => {
  if (signal.aborted && outcome === signal.reason) return 'signal.reason'
  if (outcome instanceof TaskHandle) return 'Task'
  if (RunApiError.is(outcome)) return outcome.name
  return (outcome as { status?: string }).status === 'completed' ? 'CompletedState' : String(outcome)
}

const carriedBy = (outcome: unknown): string => {
  const { task, idempotencyKey, videos } = outcome as Partial<Record<string, unknown>>
  if (Array.isArray(videos) && videos.length > 0) return 'the videos'
  const hasTask = outcome instanceof TaskHandle || task instanceof TaskHandle
  const hasKey = idempotencyKey !== undefined
  return hasTask ? (hasKey ? 'both' : 'task') : hasKey ? 'key' : 'neither'
}

test.each(rows.map((row) => [row.id, row.how, row] as const))('%s: %s', async (id, _how, row) => {
  const { gets, bought, carries, next } = row
  const here = endingPlace()
  const { emulator, controller } = here
  const outcome = await settled(endings[id]?.(here) as Promise<unknown>)
  expect(nameOf(outcome, controller.signal)).toBe(gets)
  expect(carriedBy(outcome)).toBe(carries)

  const possible: Readonly<Record<string, readonly number[]>> = { no: [0], once: [1], perhaps: [0, 1] }
  // A failed generation is a task that costs nothing.
  expect(possible[bought]).toContain(emulator.tasks.filter(({ costCents }) => costCents > 0).length)

  const outcomes: Readonly<Record<string, unknown>> = { no: 'not_created', perhaps: 'unknown' }
  const create = here.events.filter(({ type }) => type === 'task').at(-1)
  if (id.startsWith('create-') && bought !== 'once')
    expect(create).toMatchObject({ outcome: outcomes[bought] })

  here.heal()
  const carried = outcome as { task?: Task; idempotencyKey?: string }
  if (here.creating && carried.idempotencyKey) {
    expect(carried.idempotencyKey).toBe(here.creating.idempotencyKey)
  }
  if (bought === 'perhaps') {
    const idempotencyKey = carried.idempotencyKey ?? (here.creating?.idempotencyKey as string)
    await here.client().luma.modifyVideo(params, { idempotencyKey })
    expect(emulator.tasks).toHaveLength(1)
  }
  if (/wait again|revive/.test(next)) {
    const task = carried.task ?? (await here.creating)
    expect(await here.client().task(JSON.stringify(task)).wait()).toMatchObject({ status: 'completed' })
    expect(emulator.tasks).toHaveLength(1)
  }
})
