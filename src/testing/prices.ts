import { modelOf } from './task'

type Price = number | ((params: Readonly<Record<string, unknown>>) => number)

const byDuration = (params: Readonly<Record<string, unknown>>): number =>
  params.duration_seconds === 6 ? 30 : 50

// RunAPI publishes the prices of Hailuo 02 text-to-video, and that Luma's is flat. The other numbers are made up.
const CENTS: Readonly<Record<string, Price>> = {
  'luma-modify-video': 50,
  'hailuo-02-text-to-video-pro': 57,
  'hailuo-02-text-to-video-standard': byDuration,
  'hailuo-02-image-to-video-pro': 57,
  'hailuo-02-image-to-video-standard': (params) =>
    byDuration(params) - (params.output_resolution === '512p' ? 15 : 0),
  'hailuo-2.3-image-to-video-pro': (params) => (params.output_resolution === '1080p' ? 80 : 60),
  'hailuo-2.3-image-to-video-standard': (params) =>
    byDuration(params) + (params.output_resolution === '1080p' ? 20 : 0),
}
const OTHER_CENTS = 50

/** What a task costs, in US cents. Prices of the emulator, not of the service. */
export const priceOf = (params: Readonly<Record<string, unknown>>): number => {
  const price = CENTS[modelOf(params) ?? ''] ?? OTHER_CENTS
  return typeof price === 'number' ? price : price(params)
}
