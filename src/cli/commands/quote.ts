import { withClient } from '../client'
import type { Command } from '../command'
import { interruptible } from '../interruption'
import { localFilesIn, refuseMissing, withStandIns } from '../local-files'
import { dollars, print } from '../output'
import { readParams } from '../params'

export const quote: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      const { endpoint, params } = await readParams(line, signal)
      const files = await localFilesIn(endpoint, params)
      refuseMissing(files)
      return withClient(line, signal, async ({ runapi }) => {
        const json = await runapi.pricing.quote(endpoint, withStandIns(params, files), { signal })
        const { reservation_amount_cents: cents, pricing_status, estimate_basis, model } = json
        const what = [endpoint.name, ...(model ? [model] : [])].join(' ')
        const price = cents === undefined || cents === null ? `no price (${pricing_status})` : dollars(cents)
        const basis = estimate_basis === undefined || estimate_basis === null ? '' : ` (${estimate_basis})`
        return print({ json, lines: [`${what}: ${price}${basis}`] }, line)
      })
    }),
}
