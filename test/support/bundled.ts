import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'tsup'

export interface BundleOptions {
  entry: readonly string[] | Readonly<Record<string, string>>
  transport: 'node' | 'web'
  format: 'esm' | 'cjs'
  /** Left to be imported when the bundle runs. */
  external?: readonly string[]
  /** Where the bundle goes; it resolves what is external from there. */
  folder?: string
}

/** Bundles entry points from their source, as users bundle the library. Returns the folder. */
export const bundle = async (options: BundleOptions): Promise<string> => {
  const { entry, transport, format, external = [], folder = tmpdir() } = options
  const outDir = mkdtempSync(join(folder, '.runapi-video-bundle-'))
  await build({
    entry: entry as string[] | Record<string, string>,
    outDir,
    format,
    outExtension: () => ({ js: format === 'esm' ? '.mjs' : '.cjs' }),
    platform: 'node',
    target: 'node20',
    noExternal: [/^(?!undici)/, ...(external.includes('undici') ? [] : ['undici'])],
    external: [...external],
    splitting: false,
    config: false,
    silent: true,
    esbuildOptions: (esbuild) => {
      esbuild.alias = {
        '#transport': resolve(`src/transport/${transport}.ts`),
        ...Object.fromEntries(
          readdirSync('src', { withFileTypes: true })
            .filter((each) => each.isDirectory())
            .map(({ name }) => [`runapi-video/${name}`, resolve('src', name)]),
        ),
        'runapi-video': resolve('src/index.ts'),
      }
    },
  })
  return outDir
}
