import { doneBy } from './laws.mjs'

const HORIZON = 1_500

/**
 * The fewest polls per task at each mean delay: a curve of points, from many polls to few. No schedule that knows only
 * the law and the age can be under it.
 * @param {import('./laws.mjs').Law} law
 */
export const optimum = (law) => {
  const points = []
  for (let price = 1_000; price > 0.004; price /= 1.3) points.push(optimumAt(law, price))
  return points
}

const at = (/** @type {Float64Array} */ values, /** @type {number} */ i) => /** @type {number} */ (values[i])

/**
 * Dynamic programming from the last age back: what is best to poll next after a poll at age i found the task going, when
 * a second of delay costs as much as `price` polls.
 * @param {import('./laws.mjs').Law} law
 * @param {number} price
 */
export const optimumAt = (law, price) => {
  // Some thirty steps between two polls where they are densest.
  const step = 0.25 / Math.sqrt(price)
  const last = Math.ceil(HORIZON / step)
  const done = Float64Array.from({ length: last + 1 }, (_, i) => (i === last ? 1 : doneBy(law, i * step)))
  const sums = new Float64Array(last + 1)
  for (let i = 1; i <= last; i++) sums[i] = at(sums, i - 1) + (at(done, i - 1) + at(done, i)) * (step / 2)
  const cost = new Float64Array(last + 1)
  const next = new Int32Array(last + 1)
  let latest = last
  for (let i = last - 1; i >= 0; i--) {
    let least = Number.POSITIVE_INFINITY
    let best = latest
    // An earlier age is never followed by a later poll (the cost is submodular), so the search ends at the last answer.
    for (let j = i + 1; j <= latest; j++) {
      const delay = at(sums, j) - at(sums, i) - at(done, i) * (j - i) * step
      const expected = 1 - at(done, i) + price * delay + at(cost, j)
      if (expected < least) {
        least = expected
        best = j
      }
    }
    cost[i] = least
    next[i] = best
    latest = best
  }
  let polls = 0
  for (let i = 0; i < last; i = /** @type {number} */ (next[i])) polls += 1 - at(done, i)
  return { price, polls, delay: (at(cost, 0) - polls) / price }
}

/**
 * The curve's polls at a mean delay.
 * @param {ReturnType<typeof optimum>} curve
 * @param {number} delay
 */
export const pollsAt = (curve, delay) => {
  const index = curve.findIndex((point) => point.delay >= delay)
  const [before, after] = [curve[index - 1], curve[index]]
  if (!before || !after) return Number.NaN
  const share = Math.log(delay / before.delay) / Math.log(after.delay / before.delay)
  return before.polls * (after.polls / before.polls) ** share
}
