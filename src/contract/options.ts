import type { Clock } from '../platform/clock'
import type { Logger, LogLevel } from '../platform/log'
import type { PollSchedule } from '../waiting/poll-schedule'
import type { ClientEvent } from './events'
import type { Ledger, Tags } from './ledger'
import type { TaskState } from './task-state'

/** Returns the key. It is called before each attempt, so that you can load the key late and rotate it. */
export type ApiKeySource = () => string | Promise<string>

/** What the option `fetch` must do: any runtime's `fetch`, undici's, or a function of yours around one. */
export type FetchLike = (url: string, init: FetchLikeInit) => Promise<FetchLikeResponse>

/** What the library passes to the option `fetch`. */
export interface FetchLikeInit {
  /** The HTTP method. */
  method?: string
  /** Names in lower case. */
  headers?: Record<string, string>
  /** The JSON of an API request. An upload has bytes, a Blob or a stream here: hand them on as they are. */
  body?: string
  /** How redirects are treated. */
  redirect?: 'error' | 'follow' | 'manual'
  /** Aborts when the call ends. */
  signal?: AbortSignal
}

/** What the option `fetch` must give: a `Response`. */
export interface FetchLikeResponse {
  /** The HTTP status. */
  readonly status: number
  /** The headers. */
  readonly headers: {
    /** The value of a header, by its name without case. */
    get(name: string): string | null
  }
  /** The bytes as a stream, or null. */
  readonly body: unknown
  /** The body as text. */
  text(): Promise<string>
}

/** Headers as a user gives them. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | Headers

/** Options of a client; each has a default. */
export interface RunApiClientOptions {
  /**
   * Your RunAPI key, or a function that returns it. `null` sends no Authorization, for pages whose own server adds it.
   * @default the environment variable `RUNAPI_API_KEY`, read at the first request
   */
  apiKey?: string | ApiKeySource | null | undefined
  /**
   * Where the API is: https, or http on a loopback host. A path prefix is kept. In a browser page it may be a path of
   * the page's own server, such as `/api/runapi`.
   * @default the environment variable `RUNAPI_BASE_URL`, else `https://runapi.ai`
   * @throws {ConfigurationError} with credentials, a query or a fragment in it
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
   * Used for every request when given.
   * @default the runtime's own transport
   */
  fetch?: FetchLike | undefined
  /** Added to each API request; names are compared without case. An `Authorization` here replaces the client's. */
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
   * @default the console; on servers all levels go to stderr, because stdout may hold a document
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
   * Where purchases are written down before they are paid, and limited: what `openLedger` of `runapi-video/ledger` gives.
   * @default none
   */
  ledger?: Ledger | undefined
  /** Receives every event of this client, for metrics and tracing. What it throws is logged and changes nothing. */
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
  /** Added to the client's headers; they win over those. */
  headers?: HeadersInput | undefined
}

/** Options of the methods that buy a task. */
export interface CreateOptions extends CallOptions {
  /**
   * Names this purchase: the service answers a second create of the same key with the first task. Derive it from your
   * order and store it before you call; then nothing is bought twice, even if your process dies in between. 1–512
   * printable ASCII characters. How long the service remembers a key is not published.
   * @default a random one, kept on the task and on every error
   */
  idempotencyKey?: string | undefined
  /** Your own name for the request; the service echoes it and stores it with the task. 1–512 printable ASCII characters. */
  clientRequestId?: string | undefined
  /** Labels of this purchase by name, which the client's ledger keeps and groups by. */
  tags?: Tags | undefined
  /** Fields merged into the body after validation: the way past the rules, for a parameter newer than this release. */
  extraParams?: Readonly<Record<string, unknown>> | undefined
  /**
   * `false` sends the parameters as they are; the service's own rules still apply.
   * @default true
   */
  validate?: boolean | undefined
}

/** Options of `runapi.resume`. */
export interface ResumeOptions extends CallOptions {
  /**
   * Sends an order again whose outcome is unknown for more than a day. The service may have forgotten its key by then, so
   * this may buy it twice.
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
  /** Receives each changed state. What it throws is logged and does not end the wait. */
  onUpdate?: ((state: State) => void) | undefined
  /**
   * When to poll.
   * @default the endpoint's own schedule
   */
  schedule?: PollSchedule | undefined
  /**
   * How many polls may fail in a row (network, timeout, 408, 429, 455, 5xx, malformed body); a good one starts the
   * count again.
   * @default 5
   */
  maxPollFailures?: number | undefined
}
