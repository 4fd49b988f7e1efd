/** What the program must see, the same on every runtime. */
const EXPECTED = {
  completed: 'completed',
  lastSeen: 'completed',
  urlIsMp4: true,
  revived: true,
  invalid: [
    'hailuo.imageToVideo: 2 parameters break the rules of hailuo-2.3-image-to-video-pro',
    '  output_resolution: must be 768p or 1080p (received "512p")',
    '  last_frame_image_url: only Hailuo 02 image-to-video models take it',
  ].join('\n'),
  refused: [true, 'authentication', 401],
  unreachable: [true, 'connection'],
  stalled: ['unknown_outcome', 'string'],
  guard: true,
  cancelledWithReason: true,
  otherFinished: 'completed',
  together: 12,
  webhook: ['tsk_1', 'failed'],
  forged: 'no_match',
  downloaded: 'ftyp',
  closed: 'client_closed',
  unhandled: 0,
}

/**
 * What differs from the expected facts, a line each.
 * @param {Readonly<Record<string, unknown>>} seen
 * @param {Readonly<Record<string, unknown>>} expected
 * @returns {string[]}
 */
export const differences = (seen, expected = EXPECTED) =>
  Object.entries(expected)
    .filter(([name, value]) => JSON.stringify(seen[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${name}: expected ${JSON.stringify(value)}, saw ${JSON.stringify(seen[name])}`)

/**
 * What is wrong with the User-Agents that came.
 * @param {readonly { headers: Readonly<Record<string, string>>, path: string }[]} requests
 * @param {boolean} inBrowser
 * @returns {string[]}
 */
export const userAgentFaults = (requests, inBrowser) => {
  const api = requests.filter(({ path }) => path.startsWith('/api/v1/'))
  if (api.length === 0) return ['no request reached the emulator']
  const ours = api.filter(({ headers }) => headers['user-agent']?.startsWith('runapi-video/'))
  if (inBrowser) return ours.length === 0 ? [] : ['a browser sent our User-Agent']
  return ours.length === api.length
    ? []
    : [`${api.length - ours.length} requests came without our User-Agent`]
}
