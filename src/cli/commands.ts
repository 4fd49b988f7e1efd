import type { Line } from './read-line'

/** A command, once it is loaded. */
export interface Command {
  /** Runs it, and gives the exit code. */
  run(line: Line): Promise<number>
}

/** An option: one without a `value` is a switch. */
export interface Option {
  readonly value?: string
  readonly about: string
}

/** What the exit codes mean, in every command. */
export const EXIT_CODES = [
  ['0', 'done'],
  ['1', 'something unexpected'],
  ['2', 'the command line, the parameters or the configuration are wrong; nothing was sent'],
  ['3', 'the service says that the generation failed'],
  ['4', 'the task is not done; it goes on, so wait again'],
  ['5', 'the service refused, and will again; nothing was bought'],
  ['6', 'no answer, or one that says later; the same command with the same idempotency key may succeed'],
  ['7', 'the video could not be saved'],
  ['130', 'Ctrl-C (143: SIGTERM)'],
] as const

/** Every option of every command. Where two commands take one, it means the same. */
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
  'api-key': { value: '<key>', about: 'the only key that is accepted (default: any)' },
  'balance-cents': { value: '<number>', about: 'what each account has to spend (default: 1000000)' },
  'base-url': {
    value: '<url>',
    about: 'another service than https://runapi.ai, such as an emulator (default: RUNAPI_BASE_URL)',
  },
  'allow-insecure-http': { about: 'lets the base URL be http on other hosts than loopback' },
  json: { about: 'prints JSON at a terminal too' },
  quiet: { about: 'no progress on stderr' },
  help: { about: 'explains the command' },
} as const satisfies Readonly<Record<string, Option>>

export type OptionName = keyof typeof OPTIONS

export interface CommandSpec {
  readonly summary: string
  /** What stands behind the command's name, a line for each form. */
  readonly usage: readonly string[]
  readonly about: string
  readonly options: readonly OptionName[]
  /** Whether each parameter of each endpoint is a flag. */
  readonly takesParams?: true
  readonly examples: readonly string[]
  /** Loads it: no command reads what only another one needs. */
  load(): Promise<Command>
}

const SERVICE = ['base-url', 'allow-insecure-http', 'json', 'quiet'] as const
const WAIT = ['timeout-ms', 'poll-ms', 'download', 'overwrite'] as const
const TASK =
  '<task> is what create printed: the JSON itself, a file that holds it, or - for stdin. A bare id needs its endpoint.'

/** The commands, in the order of the help. */
export const COMMANDS = {
  create: {
    summary: 'buys a task',
    usage: ['<endpoint> [parameters] [options]'],
    about:
      'Buys a task and prints its handle, for wait. The parameters are checked before anything is sent. Flags win over ' +
      'JSON. Where a parameter takes the URL of a video or an image, a local file is uploaded first.',
    options: [
      'params',
      'extra-params',
      'no-validate',
      'idempotency-key',
      'dry-run',
      'wait',
      ...WAIT,
      ...SERVICE,
    ],
    takesParams: true,
    examples: [
      'create hailuo.textToVideo --model hailuo-02-text-to-video-standard --prompt "Rain on a tin roof" --download rain.mp4',
    ],
    load: async () => (await import('./commands/create')).create,
  },
  wait: {
    summary: 'waits for a task',
    usage: ['<task> [options]', '<endpoint> <id> [options]'],
    about: `Waits for a task and prints its result. ${TASK} Ctrl-C ends the wait; the service goes on with the task.`,
    options: ['endpoint', ...WAIT, ...SERVICE],
    examples: ['wait task.json --download rain.mp4', 'wait luma.modifyVideo tsk_abc123'],
    load: async () => (await import('./commands/wait')).wait,
  },
  status: {
    summary: 'asks once where a task stands',
    usage: ['<task> [options]', '<endpoint> <id> [options]'],
    about: `Asks for the status of a task, once. ${TASK} Exit code 0: completed; 3: failed; 4: not done yet.`,
    options: ['endpoint', ...SERVICE],
    examples: ['status luma.modifyVideo tsk_abc123'],
    load: async () => (await import('./commands/status')).status,
  },
  download: {
    summary: 'saves the video of a task',
    usage: ['<what> [path] [options]', '<endpoint> <id> [path] [options]'],
    about:
      'Saves a video and prints what it was given with the files added. <what> is what wait or create printed (the JSON ' +
      'itself, a file that holds it, or - for stdin), or the URL of a video. The path is a file or a directory ' +
      '(default: this one).',
    options: ['endpoint', 'overwrite', ...SERVICE],
    examples: ['download task.json rain.mp4'],
    load: async () => (await import('./commands/download')).download,
  },
  quote: {
    summary: 'says what a create would cost',
    usage: ['<endpoint> [parameters] [options]'],
    about:
      'Checks the parameters as create does and asks the service for their price. Nothing is bought; no key is needed.',
    options: ['params', ...SERVICE],
    takesParams: true,
    examples: [
      'quote hailuo.textToVideo --model hailuo-02-text-to-video-standard --prompt Rain --duration 6',
    ],
    load: async () => (await import('./commands/quote')).quote,
  },
  balance: {
    summary: 'shows what the account has left',
    usage: ['[options]'],
    about: 'Shows what the account of your key has left and has spent.',
    options: [...SERVICE],
    examples: ['balance'],
    load: async () => (await import('./commands/balance')).balance,
  },
  upload: {
    summary: 'uploads an input file',
    usage: ['<file or URL> [options]'],
    about: 'Uploads a file for use as an input and prints its URL, which lives an hour. Nothing is bought.',
    options: ['file-name', 'content-type', ...SERVICE],
    examples: ['upload park-walk.mp4'],
    load: async () => (await import('./commands/upload')).upload,
  },
  emulator: {
    summary: 'serves an emulator of RunAPI on this machine',
    usage: ['[options]'],
    about:
      'Serves an emulator of RunAPI on this machine, in real time: for programs in any language, and for pages in a ' +
      'browser. Nothing is bought. Ctrl-C ends it.',
    options: ['host', 'port', 'takes-ms', 'scenario', 'api-key', 'balance-cents', 'no-validate'],
    examples: ['emulator --port 4010 --takes-ms 3000'],
    load: async () => (await import('./commands/emulator')).emulator,
  },
} as const satisfies Readonly<Record<string, CommandSpec>>

export type CommandName = keyof typeof COMMANDS

/** The command of that name. */
export const commandNamed = (name: string): CommandSpec | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name as CommandName] : undefined
