import { onAbort } from '../platform/on-abort'
import { connectionReset, wordsFor } from './answers'
import type { EmulatorState } from './emulator-state'
import type { Fault, ScriptedAnswer } from './scripts'

/** Answers a request with the fault that strikes it. `carryOut` does what was asked and gives the usual answer. */
export const withFault = async (
  fault: Fault | undefined,
  { time }: EmulatorState,
  signal: AbortSignal | undefined,
  carryOut: () => Response | Promise<Response>,
): Promise<Response> => {
  if (typeof fault === 'object') {
    const answer = await scripted(fault, carryOut)
    if (fault.delayMs !== undefined) await time.sleep(fault.delayMs, signal)
    return answer
  }
  switch (fault) {
    case 'reset':
      throw connectionReset()
    case 'lose-answer':
      await carryOut()
      throw connectionReset()
    case 'stall':
      await time.sleep(Infinity, signal)
      throw connectionReset()
    case 'malformed':
      return malformed(await carryOut())
    case 'cut-body':
      return halfOf(await carryOut(), (body) => body.error(connectionReset()))
    case 'stall-body':
      return halfOf(await carryOut(), (body) => signal && onAbort(signal, (reason) => body.error(reason)))
    default:
      return carryOut()
  }
}

const NULL_BODY = new Set([204, 205, 304])

const scripted = async (
  { status, body, contentType, headers, retryAfter, carryOut: isCarriedOut }: ScriptedAnswer,
  carryOut: () => Response | Promise<Response>,
): Promise<Response> => {
  const extra = new Headers(headers)
  if (retryAfter !== undefined) extra.set('retry-after', String(retryAfter))
  if (contentType !== undefined) extra.set('content-type', contentType)

  if (status === undefined && body === undefined) {
    const usual = await carryOut()
    for (const [name, value] of extra) usual.headers.set(name, value)
    return usual
  }
  if (isCarriedOut) await carryOut()
  return standIn(status ?? 200, body, extra)
}

const standIn = (status: number, body: unknown, headers: Headers): Response => {
  if (NULL_BODY.has(status)) return new Response(null, { status, headers })
  const said = body === undefined && status >= 400 ? { error: wordsFor(status) } : (body ?? {})
  const isText = typeof said === 'string'
  if (!headers.has('content-type')) headers.set('content-type', isText ? 'text/plain' : 'application/json')
  return new Response(isText ? said : JSON.stringify(said), { status, headers })
}

const malformed = async (usual: Response): Promise<Response> => {
  const text = await usual.text()
  return new Response(text.slice(0, text.length / 2), { headers: usual.headers })
}

type Body = ReadableStreamDefaultController<Uint8Array>

const halfOf = async (usual: Response, then: (body: Body) => void): Promise<Response> => {
  const bytes = new Uint8Array(await usual.arrayBuffer())
  let sent = false
  // The rest happens on the second pull: an error at once would drop the half that is still queued.
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (sent) return then(controller)
        sent = true
        controller.enqueue(bytes.slice(0, Math.ceil(bytes.length / 2)))
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: usual.status, headers: usual.headers })
}
