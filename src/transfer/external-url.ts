import type { BaseUrl } from '../settings/base-url'
import { isPrivateAddress } from './private-address'

/**
 * A URL that the service named, for a request without a key: https to a public place. The base's own origin is allowed
 * as it is, and with a loopback base (an emulator) any place. `refuse` throws, with the rule in words.
 */
export const externalUrl = (
  text: unknown,
  { base, from }: { base: BaseUrl; from?: URL },
  refuse: (rule: string) => never,
): URL => {
  const url = parse(text, from) ?? refuse('is no URL')
  if (url.username || url.password) return refuse('holds a user name or a password')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('is not https')
  if (url.origin === base.origin || base.isLoopback) return url
  if (url.protocol !== 'https:') return refuse('is not https')
  if (isPrivateAddress(url.hostname)) return refuse('names a loopback or private address')
  return url
}

const parse = (text: unknown, from: URL | undefined): URL | undefined => {
  if (typeof text !== 'string') return undefined
  try {
    return new URL(text, from)
  } catch {
    return undefined
  }
}
