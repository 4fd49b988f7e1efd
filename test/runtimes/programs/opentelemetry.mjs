// @ts-nocheck: the packages are in the consumer only, and the example is compiled there.
// The OpenTelemetry example under the real SDK, beside the HTTP instrumentation. It asserts nothing; it prints what it
// saw, and the driver compares.
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { RunApiClient, schedules } from 'runapi-video'
import { API_KEY } from './program.mjs'
// The example, compiled.
import { recordSpans } from './record-spans.mjs'

const exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
provider.register()
const instrumentation = new UndiciInstrumentation()
instrumentation.setTracerProvider(provider)
instrumentation.enable()

const baseUrl = process.argv[2]
const PROMPT = 'A secret of the film'
const KEY_OF_ORDER = 'order-of-the-matrix'
const params = { model: 'hailuo-02-text-to-video-standard', prompt: PROMPT, duration_seconds: 6 }
const wait = { schedule: schedules.fixed(40) }
const onEvent = recordSpans()
const runapi = new RunApiClient({ baseUrl, apiKey: API_KEY, onEvent, logLevel: 'off' })
const refusing = new RunApiClient({ baseUrl, apiKey: 'wrong-key', onEvent, logLevel: 'off' })

/**
 * Runs a part of the app in a span of its own, and gives what it gave or threw.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
const inSpan = (name, work) =>
  trace.getTracer('app').startActiveSpan(name, async (span) => {
    try {
      return await work()
    } catch (error) {
      return /** @type {never} */ (error)
    } finally {
      span.end()
    }
  })

const buy = () => runapi.hailuo.textToVideo(params)
await inSpan('busy once', () =>
  runapi.hailuo.textToVideo(params, { idempotencyKey: KEY_OF_ORDER }).wait(wait),
)
await inSpan('fails', () => buy().wait(wait))
await inSpan('invalid', () => runapi.hailuo.textToVideo({ ...params, output_resolution: PROMPT }))
await inSpan('unauthorized', () => refusing.hailuo.textToVideo(params))
await inSpan('aborted', async () => {
  const controller = new AbortController()
  // Between two polls: the one that an abort cuts off is counted, and its event comes after the wait's.
  const onUpdate = () => controller.abort()
  return (await buy()).wait({ ...wait, onUpdate, signal: controller.signal })
})
// Enough at once that undici is loaded.
const together = Array.from({ length: 12 }, (_, index) => `together ${index}`)
const bought = await Promise.all(
  together.map((name) =>
    inSpan(name, async () => {
      const task = await buy()
      // Two waits of one task share their polls.
      await Promise.all([task.wait(wait), task.wait(wait)])
      return task.id
    }),
  ),
)
await runapi.close()

const spans = exporter.getFinishedSpans()
const parentOf = (/** @type {typeof spans[number]} */ span) =>
  spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name
const ofLibrary = spans.filter(({ instrumentationScope }) => instrumentationScope.name === 'runapi-video')
const ofHttp = spans.filter(({ instrumentationScope }) => instrumentationScope.name.includes('undici'))

const under = (/** @type {string} */ parent) =>
  ofLibrary
    .filter((span) => parentOf(span) === parent)
    .map(({ name, attributes, status, events, duration: [seconds, nanos] }) => ({
      name,
      endpoint: attributes['runapi.endpoint'],
      model: attributes['runapi.model'],
      hasTask: typeof attributes['runapi.task.id'] === 'string',
      hasRequestId: typeof attributes['runapi.request_id'] === 'string',
      outcome: attributes['runapi.outcome'],
      error: attributes['error.type'],
      isError: status.code === SpanStatusCode.ERROR,
      events: [...new Set(events.map((event) => event.name))],
      hasEachPoll: events.length === (attributes['runapi.polls'] ?? events.length),
      lasted: seconds * 1_000 + nanos / 1e6 > (name.endsWith('wait') ? 30 : 0),
    }))

const written = JSON.stringify(
  ofLibrary.map(({ name, attributes, status, events, resource }) => [
    name,
    attributes,
    status,
    events,
    resource.attributes,
  ]),
)
const facts = {
  busyOnce: under('busy once'),
  fails: under('fails'),
  invalid: under('invalid'),
  unauthorized: under('unauthorized'),
  aborted: under('aborted'),
  together: together.map((name, index) =>
    ofLibrary
      .filter((span) => parentOf(span) === name)
      .map((span) => [span.name, span.attributes['runapi.task.id'] === bought[index]].join(' ')),
  ),
  spansOfLibrary: ofLibrary.length,
  spansOfHttp: ofHttp.length,
  orphans: [...ofLibrary, ...ofHttp].filter((span) => parentOf(span) === undefined).length,
  leaks: [PROMPT, API_KEY, 'wrong-key', KEY_OF_ORDER, 'http://', '.mp4'].filter((text) =>
    written.includes(text),
  ),
}
console.log(`FACTS ${JSON.stringify(facts)}`)
