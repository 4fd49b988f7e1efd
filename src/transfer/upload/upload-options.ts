import type { CallOptions } from '../../contract/options'
import { CALL_OPTIONS } from '../../http/call'
import { ownFields } from '../../platform/own'
import { checkFunction, checkOptions, type OptionNames } from '../../settings/checks'

/** The progress of an upload's bytes. */
export interface UploadProgress {
  /** Bytes handed to the connection so far. */
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
   * The media type, such as `'video/mp4'`. Not used for a URL, whose server says it.
   * @default the source's own type, else the one that the file's name suggests
   */
  contentType?: string | undefined
  /**
   * Receives the progress of the transfer, starting with 0 bytes; it may start over. Step by step on Node, elsewhere only
   * at the start and the end. An error that it throws is only logged. Not called for a URL.
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
