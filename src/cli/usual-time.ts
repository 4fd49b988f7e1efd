type Range = readonly [fromMs: number, toMs: number]

// What RunAPI publishes, a family each; of others nothing is said.
const USUAL_MS: Readonly<Record<string, Range>> = {
  luma: [30_000, 120_000],
  hailuo: [60_000, 120_000],
}

/** How long tasks of an endpoint usually take, where that is published. */
export const usualTimeOf = (endpoint: string): Range | undefined => {
  const [family = ''] = endpoint.split('.')
  return Object.hasOwn(USUAL_MS, family) ? USUAL_MS[family] : undefined
}

/** What that says of a task of this age. */
export const usuallyLeft = (ageMs: number, [fromMs, toMs]: Range): string => {
  if (ageMs >= toMs) return 'longer than usual'
  const most = seconds(toMs - ageMs)
  return ageMs < fromMs ? `usually ${seconds(fromMs - ageMs)}–${most} s more` : `usually up to ${most} s more`
}

export const seconds = (ms: number): number => Math.round(ms / 1000)
