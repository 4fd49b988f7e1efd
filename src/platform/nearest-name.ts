/** The most likely intended one of `names` for `typed`, if any is close. */
export const nearestName = (typed: string, names: readonly string[]): string | undefined => {
  const word = bare(typed)
  if (word.length < 3 || word.length > 40) return undefined
  const byDistance = names
    .map((name) => ({ name, distance: distance(word, bare(name)) }))
    .sort((a, b) => a.distance - b.distance)
  const best = byDistance[0]
  if (best && best.distance <= Math.max(1, Math.floor(word.length / 4))) return best.name
  // A part of one name, such as `duration` of `duration_seconds`.
  const holders = names.filter((name) => word.length > 4 && bare(name).includes(word))
  return holders.length === 1 ? holders[0] : undefined
}

// `firstFrameImageUrl` and `first-frame-image-url` are the same name.
const bare = (name: string): string => name.toLowerCase().replace(/[^a-z\d]/g, '')

// Edits between two words (Levenshtein), two neighbours swapped being one (optimal string alignment).
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped))
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], j: number): number => row[j] ?? Number.POSITIVE_INFINITY
