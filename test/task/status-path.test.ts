import { expect, test } from 'vitest'
import { completed, json, service } from './service'

test('a 202 that names the place of the status is polled there, also by a revived handle', async () => {
  const { runapi, create, urls } = service([completed], {
    create: json({ id: 'tsk_abc123' }, { location: '/api/v1/tasks/tsk_abc123?view=full' }, 202),
  })
  const task = await create()
  expect(task.toJSON().statusPath).toBe('/api/v1/tasks/tsk_abc123?view=full')
  await runapi.task(JSON.stringify(task)).poll()
  expect(urls.at(-1)).toBe('https://runapi.ai/api/v1/tasks/tsk_abc123?view=full')
})

test('a path prefix of the base stays out of the handle and in the address', async () => {
  const { create, urls } = service([completed], {
    baseUrl: 'https://proxy.example/runapi/',
    create: json({ id: 'a' }, { location: 'https://proxy.example/runapi/api/v1/tasks/a' }, 202),
  })
  const task = await create()
  expect(task.toJSON()).toMatchObject({
    statusPath: '/api/v1/tasks/a',
    baseUrl: 'https://proxy.example/runapi',
  })
  await task.poll()
  expect(urls.at(-1)).toBe('https://proxy.example/runapi/api/v1/tasks/a')
})

test.each([
  'https://evil.example/a',
  '//evil.example/a',
  'http://runapi.ai/a',
  'https://u:p@runapi.ai/a',
  'https://[',
])('a Location of %j is not followed', async (location) => {
  const { create, urls } = service([completed], { create: json({ id: 'tsk_abc123' }, { location }, 202) })
  const task = await create()
  expect(task.toJSON()).not.toHaveProperty('statusPath')
  await task.poll()
  expect(urls.at(-1)).toBe('https://runapi.ai/api/v1/luma/modify_video/tsk_abc123')
})

test('a Location of an answer other than 202 is not followed', async () => {
  const { create } = service([completed], { create: json({ id: 'a' }, { location: '/elsewhere/a' }, 201) })
  expect((await create()).toJSON()).not.toHaveProperty('statusPath')
})
