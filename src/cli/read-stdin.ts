// Ctrl-C reaches every command of a pipe at once, and what the one before prints last is the handle of a paid task.
const LAST_WORDS_MS = 2_000

/** All of stdin. After a Ctrl-C it still takes what comes within moments; where nothing comes it throws the reason. */
export const readStdin = async (signal: AbortSignal): Promise<string> => {
  const { stdin } = process
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
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') signal.throwIfAborted()
  return text
}
