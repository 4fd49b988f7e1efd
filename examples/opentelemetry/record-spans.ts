import { type Attributes, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { ClientEvent } from 'runapi-video'

interface Mark {
  name: string
  atMs: number
  attributes: Attributes
}

interface Ended {
  name: string
  elapsedMs: number
  marks: readonly Mark[]
  attributes: Attributes
  error: string | undefined
}

// Tasks that are polled and never waited for must not fill the memory.
const MOST_REMEMBERED = 10_000
// What the SDK keeps of a span's events by default.
const MOST_MARKS = 128

/**
 * Makes a listener for the client's `onEvent`: one span for each create, with its retries, and one for each wait, with
 * its polls. Requests get none, because an instrumentation of fetch makes those. No event holds a parameter, a key or a
 * result's URL, and so no span does.
 */
export const recordSpans = (tracer: Tracer = trace.getTracer('runapi-video')) => {
  const remembered = new Map<string, Mark[]>()

  const remember = (id: string, name: string, attributes: Attributes): void => {
    const marks = [...(remembered.get(id) ?? []), { name, atMs: now(), attributes }].slice(-MOST_MARKS)
    remembered.delete(id)
    remembered.set(id, marks)
    const [oldest] = remembered.keys()
    if (oldest !== undefined && remembered.size > MOST_REMEMBERED) remembered.delete(oldest)
  }

  /** The span begins in the past. Its parent is the span that was active where the create or the wait was called. */
  const record = ({ name, elapsedMs, marks, attributes, error }: Ended): void => {
    const startTime = now() - elapsedMs
    const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime, attributes })
    for (const mark of marks) {
      if (mark.atMs >= startTime) span.addEvent(mark.name, mark.attributes, mark.atMs)
    }
    if (error !== undefined) {
      span.setAttribute('error.type', error)
      // Who aborts has decided so.
      if (error !== 'aborted') span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    }
    span.end()
  }

  return (event: ClientEvent): void => {
    if (event.type === 'retry' && event.idempotencyKey !== undefined) {
      const { delayMs, error, status } = event
      remember(event.idempotencyKey, 'retry', {
        'error.type': error,
        'http.response.status_code': status,
        'runapi.delay_ms': delayMs,
      })
    } else if (event.type === 'poll') {
      const { status, requestId, error } = event
      remember(event.taskId, 'poll', {
        'runapi.task.status': status,
        'runapi.request_id': requestId,
        'error.type': error,
      })
    } else if (event.type === 'task') {
      const { endpoint, model, taskId, requestId, outcome, idempotencyKey, elapsedMs, error } = event
      record({
        name: `${endpoint} create`,
        elapsedMs,
        marks: remembered.get(idempotencyKey) ?? [],
        attributes: {
          'runapi.endpoint': endpoint,
          'runapi.model': model,
          'runapi.task.id': taskId,
          'runapi.request_id': requestId,
          'runapi.outcome': outcome,
        },
        error,
      })
      remembered.delete(idempotencyKey)
    } else if (event.type === 'wait') {
      const { endpoint, model, taskId, outcome, elapsedMs, polls } = event
      const marks = remembered.get(taskId) ?? []
      record({
        name: `${endpoint} wait`,
        elapsedMs,
        marks,
        attributes: {
          'runapi.endpoint': endpoint,
          'runapi.model': model,
          'runapi.task.id': taskId,
          'runapi.request_id': marks.at(-1)?.attributes['runapi.request_id'],
          'runapi.outcome': outcome,
          'runapi.polls': polls,
        },
        error: outcome === 'completed' ? undefined : outcome,
      })
    }
  }
}

// Monotonic, as the library's own durations.
const now = (): number => performance.timeOrigin + performance.now()
