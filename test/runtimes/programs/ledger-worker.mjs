import { RunApiClient } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
// @ts-expect-error It stands here only in the consumer's folder.
import { durableObjectStore, LedgerObject } from '../examples/shared-ledger/durable-object-store.ts'
import { race } from './race.mjs'

export { LedgerObject }

export default {
  /** @param {Request} request @param {any} env */
  fetch: async (request, env) => {
    const { name, orders } = await request.json()
    const store = durableObjectStore(env.LEDGER.getByName('videos'))
    const options = { apiKey: env.RUNAPI_API_KEY, baseUrl: env.RUNAPI_BASE_URL }
    return Response.json(await race({ RunApiClient, openLedger, store, name, orders, options }))
  },
}
