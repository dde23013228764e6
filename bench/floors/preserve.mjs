// The floor of a downgrade that preserves a column, and of the upgrade that restores it: one statement each, by hand.
import { connect, isPostgres, isSqlite } from './connect.mjs'

const [, , url, direction] = process.argv
const client = connect(url)
const down = [
  'CREATE TABLE kept (id BIGINT NOT NULL PRIMARY KEY, note VARCHAR(64))',
  'INSERT INTO kept (id, note) SELECT id, note FROM account',
  'ALTER TABLE account DROP COLUMN note',
]
const hasUpdateFrom = isPostgres(url) || isSqlite(url)
const up = [
  'ALTER TABLE account ADD COLUMN note VARCHAR(64)',
  hasUpdateFrom
    ? 'UPDATE account SET note = kept.note FROM kept WHERE kept.id = account.id'
    : 'UPDATE account JOIN kept ON kept.id = account.id SET account.note = kept.note',
  'DELETE FROM kept',
]
await client.query(isSqlite(url) ? 'BEGIN IMMEDIATE' : 'BEGIN')
for (const sql of direction === 'down' ? down : up) await client.query(sql)
await client.query('COMMIT')
await client.end()
