import { loadUndici } from './load-undici'
import { isUntouched } from './native-fetch'
import { proxyRefusal } from './proxy-refusal'
import { readProxyVariables } from './proxy-variables'
import type { Fetch } from './transport'

/**
 * A fetch through the proxies of the environment, for downloads and uploads; `undefined` where there are none. Node's
 * own heeds them in late releases only, and only when it is told to.
 */
export const proxiedFetch = async (): Promise<Fetch | undefined> => {
  const proxies = readProxyVariables()
  if (!proxies) return undefined
  const undici = await loadUndici()
  if (!undici || !isUntouched()) return undefined
  // Without pipelining no connection stays open, so there is nothing to close.
  const dispatcher = new undici.EnvHttpProxyAgent({ ...proxies, pipelining: 0 })
  const { fetch } = undici
  // undici's types are its own, the objects are the same.
  return ((url: string, init: object) =>
    fetch(url, { ...init, dispatcher }).catch((error: unknown) => {
      throw proxyRefusal(error) ?? error
    })) as unknown as Fetch
}
