import type { Pool } from 'pg'
import type { LedgerStore } from 'runapi-video/ledger'

const PAGE = 1_000

/** Run it once, before the first process starts. */
export const CREATE_TABLE = `create table if not exists ledger_entries (
  ledger text not null,
  position bigserial,
  entry text not null,
  primary key (ledger, position)
)`

// Positions are handed out before a commit and become visible in another order, and a cursor would skip the late ones.
// The lock lets one insert at a time through, until its commit is visible.
const APPEND = `insert into ledger_entries (ledger, entry)
  select $1, $2 from (select pg_advisory_xact_lock(hashtextextended($1, 0))) as turn`

const READ = `select position, entry from ledger_entries
  where ledger = $1 and position > $2 order by position limit ${PAGE}`

/** A ledger in a table of PostgreSQL, for as many machines as you like. Give it the primary: a replica shows old reads. */
export const postgresStore = (pool: Pool, ledger: string): LedgerStore => ({
  append: async (entry) => {
    await pool.query(APPEND, [ledger, JSON.stringify(entry)])
  },
  read: async (after) => {
    const { rows } = await pool.query<{ position: string; entry: string }>(READ, [ledger, after ?? 0])
    return {
      entries: rows.map(({ entry }): unknown => JSON.parse(entry)),
      cursor: rows.at(-1)?.position ?? after,
      more: rows.length === PAGE,
    }
  },
})
