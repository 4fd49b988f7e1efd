import fc from 'fast-check'
import { RunApiClient, RunApiError, type TaskRef } from 'runapi-video'
import { createEmulator } from 'runapi-video/testing'
import { expect, test } from 'vitest'
import { completed, json, lumaBody, rejection, service, stall } from './service'

const ref: TaskRef = {
  v: 1,
  endpoint: 'luma.modifyVideo',
  id: 'tsk_abc123',
  model: 'luma-modify-video',
  idempotencyKey: 'order-17',
  createdAt: '2026-03-01T12:00:00.000Z',
  baseUrl: 'https://runapi.ai',
}
const client = (baseUrl?: string): RunApiClient => new RunApiClient({ apiKey: 'test-key', baseUrl })

const refusalOf = (revive: () => unknown): RunApiError => {
  try {
    revive()
  } catch (error) {
    expect(RunApiError.is(error)).toBe(true)
    expect((error as RunApiError).code).toBe('configuration')
    return error as RunApiError
  }
  throw new Error('it was not refused')
}

test('a handle is revived from its JSON, from its data and from itself, without a request', async () => {
  const { create, runapi, urls } = service([completed])
  const task = await create()
  urls.length = 0
  // As an editor or a shell saves it, with a mark before the text.
  const saved = `\uFEFF${JSON.stringify(task)}\r\n`
  for (const given of [saved, JSON.stringify(task), task.toJSON(), JSON.parse(JSON.stringify(task)), task]) {
    const revived = runapi.task(given)
    expect(revived).not.toBe(task)
    expect(revived.toJSON()).toEqual(task.toJSON())
    expect(revived).toMatchObject({
      id: task.id,
      endpoint: task.endpoint,
      model: task.model,
      state: undefined,
    })
    expect(revived).toMatchObject({ createdAt: task.createdAt, idempotencyKey: task.idempotencyKey })
  }
  expect(urls).toEqual([])
})

test('a handle is plain data, and the literal fields of a stored one do not change', async () => {
  const { runapi } = service([completed])
  const task = await runapi.luma.modifyVideo(lumaBody, { idempotencyKey: 'order-17' })
  expect(task.toJSON()).toEqual(ref)
  expect(Object.keys(task.toJSON())).not.toContain('statusPath')
})

test('a handle with an id and a key of 127 characters is under 1 KB and holds no secret', async () => {
  const { runapi } = service([completed], {
    apiKey: 'sk-very-secret',
    create: json({ task_id: 'x'.repeat(127), model: lumaBody.model }),
  })
  const task = await runapi.luma.modifyVideo(lumaBody, { idempotencyKey: 'k'.repeat(127) })
  const text = JSON.stringify(task)
  expect(new TextEncoder().encode(text).length).toBeLessThan(1_024)
  expect(text).not.toContain('sk-very-secret')
  expect(text).not.toContain(lumaBody.prompt)
})

test('a task that one client made is waited for by another', async () => {
  const emulator = createEmulator()
  const options = { apiKey: 'test-key', fetch: emulator.fetch, clock: emulator.clock }
  const stored = JSON.stringify(await new RunApiClient(options).luma.modifyVideo(lumaBody))
  const state = await new RunApiClient(options).task(stored).wait()
  expect(state).toMatchObject({ status: 'completed' })
  expect(emulator.tasks).toMatchObject([{ creates: 1 }])
})

test('a handle is made from a bare id', () => {
  const task = client().task('hailuo.textToVideo', 'tsk_abc123')
  expect(task).toMatchObject({ id: 'tsk_abc123', endpoint: 'hailuo.textToVideo', replayed: false })
  expect(task.createdAt).toBeUndefined()
  expect(task.idempotencyKey).toBeUndefined()
  expect(client().task(JSON.stringify(task)).toJSON()).toEqual(task.toJSON())
})

test('a bare id alone is refused with the call that works', () => {
  expect(refusalOf(() => client().task('tsk_abc123')).message).toContain(
    "runapi.task('luma.modifyVideo', id)",
  )
})

test.each(['', '.', '..', '\ud800', 'a\udfff', 'x'.repeat(513)])('the id %j is refused', (id) => {
  expect(refusalOf(() => client().task('luma.modifyVideo', id)).message).toMatch(/^task\.id: /)
  expect(refusalOf(() => client().task({ ...ref, id })).message).toMatch(/^task\.id: /)
})

