/**
 * How long tasks take, in seconds: a lognormal whose p10 and p90 are the published "typical" times, and 5 % slow tasks
 * around a later time.
 * @typedef {{ median: number, sigma: number, slowMedian: number }} Law
 */

const P90 = 1.2815516
const SLOW_SHARE = 0.05
const SLOW_SIGMA = 0.5

/** @returns {Law} */
const lawOf = (/** @type {{ p10: number, p90: number, slowMedian: number }} */ { p10, p90, slowMedian }) => ({
  median: Math.sqrt(p10 * p90),
  sigma: Math.log(p90 / p10) / (2 * P90),
  slowMedian,
})

export const laws = {
  luma: lawOf({ p10: 30, p90: 120, slowMedian: 180 }),
  hailuo: lawOf({ p10: 60, p90: 120, slowMedian: 240 }),
}

/**
 * One task's time.
 * @param {Law} law
 * @param {() => number} random
 */
export const draw = (law, random) => {
  const isSlow = random() < SLOW_SHARE
  const [median, sigma] = isSlow ? [law.slowMedian, SLOW_SIGMA] : [law.median, law.sigma]
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(sigma * normal)
}

/**
 * The share of tasks that are done at an age.
 * @param {Law} law
 * @param {number} age
 */
export const doneBy = ({ median, sigma, slowMedian }, age) =>
  age <= 0
    ? 0
    : (1 - SLOW_SHARE) * normalCdf(Math.log(age / median) / sigma) +
      SLOW_SHARE * normalCdf(Math.log(age / slowMedian) / SLOW_SIGMA)

// Abramowitz and Stegun 7.1.26, exact to 1.5e-7.
const normalCdf = (/** @type {number} */ z) => {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  const half = (1 - series * Math.exp(-x * x)) / 2
  return z >= 0 ? 0.5 + half : 0.5 - half
}
