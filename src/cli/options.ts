/** An option: one without a `value` is a switch. */
export interface Option {
  readonly value?: string
  readonly about: string
}

/** The meaning of the exit codes, in every command. */
export const EXIT_CODES = [
  ['0', 'done'],
  ['1', 'something unexpected'],
  ['2', 'the command line, the parameters or the configuration are wrong; nothing was sent'],
  ['3', 'the service says that the generation failed'],
  ['4', 'the task is still running; wait again'],
  ['5', 'the service refused, and repeating the command will not help; nothing was bought'],
  ['6', 'no answer, or a temporary failure; repeat the command with the same idempotency key'],
  ['7', 'the video could not be saved'],
  ['8', 'the spending limit is reached; nothing more was bought'],
  ['130', 'Ctrl-C (143: SIGTERM)'],
] as const

/** Every option of every command. It means the same in each command that takes it. */
export const OPTIONS = {
  params: { value: '<json>', about: 'parameters as JSON: an object, a file that holds one, or - for stdin' },
  'extra-params': {
    value: '<json>',
    about: 'fields that are sent unchecked, for parameters newer than this release',
  },
  'no-validate': { about: 'does not check the parameters' },
  'idempotency-key': {
    value: '<key>',
    about: 'names this purchase: the same command with the same key buys nothing twice',
  },
  wait: { about: 'waits, and prints the result' },
  'dry-run': { about: 'checks everything and buys nothing' },
  endpoint: { value: '<name>', about: 'the endpoint that made the task, for a bare id' },
  'timeout-ms': { value: '<number>', about: 'how long to wait (default: 900000)' },
  'poll-ms': {
    value: '<number>',
    about: 'how often to ask (default: fitted to how long tasks of the endpoint usually take)',
  },
  download: { value: '<path>', about: 'waits, and saves the video there: a file or a directory' },
  overwrite: { about: 'replaces a file of that name' },
  'file-name': { value: '<name>', about: "the file's name at the service" },
  'content-type': { value: '<type>', about: 'its media type, such as video/mp4' },
  out: { value: '<folder>', about: 'where the videos go (default: videos)' },
  ledger: { value: '<file>', about: 'the file that remembers what was bought' },
  'limit-cents': { value: '<number>', about: 'how much may be spent in all, in US cents' },
  concurrency: { value: '<number>', about: 'how many orders are under way at once (default: 8)' },
  'retry-failed': { about: 'buys again what failed' },
  'resend-unknown': {
    about: 'sends again what may have been bought more than a day ago; the service may buy it twice',
  },
  host: {
    value: '<address>',
    about: 'the address to listen on (default: 127.0.0.1); 0.0.0.0 for containers',
  },
  port: { value: '<number>', about: 'the port; 0 for a free one (default: 4010)' },
  'takes-ms': {
    value: '<number>',
    about: 'how long each task takes (default: 62000 for Luma, 86000 for Hailuo)',
  },
  scenario: {
    value: '<file>',
    about:
      'a JSON list that says how coming tasks go, as emulator.next() of runapi-video/testing does: ' +
      '[{ "takesMs": 3000 }, { "outcome": "failed" }, { "faults": { "create": ["lose-answer"] } }]',
  },
  ids: { value: '<form>', about: 'the form of task ids: short or uuid (default: short)' },
  'webhook-host': {
    value: '<host>',
    about:
      'a host that webhooks may go to besides loopback ones, such as another container; several with commas',
  },
  'api-key': { value: '<key>', about: 'the only key that is accepted (default: any)' },
  'balance-cents': { value: '<number>', about: 'what each account has to spend (default: 1000000)' },
  'base-url': {
    value: '<url>',
    about: 'another service than https://runapi.ai, such as an emulator (default: RUNAPI_BASE_URL)',
  },
  'allow-insecure-http': {
    about: 'lets the base URL be http on other hosts than loopback (default: RUNAPI_ALLOW_INSECURE_HTTP)',
  },
  json: { about: 'prints JSON at a terminal too' },
  quiet: { about: 'no progress on stderr' },
  help: { about: 'explains the command' },
} as const satisfies Readonly<Record<string, Option>>

export type OptionName = keyof typeof OPTIONS
