import type { Clock } from '../platform/clock'
import type { Logger, LogLevel } from '../platform/log'
import type { PollSchedule } from '../waiting/poll-schedule'
import type { ClientEvent } from './events'
import type { Ledger, Tags } from './ledger'
import type { TaskState } from './task-state'

/** Returns the key. It is called before each attempt, so you can load the key late and rotate it. */
export type ApiKeySource = () => string | Promise<string>

/** The type of the option `fetch`: any runtime's `fetch`, undici's, or your own wrapper around one. */
export type FetchLike = (url: string, init: FetchLikeInit) => Promise<FetchLikeResponse>

/** The second argument that the library passes to the option `fetch`. */
export interface FetchLikeInit {
  /** The HTTP method. */
  method?: string
  /** Names in lower case. */
  headers?: Record<string, string>
  /** The JSON of an API request. An upload has bytes, a Blob or a stream here: pass them on unchanged. */
  body?: string
  /** How redirects are treated. */
  redirect?: 'error' | 'follow' | 'manual'
  /** Aborts when the call ends. */
  signal?: AbortSignal
}

/** The result of the option `fetch`: a `Response`. */
export interface FetchLikeResponse {
  /** The HTTP status. */
  readonly status: number
  /** The headers. */
  readonly headers: {
    /** The value of a header; its name is case-insensitive. */
    get(name: string): string | null
  }
  /** The bytes as a stream, or null. */
  readonly body: unknown
  /** The body as text. */
  text(): Promise<string>
}

/** Headers as a user passes them. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | Headers

/** Options of a client; each has a default. */
export interface RunApiClientOptions {
  /**
   * Your RunAPI key, or a function that returns it. `null` sends no Authorization, for pages whose own server adds it.
   * @default the environment variable `RUNAPI_API_KEY`, read at the first request
   */
  apiKey?: string | ApiKeySource | null | undefined
  /**
   * The URL of the API: https, or http on a loopback host. A path prefix is kept. In a browser page it may be a path of
   * the page's own server, such as `/api/runapi`.
   * @default the environment variable `RUNAPI_BASE_URL`, else `https://runapi.ai`
   * @throws {ConfigurationError} if it contains credentials, a query or a fragment
   */
  baseUrl?: string | undefined
  /**
   * Allows http on hosts other than loopback, such as another container. The key then travels in the clear.
   * @default the environment variable `RUNAPI_ALLOW_INSECURE_HTTP` (`1` or `0`), else false
   */
  allowInsecureHttp?: boolean | undefined
  /**
   * Allows the service's own base URL in a browser page, where every visitor can read the key.
   * @default false
   */
  dangerouslyAllowBrowser?: boolean | undefined
  /**
   * Time for one attempt, headers and body together, in milliseconds.
   * @default 60_000
   */
  timeoutMs?: number | undefined
  /**
   * Further attempts after the first.
   * @default 2
   */
  maxRetries?: number | undefined
  /**
   * If given, used for every request.
   * @default the runtime's own transport
   */
  fetch?: FetchLike | undefined
  /** Added to each API request; names are case-insensitive. An `Authorization` here replaces the client's. */
  headers?: HeadersInput | undefined
  /**
   * Requests in flight at once; further ones queue, before their attempt's time starts.
   * @default 64
   */
  maxConnections?: number | undefined
  /**
   * Status requests in flight at once.
   * @default 32
   */
  maxConcurrentPolls?: number | undefined
  /**
   * Where log lines go.
   * @default the console; on servers all levels go to stderr, because stdout may carry a document
   */
  logger?: Logger | undefined
  /**
   * How much is logged.
   * @default the environment variable `RUNAPI_LOG`, else `'warn'`
   */
  logLevel?: LogLevel | undefined
  /**
   * The source of time, for tests.
   * @default the system's
   */
  clock?: Clock | undefined
  /**
   * Writes purchases down before they are paid, and limits them: from `openLedger` of `runapi-video/ledger`.
   * @default none
   */
  ledger?: Ledger | undefined
  /** Receives every event of this client, for metrics and tracing. An error that it throws is only logged. */
  onEvent?: ((event: ClientEvent) => void) | undefined
}

/** Options that every call takes. */
export interface CallOptions {
  /** Ends the call at any point; it rejects with `signal.reason` itself. */
  signal?: AbortSignal | undefined
  /**
   * Time for one attempt, headers and body together, in milliseconds.
   * @default the client's
   */
  timeoutMs?: number | undefined
  /**
   * Further attempts after the first.
   * @default the client's
   */
  maxRetries?: number | undefined
  /** Added to the client's headers, which they override. */
  headers?: HeadersInput | undefined
}

/** Options of the methods that buy a task. */
export interface CreateOptions extends CallOptions {
  /**
   * Names this purchase: the service answers a second create with the same key with the first task. Derive it from your
   * order and store it before you call; then nothing is bought twice, even if your process dies in between. 1–512
   * printable ASCII characters. The service does not publish how long it remembers a key.
   * @default a random one, which the task and every error carry
   */
  idempotencyKey?: string | undefined
  /** Your own name for the request; the service echoes it and stores it with the task. 1–512 printable ASCII characters. */
  clientRequestId?: string | undefined
  /** Labels of this purchase, by name; the client's ledger stores them and can group by them. */
  tags?: Tags | undefined
  /** Fields merged into the body after validation, for parameters newer than this release. */
  extraParams?: Readonly<Record<string, unknown>> | undefined
  /**
   * `false` sends the parameters unchecked; the service's own rules still apply.
   * @default true
   */
  validate?: boolean | undefined
}

/** Options of `runapi.resume`. */
export interface ResumeOptions extends CallOptions {
  /**
   * Resends an order whose outcome has been unknown for more than a day. The service may have forgotten its key by then,
   * so this may buy it twice.
   * @default false
   */
  resendUnknown?: boolean | undefined
}

/** Options of a wait. */
export interface WaitOptions<State = TaskState> {
  /**
   * Time for the whole wait, from the call to the end: delays and requests. `Infinity` is allowed.
   * @default 900_000
   */
  timeoutMs?: number | undefined
  /** Ends the wait at once; it rejects with `signal.reason` itself. The task continues at the service. */
  signal?: AbortSignal | undefined
  /** Receives each changed state. An error that it throws is logged and does not end the wait. */
  onUpdate?: ((state: State) => void) | undefined
  /**
   * When to poll.
   * @default the endpoint's own schedule
   */
  schedule?: PollSchedule | undefined
  /**
   * How many polls may fail in a row (network, timeout, 408, 429, 455, 5xx, malformed body); a successful one resets the
   * count.
   * @default 5
   */
  maxPollFailures?: number | undefined
}
