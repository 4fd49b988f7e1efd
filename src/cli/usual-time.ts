import { endpointNamed } from '../models'

type Range = readonly [fromMs: number, toMs: number]

/** How long tasks of an endpoint usually take, where that is published. */
export const usualTimeOf = (endpoint: string): Range | undefined => endpointNamed(endpoint)?.typicalMs

/** What that says of a task of this age. */
export const usuallyLeft = (ageMs: number, [fromMs, toMs]: Range): string => {
  if (ageMs >= toMs) return 'longer than usual'
  const most = seconds(toMs - ageMs)
  return ageMs < fromMs ? `usually ${seconds(fromMs - ageMs)}–${most} s more` : `usually up to ${most} s more`
}

export const seconds = (ms: number): number => Math.round(ms / 1000)
