/** An environment variable; blank counts as unset, and so does a runtime that has none or refuses to show it (Deno). */
export const readEnv = (name: string): string | undefined => {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
    return process?.env?.[name]?.trim() || undefined
  } catch {
    return undefined
  }
}

/** The address of the page, in a browser page; `undefined` in workers and on servers. */
export const pageAddress = (): string | undefined => {
  const { window } = globalThis as { window?: { document?: unknown; location?: { href?: string } } }
  return window?.document === undefined ? undefined : (window.location?.href ?? 'about:blank')
}
