import type { Undici } from './undici-transport'

let loading: Promise<Undici | undefined> | undefined

/** undici, imported once a process; `undefined` where that is impossible, as in an ESM bundle made by esbuild. */
export const loadUndici = (): Promise<Undici | undefined> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<Undici | undefined> => {
  // Makes Node install its own global dispatcher; undici would install one for the whole process where there is none.
  void globalThis.Response
  try {
    const undici: Partial<Undici> = await import('undici')
    const { Agent, EnvHttpProxyAgent, fetch } = undici
    // A bundler's stand-in may be empty.
    return Agent && EnvHttpProxyAgent && fetch && { Agent, EnvHttpProxyAgent, fetch }
  } catch {
    return undefined
  }
}
