import { ConfigurationError } from '../errors/configuration-error'

type GlobalName =
  | 'AbortController'
  | 'Blob'
  | 'ReadableStream'
  | 'TextDecoder'
  | 'TextEncoder'
  | 'URL'
  | 'atob'
  | 'btoa'
  | 'clearTimeout'
  | 'crypto.getRandomValues'
  | 'crypto.randomUUID'
  | 'crypto.subtle'
  | 'setTimeout'

/**
 * Throws a `ConfigurationError` that names the first global that is missing. Called before anything is sent: test
 * environments (Jest's jsdom), old engines and pages on plain http lack some of them.
 */
export const requireGlobals = (purpose: string, ...names: readonly GlobalName[]): void => {
  for (const name of names) if (!isThere(name)) throw missingGlobal(name, purpose)
}

const isThere = (path: string): boolean => {
  let value: unknown = globalThis
  // Asked at every call: splitting takes longer than all the rest, and few names have a dot.
  const names = path.includes('.') ? path.split('.') : [path]
  for (const name of names) value = (value as Record<string, unknown> | null | undefined)?.[name]
  return value !== undefined && value !== null && (path !== 'URL' || readsUrls())
}

// React Native has a URL whose fields throw.
const readsUrls = (): boolean => {
  try {
    return new URL('a:').protocol !== ''
  } catch {
    return false
  }
}

const missingGlobal = (name: GlobalName, purpose: string): ConfigurationError =>
  new ConfigurationError(
    `${name}: this runtime has no such global, or an incomplete one, and ${purpose} needs it; ${WAY_OUT[name] ?? POLYFILL}`,
  )

const POLYFILL =
  "set it on globalThis before the call. Under Jest, choose the environment 'node' in place of 'jsdom'"

const WAY_OUT: Partial<Record<GlobalName, string>> = {
  'crypto.getRandomValues': `pass idempotencyKey, or ${POLYFILL}`,
  'crypto.randomUUID': 'pass the option id',
  'crypto.subtle': `serve the page over https, or ${POLYFILL}`,
}
