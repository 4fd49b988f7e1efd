import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { UsageError } from '../exit-code-of'
import { interruptible } from '../interruption'
import { uploadWithProgress } from '../local-files'
import { print } from '../output'
import { fileSize } from '../read-json'

export const upload: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const [what, ...rest] = line.positionals
      if (what === undefined) throw new UsageError('upload: what to upload is missing: a file or a URL')
      if (rest.length > 0) throw new UsageError('upload: takes one file or URL, and nothing after it')
      const isUrl = /^https?:/i.test(what)
      const bytes = isUrl ? undefined : await fileSize(what)
      if (!isUrl && bytes === undefined) throw new UsageError(`${what}: there is no such file`)
      if (bytes === 0) throw new UsageError(`${what}: is empty`)
      const [fileName, contentType] = [line.text('file-name'), line.text('content-type')]
      if (isUrl && contentType !== undefined)
        throw new UsageError('--content-type belongs to a file; for a URL its server says the type')
      requireKey()
      return withClient(line, signal, async (service) => {
        const json = isUrl
          ? await service.runapi.files.upload(what, { signal, ...(fileName !== undefined && { fileName }) })
          : await uploadWithProgress(what, { ...service, fileName, contentType })
        const { expires_at } = json
        const until = typeof expires_at === 'string' ? [`usable until ${expires_at}`] : []
        return print({ json, lines: [json.url, ...until] }, line)
      })
    }),
}
