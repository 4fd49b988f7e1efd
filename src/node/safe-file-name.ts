const FALLBACK = 'video.mp4'
const LONGEST = 120
// Devices of Windows, with any extension.
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * A file's name from the last segment of a URL, safe in any directory: letters, digits, `.`, `_` and `-`, no dot at
 * either end. Never from `Content-Disposition`, which is whatever a server likes.
 */
export const safeFileName = (url: string): string => {
  const name = lastSegment(url)
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[._-]+|[._-]+$/g, '')
  const extension = /\.\w{1,5}$/.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - extension.length).slice(0, LONGEST)
  if (stem === '') return FALLBACK
  return `${DEVICE.test(name) ? '_' : ''}${stem}${extension || '.mp4'}`
}

const lastSegment = (url: string): string => {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '')
  } catch {
    return ''
  }
}
