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

/**
 * Whether what one call awaits may be settled by another. It may not if a promise belongs to the request that made it
 * (Workers, Vercel's edge); a runtime that is not known counts as one of those. Told at run time, because a bundler's
 * conditions do not say where a bundle will run.
 */
export const sharesPromises = (): boolean => {
  const { WebSocketPair, EdgeRuntime, navigator } = globalThis as {
    WebSocketPair?: unknown
    EdgeRuntime?: unknown
    navigator?: { userAgent?: string }
  }
  // With its Node compatibility, workerd has a `process` too.
  if (
    navigator?.userAgent === 'Cloudflare-Workers' ||
    WebSocketPair !== undefined ||
    EdgeRuntime !== undefined
  )
    return false
  return showsNodeVersion() || 'Bun' in globalThis || 'Deno' in globalThis || isBrowser()
}

/** The address of the page, in a browser page; `undefined` in workers and on servers. */
export const pageAddress = (): string | undefined => {
  const { window } = globalThis as { window?: { document?: unknown; location?: { href?: string } } }
  return window?.document === undefined ? undefined : (window.location?.href ?? 'about:blank')
}

/** Whether this is Node itself, and not a runtime that shows Node's version to be compatible. */
export const isNode = (): boolean => {
  const isOther =
    'Bun' in globalThis || 'Deno' in globalThis || globalThis.navigator?.userAgent === 'Cloudflare-Workers'
  return !isOther && showsNodeVersion()
}

// A sandbox may put a `process` there that refuses to be read.
const showsNodeVersion = (): boolean => {
  try {
    const { process } = globalThis as { process?: { versions?: { node?: string } } }
    return process?.versions?.node !== undefined
  } catch {
    return false
  }
}
