import { resolve } from 'node:path'
import ts from 'typescript'

/** What an editor shows of some TypeScript: the files live in memory, and all they import is read from the disk. */
export interface Editor {
  /** The signature and the docs shown on hovering over the name that stands right after the comment `marker`. */
  hover(marker: string): string
  /** The text of every error, as `tsc` words it. */
  compileErrors(): string[]
  /** The names offered where the comment `marker` stands. */
  completions(marker: string): string[]
}

// Shared, so that the libraries are parsed once for all editors of a test file.
const registry = ts.createDocumentRegistry()

/** Opens `files` (text by name) as if they stood in `rootDir`. */
export const openEditor = (
  rootDir: string,
  files: Readonly<Record<string, string>>,
  options: ts.CompilerOptions = {},
): Editor => {
  const texts = new Map(Object.entries(files).map(([name, text]) => [resolve(rootDir, name), text]))
  const service = ts.createLanguageService(hostOf(rootDir, texts, options), registry)

  const find = (marker: string): [file: string, position: number] => {
    for (const [file, text] of texts) {
      const start = text.indexOf(marker)
      if (start >= 0) return [file, start + marker.length]
    }
    throw new Error(`No file holds ${marker}`)
  }
  return {
    hover: (marker) => {
      const info = service.getQuickInfoAtPosition(...find(marker))
      if (!info) throw new Error(`Nothing is shown after ${marker}`)
      const tags = (info.tags ?? []).map(({ name, text }) =>
        `@${name} ${ts.displayPartsToString(text)}`.trimEnd(),
      )
      const parts = [
        ts.displayPartsToString(info.displayParts),
        ts.displayPartsToString(info.documentation),
        ...tags,
      ]
      return parts.filter(Boolean).join('\n')
    },
    compileErrors: () =>
      [...texts.keys()].flatMap((file) =>
        [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
          ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
        ),
      ),
    completions: (marker) =>
      service.getCompletionsAtPosition(...find(marker), undefined)?.entries.map(({ name }) => name) ?? [],
  }
}

const hostOf = (
  rootDir: string,
  texts: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
): ts.LanguageServiceHost => {
  const readFile = (path: string): string | undefined => texts.get(path) ?? ts.sys.readFile(path)
  return {
    getCompilationSettings: () => ({
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      strict: true,
      skipLibCheck: true,
      types: [],
      ...options,
    }),
    getCurrentDirectory: () => rootDir,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [...texts.keys()],
    // What is on the disk stays as it is; a file in memory may have a namesake in another editor.
    getScriptVersion: (path) => texts.get(path) ?? 'disk',
    getScriptSnapshot: (path) => {
      const text = readFile(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    fileExists: (path) => texts.has(path) || ts.sys.fileExists(path),
    readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    readDirectory: ts.sys.readDirectory,
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
  }
}
