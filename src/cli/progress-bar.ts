/** What one line of progress says. */
export interface ProgressFrame {
  title: string
  status: string
  /** How much is done, from 0 to 1; `undefined` where nobody can tell. */
  share?: number | undefined
  /** What is to be expected. */
  outlook?: string | undefined
}

const CELLS = 20
const [CYAN, PLAIN] = ['\x1b[36m', '\x1b[0m']

/** A line for a terminal that is less wide than `columns`: what does not fit is left out from the end. */
export const progressBar = (
  { title, status, share, outlook }: ProgressFrame,
  { columns, colour }: { columns: number; colour: boolean },
): string => {
  const filled = share === undefined ? undefined : Math.floor(Math.min(1, Math.max(0, share)) * CELLS)
  const bar = filled === undefined ? '' : ` ${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)}`
  const parts = [title, bar, ` ${status}`, outlook === undefined ? '' : `, ${outlook}`]
  while (parts.length > 1 && parts.join('').length >= columns) parts.pop()
  if (colour && parts.length > 1 && bar !== '') parts[1] = `${CYAN}${bar}${PLAIN}`
  return parts.length > 1 ? parts.join('') : title.slice(0, Math.max(0, columns - 1))
}
