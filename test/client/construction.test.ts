import { expect, test, vi } from 'vitest'

const forbidden = (name: string) => () => {
  throw new Error(`${name} in global scope`)
}

// What Workers refuse outside of a request. `Date` and `performance.now()` stand still there, and are allowed.
const withoutGlobals = async (run: () => Promise<void>): Promise<void> => {
  const restore: (() => void)[] = []
  const replace = (target: object, name: string): void => {
    const original = Object.getOwnPropertyDescriptor(target, name)
    if (!original) return
    Object.defineProperty(target, name, { value: forbidden(name), configurable: true, writable: true })
    restore.push(() => Object.defineProperty(target, name, original))
  }
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'AbortController'])
    replace(globalThis, name)
  replace(Math, 'random')
  replace(AbortSignal, 'timeout')
  for (const name of ['getRandomValues', 'randomUUID']) replace(Object.getPrototypeOf(crypto), name)
  try {
    await run()
  } finally {
    for (const undo of restore) undo()
  }
}

test('importing, constructing and reviving use no I/O, timer, randomness or AbortController, and no environment', async () => {
  vi.resetModules()
  const env = process.env
  let reads: string[] = []
  await withoutGlobals(async () => {
    process.env = new Proxy(env, {
      get: (target, name) => {
        if (String(name).startsWith('RUNAPI')) reads.push(String(name))
        return Reflect.get(target, name)
      },
    })
    const { RunApiClient } = await import('../../src/index')
    const runapi = new RunApiClient()
    runapi.withOptions({ timeoutMs: 5_000 })
    runapi.endpoint({
      name: 'a.b',
      path: '/api/v1/a/b',
      params: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    })
    expect(reads).toEqual([])
    reads = []
    runapi.task('luma.modifyVideo', 'tsk_abc123')
  }).finally(() => {
    process.env = env
  })
  expect(reads).not.toContain('RUNAPI_API_KEY')
})

test('the globals that this test takes away would be missed', async () => {
  await withoutGlobals(async () => {
    expect(() => setTimeout(() => {}, 1)).toThrow('setTimeout in global scope')
    expect(() => new AbortController()).toThrow()
    expect(() => Math.random()).toThrow()
    expect(() => crypto.randomUUID()).toThrow()
    expect(() => crypto.getRandomValues(new Uint8Array(1))).toThrow()
  })
  expect(crypto.randomUUID()).toHaveLength(36)
})
