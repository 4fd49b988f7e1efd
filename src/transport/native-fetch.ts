// undici 7 and older use the first; undici 8 (Node 26) uses the second and keeps the first for older copies.
const DISPATCHERS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]

/**
 * Whether requests may go around the global fetch: nobody has replaced it or the undici dispatcher behind it. A mock,
 * a proxy or an APM that sits there must see every request. In doubt, no.
 */
export const isNativeFetch = (): boolean => {
  const { fetch } = globalThis
  return typeof fetch === 'function' && isNodesFetch(fetch) && dispatchers().every(isDefault)
}

const dispatchers = (): unknown[] => DISPATCHERS.map((name) => (globalThis as Record<symbol, unknown>)[name])

/** Whether somebody has put a proxy behind the global fetch: Node by `NODE_USE_ENV_PROXY`, or the program itself. */
export const goesThroughProxy = (): boolean =>
  dispatchers().some((dispatcher) =>
    /Proxy/.test((dispatcher as object | undefined)?.constructor?.name ?? ''),
  )

let patient: object | undefined

/**
 * A dispatcher for Node's own fetch without its limits of five minutes for the headers and between two pieces of the
 * body. Made of the class that Node itself uses, and only if `isNativeFetch()`.
 */
export const patientDispatcher = (): object | undefined => {
  // Makes Node install its own.
  void globalThis.Response
  try {
    const own = dispatchers().find((each) => each instanceof Object && each.constructor.name === 'Agent')
    const Agent = own?.constructor as (new (options: object) => object) | undefined
    patient ??= Agent && new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  } catch {
    // Without it the request also works, only not for as long.
  }
  return patient
}

const sourceOf = (code: unknown): string =>
  typeof code === 'function' ? Function.prototype.toString.call(code) : ''

const once = <T extends object>(judge: (subject: T) => boolean): ((subject: T) => boolean) => {
  const verdicts = new WeakMap<T, boolean>()
  return (subject) => {
    const known = verdicts.get(subject)
    if (known !== undefined) return known
    const verdict = judge(subject)
    verdicts.set(subject, verdict)
    return verdict
  }
}

// The same on Node 20 to 26. The path tells it from MSW's, which mentions undici too.
const isNodesFetch = once((fetch: typeof globalThis.fetch) => {
  const source = sourceOf(fetch)
  return (
    source.startsWith('function fetch(input, init = undefined)') &&
    source.includes("require('internal/deps/undici/undici')")
  )
})

// Not yet there until the first fetch.
const isDefault = (dispatcher: unknown): boolean => {
  if (dispatcher === undefined) return true
  if (typeof dispatcher !== 'object' || dispatcher === null) return false
  // `compose()` returns a Proxy that differs only in this method; a spy sits on the object itself.
  const { dispatch } = dispatcher as { dispatch?: unknown }
  const prototype = Object.getPrototypeOf(dispatcher)
  return (
    dispatch === prototype?.dispatch && !Object.hasOwn(dispatcher, 'dispatch') && wasMadeByDefault(dispatcher)
  )
}

/**
 * An Agent of undici itself without any option, as Node makes one at its first fetch and undici when it is imported:
 * it does what ours does. Anything else was put there on purpose.
 */
const wasMadeByDefault = once((dispatcher: object) => {
  const prototype = Object.getPrototypeOf(dispatcher)
  const Class = prototype.constructor
  const source = sourceOf(Class)
  // Node 26 keeps its Agent under the newer symbol, and this under the older.
  if (/^class \w*Dispatcher1Wrapper extends \w*Dispatcher\w* \{/.test(source)) return true
  return (
    /^class (?:_?Agent )?extends DispatcherBase \{/.test(source) &&
    Class.name === 'Agent' &&
    !Object.hasOwn(prototype, 'dispatch') &&
    isEmpty(fieldOf(dispatcher, 'options')) &&
    (fieldOf(dispatcher, 'factory') as { name?: unknown } | undefined)?.name === 'defaultFactory' &&
    (dispatcher as { _eventsCount?: unknown })._eventsCount === 0
  )
})

// undici keeps its fields under symbols of its own.
const fieldOf = (dispatcher: object, name: string): unknown => {
  const symbol = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === name)
  return symbol && (dispatcher as Record<symbol, unknown>)[symbol]
}

const isEmpty = (options: unknown): boolean =>
  typeof options === 'object' &&
  options !== null &&
  Object.values(options).every((value) => value === undefined || value === Infinity)
