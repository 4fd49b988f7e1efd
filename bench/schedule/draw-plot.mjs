/**
 * @typedef {{ label: string, polls: number, delay: number }} Point
 * @typedef {{ title: string, optimum: { polls: number, delay: number }[], others: Point[], ours: Point[] }} Panel
 */

const WIDTH = 880
const HEIGHT = 430
const PANEL = { width: 350, height: 300, top: 60 }
const LEFTS = [70, 500]
const DELAYS = { from: 0.2, to: 16, ticks: [0.25, 0.5, 1, 2, 4, 8, 16] }
const POLLS = { from: 3, to: 240, ticks: [5, 10, 20, 50, 100, 200] }

// Greys and hues in the middle of the scale, which stand out from a white and from a near-black page alike.
const INK = '#77808c'
const OTHERS = '#b7791f'
const OURS = '#2f81f7'

const share = (/** @type {{ from: number, to: number }} */ { from, to }, /** @type {number} */ value) =>
  Math.log(value / from) / Math.log(to / from)
const across = (/** @type {number} */ delay) => share(DELAYS, delay) * PANEL.width
const down = (/** @type {number} */ polls) => (1 - share(POLLS, polls)) * PANEL.height
const place = (/** @type {number} */ value) => value.toFixed(1)
const isInside = (/** @type {{ polls: number, delay: number }} */ { polls, delay }) =>
  delay >= DELAYS.from && delay <= DELAYS.to && polls >= POLLS.from && polls <= POLLS.to

/** Polls per task against mean delay, both logarithmic, as an SVG. */
export const drawPlot = (/** @type {Panel[]} */ panels) => `\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" \
font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="12" fill="${INK}">
<title>Polls per task against mean delay</title>
<desc>For Luma and Hailuo: the default schedule needs fewer polls than loops at a fixed interval at the same mean delay, \
and lies close to the theoretical optimum.</desc>
<style>.grid { stroke: ${INK}; stroke-opacity: 0.25 } .ours { font-weight: 600; fill: ${OURS} }</style>
${panels.map((panel, i) => drawPanel(panel, LEFTS[i] ?? 0)).join('\n')}
<text x="${WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">mean delay between the video being ready and the client knowing, in seconds</text>
<text transform="translate(16 ${PANEL.top + PANEL.height / 2}) rotate(-90)" text-anchor="middle">polls per task</text>
</svg>
`

const drawPanel = (/** @type {Panel} */ { title, optimum, others, ours }, /** @type {number} */ left) => {
  const line = optimum
    .filter(isInside)
    .map(({ polls, delay }) => `${place(across(delay))},${place(down(polls))}`)
  const [labelX = '0', labelY = '0'] = line[Math.floor(line.length / 5)]?.split(',') ?? []
  return `<g transform="translate(${left} ${PANEL.top})">
<text x="0" y="-18" font-size="15" font-weight="600">${title}</text>
${DELAYS.ticks.map(delayTick).join('\n')}
${POLLS.ticks.map(pollsTick).join('\n')}
<polyline points="${line.join(' ')}" fill="none" stroke="${INK}" stroke-width="2"/>
<text x="${Number(labelX) - 8}" y="${Number(labelY) + 12}" text-anchor="end">optimum</text>
${others.filter(isInside).map(drawOther).join('\n')}
${ours.filter(isInside).map(drawOurs).join('\n')}
</g>`
}

const delayTick = (/** @type {number} */ delay) => {
  const x = place(across(delay))
  return `<line class="grid" x1="${x}" y1="0" x2="${x}" y2="${PANEL.height}"/><text x="${x}" y="${PANEL.height + 18}" text-anchor="middle">${delay}</text>`
}

const pollsTick = (/** @type {number} */ polls) => {
  const y = place(down(polls))
  return `<line class="grid" x1="0" y1="${y}" x2="${PANEL.width}" y2="${y}"/><text x="-8" y="${Number(y) + 4}" text-anchor="end">${polls}</text>`
}

const drawOther = (
  /** @type {Point} */ { label, polls, delay },
  /** @type {number} */ index,
  /** @type {Point[]} */ all,
) => {
  const [x, y] = [across(delay), down(polls)]
  const above = all[index - 1]
  const isCrowded = above && y - down(above.polls) < 12
  return `<circle cx="${place(x)}" cy="${place(y)}" r="4" fill="${OTHERS}"/><text x="${place(x + 9)}" y="${place(y + (isCrowded ? 11 : -3))}" fill="${OTHERS}">${label}</text>`
}

const drawOurs = (/** @type {Point} */ { label, polls, delay }) => {
  const [x, y] = [across(delay), down(polls)]
  return `<circle cx="${place(x)}" cy="${place(y)}" r="6" fill="${OURS}"/><text class="ours" x="${place(x - 22)}" y="${place(y + 32)}" text-anchor="end">our ${label}</text>`
}
