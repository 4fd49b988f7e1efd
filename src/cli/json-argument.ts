import { readFile } from 'node:fs/promises'
import { readStdin } from './read-stdin'
import { UsageError } from './usage-error'

/** The JSON behind an argument: the argument itself where it begins with a brace, `-` for stdin, else a file. */
export const jsonArgument = async (argument: string, signal: AbortSignal): Promise<unknown> => {
  if (argument.trimStart().startsWith('{')) return parseJson('the argument', argument)
  if (argument !== '-') return parseJson(argument, await readText(argument))
  const text = await readStdin(signal)
  if (text.trim() === '') throw new UsageError('nothing came on stdin')
  return parseJson('stdin', text)
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.code}`)
  })

/** Parses it. What is no JSON may be anything, so the refusal shows nothing of it. */
export const parseJson = (from: string, text: string): unknown => {
  try {
    // Trimmed of the mark that editors of Windows put first, too.
    return JSON.parse(text.trim())
  } catch {
    throw new UsageError(`${from}: must be one JSON object`)
  }
}
