// The service's input types: videos for Luma, images for Hailuo.
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}

/** The media type that a file's name suggests. */
export const mediaTypeOf = (fileName: string): string | undefined => {
  const extension = /\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(MEDIA_TYPES, extension) ? MEDIA_TYPES[extension] : undefined
}

/** The usual extension of a media type, with its dot; empty for one that is not known. */
export const extensionOf = (mediaType: string): string => {
  const plain = mediaType.split(';', 1)[0]?.trim().toLowerCase()
  const extension = Object.keys(MEDIA_TYPES).find((name) => MEDIA_TYPES[name] === plain)
  return extension === undefined ? '' : `.${extension}`
}
