import type { CommandSpec } from './command'

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
      'ledger',
      'limit-cents',
      'resend-unknown',
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
  batch: {
    summary: 'buys and saves many videos',
    usage: ['<orders.jsonl> [options]'],
    about:
      'Buys, waits for and saves the videos of a file of orders, one a line: { "id": "a", "endpoint": ' +
      '"hailuo.textToVideo", "params": { … }, "tags": { … } }. Run it again after whatever happened: it does what is ' +
      'missing, and buys nothing twice. What was bought stands in the ledger, beside the orders by default ' +
      '(orders.ledger.jsonl).',
    options: [
      'out',
      'limit-cents',
      'concurrency',
      'dry-run',
      'ledger',
      'retry-failed',
      'resend-unknown',
      'timeout-ms',
      'poll-ms',
      ...SERVICE,
    ],
    examples: ['batch orders.jsonl --out videos --limit-cents 2000', 'batch orders.jsonl --dry-run'],
    load: async () => (await import('./commands/batch')).batch,
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
    options: [
      'host',
      'port',
      'takes-ms',
      'scenario',
      'api-key',
      'balance-cents',
      'ids',
      'webhook-host',
      'no-validate',
    ],
    examples: ['emulator --port 4010 --takes-ms 3000'],
    load: async () => (await import('./commands/emulator')).emulator,
  },
} as const satisfies Readonly<Record<string, CommandSpec>>

export type CommandName = keyof typeof COMMANDS

/** The command of that name. */
export const commandNamed = (name: string): CommandSpec | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name as CommandName] : undefined
