/**
 * What to say of a proxy that refused to connect. undici gives it the code of an abort, which leaves open whether the
 * request was sent, and its fetch hides it under two other errors.
 */
export const proxyRefusal = (error: unknown): Error | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const [, status] = /^Proxy response \((\d+)\) !== 200/.exec(cause.message) ?? []
    if (status === undefined) continue
    return Object.assign(new Error(`the proxy answered ${status} to CONNECT`), { code: 'ERR_PROXY_TUNNEL' })
  }
  return undefined
}
