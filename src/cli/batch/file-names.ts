import { createHash } from 'node:crypto'

const MAX_LENGTH = 100
// Devices of Windows, with any extension.
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/**
 * The name of the file of an order, the same on every disk. If the id had to be changed for that (a sign, an upper-case
 * letter, its length), a hash of it is added behind a sign that no unchanged id holds, so that no two orders meet.
 */
export const fileNameOf = (id: string, number = 1): string => {
  const safe = id
    .toLowerCase()
    .replace(/[^a-z\d._-]+/g, '_')
    .replace(/^\.+|[.\s]+$/g, '_')
    .slice(0, MAX_LENGTH)
  const name = DEVICE.test(safe) || safe === '' ? `_${safe}` : safe
  const hash = name === id ? '' : `~${createHash('sha256').update(id).digest('hex').slice(0, 12)}`
  return `${name}${hash}${number === 1 ? '' : `#${number}`}.mp4`
}
