import { readFileSync } from 'node:fs'
import { Converter, ReflectionKind } from 'typedoc'

/** @type {{ exports: Record<string, unknown> }} */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * Fields that need no sentence of their own: constants that tell the members of a union apart, members of an object that
 * is written out in a type, the names of errors, and the AI SDK's own fields, which its docs explain.
 * @param {import('typedoc').Application} app
 */
const exemptPlainFields = (app) => {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const kinds = ReflectionKind.Property | ReflectionKind.GetSignature
    const plain = project.getReflectionsByKind(kinds).filter((field) => {
      const isConstant = field.isDeclaration() && field.type?.type === 'literal'
      const isWrittenOut = field.parent?.kindOf(ReflectionKind.TypeLiteral)
      const isErrorName = /Error\.name$/.test(nameOf(field))
      const isOfAiSdk = nameOf(field).startsWith('ai-sdk.')
      // TypeDoc does not look at what is part of a parameter.
      const isLookedAt = !isPartOf(field, ReflectionKind.Parameter)
      return isLookedAt && !field.hasComment() && (isConstant || isWrittenOut || isErrorName || isOfAiSdk)
    })
    app.options.setValue('intentionallyNotDocumented', [...new Set(plain.map(nameOf))])
  })
}

const nameOf = (/** @type {import('typedoc').Reflection} */ field) => field.getFriendlyFullName()

/**
 * @param {import('typedoc').Reflection | undefined} reflection
 * @param {ReflectionKind} kind
 * @returns {boolean}
 */
const isPartOf = (reflection, kind) =>
  reflection !== undefined && (reflection.kindOf(kind) || isPartOf(reflection.parent, kind))

/** The API reference. What is public and undocumented is an error. */
const options = {
  plugin: [exemptPlainFields],
  name: 'runapi-video',
  entryPoints: Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => `src${path.slice(1)}/index.ts`),
  out: 'out/api',
  readme: 'none',
  // `npm run types` finds those, of all files.
  skipErrorChecking: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeExternals: true,
  validation: { notDocumented: true, notExported: false, invalidLink: true, invalidPath: true },
  treatValidationWarningsAsErrors: true,
  treatWarningsAsErrors: true,
}

export default options
