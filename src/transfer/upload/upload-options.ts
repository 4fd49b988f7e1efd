import type { CallOptions } from '../../contract/options'
import { CALL_OPTIONS } from '../../http/call'
import { ownFields } from '../../platform/own'
import { checkFunction, checkOptions, type OptionNames } from '../../settings/checks'

/** How far the bytes of an upload are. */
export interface UploadProgress {
  /** Bytes that were handed to the connection. */
  sentBytes: number
  /** The size of the file. */
  totalBytes: number
}

/** `timeoutMs` bounds each API request; the transfer of the bytes gets a second more for every 128 KiB. */
export interface UploadOptions extends CallOptions {
  /**
   * The file's name at the service: 1 to 255 characters without a slash or a control character.
   * @default the source's own name, else `upload` with the extension of its type
   */
  fileName?: string | undefined
  /**
   * The media type, such as `'video/mp4'`. Not used for a URL, where its server says it.
   * @default the source's own type, else what the file's name promises
   */
  contentType?: string | undefined
  /**
   * Receives the progress of the transfer, beginning with 0 bytes; it may begin again. Step by step on Node, elsewhere
   * only its beginning and its end. What it throws is logged and changes nothing. Not called for a URL.
   */
  onProgress?: ((progress: UploadProgress) => void) | undefined
}

export const UPLOAD_OPTIONS: OptionNames<UploadOptions> = {
  ...CALL_OPTIONS,
  fileName: true,
  contentType: true,
  onProgress: true,
}

export const checkUploadOptions = (given: UploadOptions | undefined): UploadOptions => {
  const options = ownFields(checkOptions('options', given, UPLOAD_OPTIONS))
  if (options.onProgress !== undefined) checkFunction('onProgress', options.onProgress)
  return options
}
