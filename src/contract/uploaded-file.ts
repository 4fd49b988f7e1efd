/**
 * A file that was uploaded for use as an input, as the service reports it. A create takes it in place of a URL. It lives
 * for about an hour, until `expires_at`.
 */
export interface UploadedFile {
  /** Its name at the service. */
  file_name: string
  /** The URL from which the service fetches it. Anyone who has the URL can read the file. */
  url: string
  /** Its size. */
  size_bytes?: number
  /** Its media type, such as `'image/png'`. */
  mime_type?: string
  /** An ISO 8601 string. */
  created_at?: string
  /** When the URL stops working, as an ISO 8601 string. */
  expires_at?: string
  [field: string]: unknown
}

// Registered, because each entry point of the CommonJS build has a copy of this module.
const CONTENT = Symbol.for('runapi-video.content')

/** Remembers the file's content, by a digest or its first URL, hidden beside the fields that the service sent. */
export const withContent = <File extends object>(file: File, digest: string | undefined): File =>
  Object.defineProperty(file, CONTENT, { value: digest, configurable: true })

/** The digest of a file that this library uploaded. */
export const contentOfFile = (file: unknown): string | undefined =>
  (file as { [CONTENT]?: string } | null | undefined)?.[CONTENT]
