import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { importPeer } from '../peers.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

const programs = {
  'create and wait': `
    import { RunApiClient } from 'runapi-video'
    export const make = (apiKey, params) => new RunApiClient({ apiKey }).luma.modifyVideo(params).wait()`,
  webhooks: `export { verifyWebhook } from 'runapi-video/webhooks'`,
  everything: `export * from 'runapi-video'; export * as webhooks from 'runapi-video/webhooks'`,
}

/** What a Worker's bundle grows by. */
export const bundleSizes = async () => {
  const { build } = await importPeer('esbuild')
  return Promise.all(
    Object.entries(programs).map(async ([program, contents]) => {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: root },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        platform: 'neutral',
        target: 'es2022',
        conditions: ['workerd', 'worker', 'browser'],
        external: ['node:*'],
      })
      const [{ contents: bytes }] = outputFiles
      return {
        program,
        'minified, kB': bytes.length / 1_000,
        'min + gzip, kB': gzipSync(bytes).length / 1_000,
      }
    }),
  )
}
