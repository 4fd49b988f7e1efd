/**
 * The matrix's servers take what went wrong; here they carry a row.
 * @template T
 * @param {(consumer: string, use: (server: any) => Promise<string[]>) => Promise<string[]>} withServer
 * @param {string} consumer
 * @param {(server: any) => Promise<T>} use
 */
export const inRow = async (withServer, consumer, use) => {
  /** @type {T | undefined} */
  let row
  await withServer(consumer, async (server) => {
    row = await use(server)
    return []
  })
  return /** @type {T} */ (row)
}
