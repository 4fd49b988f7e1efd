/** An environment variable; blank counts as unset, and so does a runtime that has none or refuses to show it (Deno). */
export const readEnv = (name: string): string | undefined => {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
    return process?.env?.[name]?.trim() || undefined
  } catch {
    return undefined
  }
}

/**
 * Whether this is a browser, in a page or in a worker: a `User-Agent` of ours would cost a preflight there, and a
 * proxy's CORS rules rarely name it.
 */
export const isBrowser = (): boolean =>
  pageAddress() !== undefined || globalThis.navigator?.userAgent?.startsWith('Mozilla/') === true

/** The address of the page, in a browser page; `undefined` in workers and on servers. */
export const pageAddress = (): string | undefined => {
  const { window } = globalThis as { window?: { document?: unknown; location?: { href?: string } } }
  return window?.document === undefined ? undefined : (window.location?.href ?? 'about:blank')
}

/** Whether this is Node itself, and not a runtime that shows Node's version to be compatible. */
export const isNode = (): boolean => {
  const { process, Bun, Deno, navigator } = globalThis as {
    process?: { versions?: { node?: string } }
    Bun?: unknown
    Deno?: unknown
    navigator?: { userAgent?: string }
  }
  const isOther = Bun !== undefined || Deno !== undefined || navigator?.userAgent === 'Cloudflare-Workers'
  return process?.versions?.node !== undefined && !isOther
}
