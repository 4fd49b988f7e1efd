import type { UploadedFile } from '../../contract/uploaded-file'
import { type Answer, malformed, objectOf } from '../../http/answer'
import { ownText } from '../../platform/own'

/** The service's answer to an upload, as it came. */
export const readUploadedFile = (answer: Answer): UploadedFile => {
  const file = objectOf(answer)
  if (/^https?:\/\//i.test(ownText(file, 'url') ?? '')) return file as UploadedFile
  throw malformed(answer, 'holds no url of the file')
}
