import type { EmulatorOptions } from './emulator-options'

/** The account that a request's key belongs to; `undefined` where the key is missing or wrong. */
export const accountOf = (headers: Headers, apiKey: EmulatorOptions['apiKey']): string | undefined => {
  const key = /^Bearer +(\S.*)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (key === undefined) return undefined
  // Any key is the same account then, so that keys may rotate; the key itself is kept nowhere.
  if (apiKey === undefined) return 'account_1'
  const place = [apiKey].flat().indexOf(key)
  return place === -1 ? undefined : `account_${place + 1}`
}
