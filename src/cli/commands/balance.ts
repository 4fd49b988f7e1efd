import { requireKey, withClient } from '../client'
import type { Command } from '../command'
import { UsageError } from '../exit-code-of'
import { interruptible } from '../interruption'
import { dollars, print } from '../output'

export const balance: Command = {
  run: (line) =>
    interruptible(async (signal) => {
      if (line.positionals.length > 0) throw new UsageError('balance: takes no arguments')
      requireKey()
      return withClient(line, signal, async ({ runapi }) => {
        const json = await runapi.account.balance({ signal })
        const rows = [
          ['left', json.balance_cents],
          ['of it paid', json.paid_balance_cents],
          ['of it bonus', json.bonus_balance_cents],
          ['spent today', json.spent_cents_today],
          ['spent in total', json.spent_cents_total],
        ] as const
        const lines = rows.flatMap(([name, cents]) =>
          cents === undefined ? [] : [`${name.padEnd(14)} ${dollars(cents).padStart(10)}`],
        )
        return print({ json, lines }, line)
      })
    }),
}
