import { ConfigurationError } from '../errors/configuration-error'

const HOW = 'pass apiKey to RunApiClient, or set the environment variable RUNAPI_API_KEY'

/**
 * A key that is safe to put into a header; no character of it is ever part of an error. Checked here because Node and
 * Deno print a header's value in the error of one that holds a line break.
 */
export const checkApiKey = (key: unknown): string => {
  const text = typeof key === 'string' ? key.trim() : undefined
  if (!text) throw new ConfigurationError(`apiKey: the RunAPI key is missing; ${HOW}`)
  if (/^bearer\s/i.test(text)) {
    throw new ConfigurationError(`apiKey: must be the key alone, without "Bearer "; ${HOW}`)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (/[\x00-\x20\x7f-\xa0]|[^\x00-\xff]/.test(text)) {
    throw new ConfigurationError(
      `apiKey: the RunAPI key holds a space, a control or a non-Latin-1 character; copy it again, then ${HOW}`,
    )
  }
  return text
}
