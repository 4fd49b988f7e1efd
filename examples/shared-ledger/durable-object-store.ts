import { DurableObject } from 'cloudflare:workers'
import type { LedgerStore } from 'runapi-video/ledger'

const PAGE = 1_000

/** One object holds one ledger. It does one thing at a time, and answers when what it wrote is on the disk. */
export class LedgerObject extends DurableObject {
  readonly #sql = this.ctx.storage.sql

  append(entry: string) {
    this.#createTable()
    this.#sql.exec('insert into entries (entry) values (?)', entry)
  }

  read(after: number) {
    this.#createTable()
    const read = 'select position, entry from entries where position > ? order by position limit ?'
    return this.#sql.exec<{ position: number; entry: string }>(read, after, PAGE).toArray()
  }

  #createTable() {
    this.#sql.exec(
      'create table if not exists entries (position integer primary key autoincrement, entry text)',
    )
  }
}

/** A ledger in a Durable Object, for all Workers of an account: `durableObjectStore(env.LEDGER.getByName('videos'))`. */
export const durableObjectStore = (object: DurableObjectStub<LedgerObject>): LedgerStore => ({
  append: async (entry) => object.append(JSON.stringify(entry)),
  read: async (after) => {
    const rows = await object.read(Number(after ?? 0))
    return {
      entries: rows.map(({ entry }): unknown => JSON.parse(entry)),
      cursor: rows.at(-1)?.position.toString() ?? after,
      more: rows.length === PAGE,
    }
  },
})
