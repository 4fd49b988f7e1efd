import { readFile, stat } from 'node:fs/promises'
import { UsageError } from './exit-code-of'
import { jsonFault } from './json-fault'
import { say } from './output'

/** The JSON object behind an argument: the argument itself if it begins with a brace, `-` for stdin, else a file. */
export const jsonArgument = async (argument: string, signal: AbortSignal): Promise<unknown> => {
  if (/^\s*[[{]/.test(argument)) return parseJson('the argument', argument)
  if (argument !== '-') return parseJson(argument, await readTextFile(argument))
  const text = await readStdin(signal)
  if (text.trim() === '')
    throw new UsageError('nothing came on stdin; pass JSON to it, or a file in place of -')
  return parseJson('stdin', text)
}

/** Parses it. Text that is not JSON may be anything, so the refusal does not show it. */
export const parseJson = (from: string, text: string, kind = 'one JSON object'): unknown => {
  // Trimmed of the mark that editors of Windows put first, too.
  const json = text.trim()
  if (json === '') throw new UsageError(`${from}: is empty; it must be ${kind}`)
  try {
    return JSON.parse(json)
  } catch {
    const fault = jsonFault(text.replace(/^\s+/, (blank) => blank.replace(/[^ \t\n\r]/g, ' ')))
    const line = fault === undefined || !json.includes('\n') ? '' : `line ${fault.line}, `
    const where = fault === undefined ? '' : `, and is broken at ${line}column ${fault.column}`
    throw new UsageError(`${from}: must be ${kind}${where}${quotesHint(json)}`)
  }
}

// Windows' shells take the quotes of a JSON argument away.
const quotesHint = (text: string): string =>
  /^\{\s*(?:\w+\s*:|')/.test(text)
    ? '; names and texts need double quotes, which some shells remove: put it into a file'
    : ''

/** The text of a file, in whatever of Unicode's encodings it was written. */
export const readTextFile = async (path: string): Promise<string> => {
  try {
    return decodeText(await readFile(path))
  } catch (error) {
    throw unreadable(path, error)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a directory, not a file',
  EACCES: 'may not be read by you',
  EPERM: 'may not be read by you',
  ENAMETOOLONG: 'there is no such file',
  ENOTDIR: 'there is no such file',
}

const unreadable = (path: string, error: unknown): UsageError => {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  return new UsageError(`${path}: ${REASONS[code] ?? `cannot be read (${code})`}`)
}

/** Whether there is a file of that name that is not empty; refuses anything else of that name. */
export const fileSize = async (path: string): Promise<number | undefined> => {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (REASONS[error.code ?? ''] === REASONS.ENOENT) return undefined
    throw unreadable(path, error)
  })
  if (found?.isDirectory()) throw new UsageError(`${path}: ${REASONS.EISDIR}`)
  return found?.size
}

/** PowerShell 5.1 writes UTF-16 with a byte order mark when it redirects, and some editors put one before UTF-8. */
const decodeText = (bytes: Uint8Array): string => {
  const [first, second] = bytes
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0)
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0)
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes)
}

// Ctrl-C reaches every command of a pipe at once, and what the one before prints last is the handle of a paid task.
const LAST_WORDS_MS = 2_000

/** All of stdin. After a Ctrl-C it still takes what comes within moments; if nothing comes it throws the reason. */
export const readStdin = async (signal: AbortSignal): Promise<string> => {
  const { stdin } = process
  if (stdin.isTTY) say('Reading JSON from the terminal; end it with Ctrl-D (Windows: Ctrl-Z and Enter).')
  const onAbort = (): void => {
    setTimeout(() => stdin.destroy(), stdin.isTTY ? 0 : LAST_WORDS_MS).unref()
  }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  const text = decodeText(Buffer.concat(chunks))
  if (text.trim() === '') signal.throwIfAborted()
  return text
}
