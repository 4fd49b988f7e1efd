import type { Redis } from 'ioredis'
import type { LedgerStore } from 'runapi-video/ledger'

const PAGE = 1_000

/** A ledger in a Redis stream, for as many machines as you like. The stream's ids are the one order that all of them share. */
export const redisStore = (redis: Redis, stream: string): LedgerStore => {
  let checked: Promise<void> | undefined
  return {
    append: async (entry) => {
      checked ??= checkDurability(redis)
      await checked
      await redis.xadd(stream, '*', 'entry', JSON.stringify(entry))
    },
    read: async (after) => {
      const items = await redis.xrange(stream, after === undefined ? '-' : `(${after}`, '+', 'COUNT', PAGE)
      return {
        entries: items.map(([, [, entry = '']]): unknown => JSON.parse(entry)),
        cursor: items.at(-1)?.[0] ?? after,
        more: items.length === PAGE,
      }
    },
  }
}

/** By default Redis loses the last second when its machine dies, and with it what was bought in that second. */
const checkDurability = async (redis: Redis) => {
  const settings = await Promise.all(
    ['appendonly', 'appendfsync', 'maxmemory-policy'].map(async (name) => {
      const answer = await redis.config('GET', name).catch(() => []) // hosted ones often do not tell
      return [name, (answer as string[])[1]]
    }),
  )
  const wanted: Record<string, string> = {
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  }
  const wrong = settings.filter(([name = '', value]) => value !== undefined && value !== wanted[name])
  if (wrong.length > 0)
    throw new Error(
      `set ${wrong.map(([name = '']) => `${name} ${wanted[name]}`).join(', ')} in redis.conf: this Redis may forget purchases`,
    )
}
