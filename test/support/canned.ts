import { RunApiClient, type RunApiClientOptions } from 'runapi-video'

export interface SentRequest {
  method: string
  url: string
  headers: Record<string, string>
  /** The JSON that was sent, else the text. */
  body: unknown
}

/** An answer of the service, as `[status, body, headers]`, or a function that gives one. */
export type Canned = readonly [number, unknown?, Record<string, string>?] | ((sent: SentRequest) => Canned)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text === '' ? undefined : text
  }
}

/** A client whose requests are answered with the given bodies, in turn, and recorded as they went out. */
export const canned = (answers: readonly Canned[], options: RunApiClientOptions = {}) => {
  const sent: SentRequest[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const headers = Object.fromEntries(request.headers)
    const entry = { method: request.method, url: request.url, headers, body: parse(await request.text()) }
    let answer = answers[sent.push(entry) - 1]
    while (typeof answer === 'function') answer = answer(entry)
    const [status, body, given] = answer ?? [599, 'there is no answer for this request']
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(text ?? null, { status, ...(given && { headers: given }) })
  }
  return { sent, runapi: new RunApiClient({ apiKey: 'test-key', fetch, ...options }) }
}