test.each([
  ['a/../b', 'a%2F..%2Fb'],
  ['a b?c#d', 'a%20b%3Fc%23d'],
  ['%2e%2e', '%252e%252e'],
  ['%', '%25'],
  ['..%2f', '..%252f'],
  ['\\..\\', '%5C..%5C'],
  ['é😀', '%C3%A9%F0%9F%98%80'],
  ['...', '...'],
])('the id %j is one segment of the address', async (id, segment) => {
  const { runapi, urls } = service([completed])
  await runapi.task('luma.modifyVideo', id).poll()
  expect(urls).toEqual([`https://runapi.ai/api/v1/luma/modify_video/${segment}`])
})

test.each<[field: string, value: unknown]>([
  ['v', 2],
  ['v', '1'],
  ['endpoint', ''],
  ['endpoint', 7],
  ['endpoint', 'luma.unknown'],
  ['endpoint', '__proto__'],
  ['endpoint', 'constructor'],
  ['id', 7],
  ['id', null],
  ['model', 7],
  ['idempotencyKey', ''],
  ['idempotencyKey', 'a\nb'],
  ['idempotencyKey', null],
  ['createdAt', 'yesterday'],
  ['createdAt', '2026-13-41T00:00:00Z'],
  ['createdAt', 1_772_366_400_000],
  ['baseUrl', 7],
  ['baseUrl', 'not a url'],
  ['statusPath', 7],
  ['statusPath', 'api/v1'],
  ['statusPath', '//evil.example/x'],
  ['statusPath', '/\\evil.example/x'],
  ['statusPath', 'https://evil.example/x'],
])('a ref whose %s is %j is refused, and the message names the field', (field, value) => {
  expect(refusalOf(() => client().task({ ...ref, [field]: value } as never)).message).toContain(
    `task.${field}: `,
  )
})

test('a ref that was tampered with in any field is refused or harmless: never another exception', () => {
  const field = fc.constantFrom(...Object.keys(ref), 'statusPath', '__proto__', 'extra')
  const runapi = client()
  fc.assert(
    fc.property(field, fc.jsonValue(), (name, value) => {
      const text = JSON.stringify(ref).replace(/}$/, `,${JSON.stringify(name)}:${JSON.stringify(value)}}`)
      try {
        const again = runapi.task(text).toJSON()
        expect(again.v).toBe(1)
        expect(Object.keys(again).every((key) => [...Object.keys(ref), 'statusPath'].includes(key))).toBe(
          true,
        )
      } catch (error) {
        expect(error).toMatchObject({ code: 'configuration' })
      }
    }),
  )
})

test('any text and any value is refused as a handle, or is one', () => {
  const runapi = client()
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue(), fc.anything()), (given) => {
      expect(refusalOf(() => runapi.task(given as string)).message).toMatch(/^task/)
    }),
  )
})

test('a ref of inherited fields is refused', () => {
  expect(refusalOf(() => client().task(Object.create(ref))).message).toMatch(/^task\.v: /)
})

test('a handle of another service is refused with the way out', () => {
  const { message } = refusalOf(() => client('https://proxy.example').task(ref))
  expect(message).toMatch(/^task\.baseUrl: /)
  expect(message).toContain('https://proxy.example')
  expect(message).toContain("make a client with the task's baseUrl, or remove baseUrl")
  expect(
    refusalOf(() => client('https://proxy.example/a').task({ ...ref, baseUrl: 'https://proxy.example/b' }))
      .code,
  ).toBe('configuration')
})

test('the same base in another spelling is accepted', () => {
  for (const baseUrl of ['https://runapi.ai/', 'https://RUNAPI.ai', 'https://runapi.ai:443'])
    expect(client().task({ ...ref, baseUrl }).id).toBe(ref.id)
})

test('two loopback bases count as equal, whatever their ports', () => {
  const here = client('http://127.0.0.1:4010')
  for (const baseUrl of ['http://localhost:5000', 'http://[::1]:1', 'http://127.0.0.9:9'])
    expect(here.task({ ...ref, baseUrl }).id).toBe(ref.id)
  refusalOf(() => here.task(ref))
  refusalOf(() => client().task({ ...ref, baseUrl: 'http://localhost:5000' }))
})

test('a ref without a baseUrl is accepted anywhere', () => {
  const { baseUrl, ...rest } = ref
  expect(baseUrl).toBeDefined()
  expect(client('https://proxy.example').task(rest).id).toBe(ref.id)
})

test('a changed copy of the data does not change the handle', async () => {
  const { create } = service([stall])
  const task = await create()
  task.toJSON().id = 'another'
  expect(task.toJSON().id).toBe('tsk_abc123')
  expect(await rejection(task.wait({ timeoutMs: 1 }))).toMatchObject({ task: { id: 'tsk_abc123' } })
})
