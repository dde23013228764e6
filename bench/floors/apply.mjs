// The floor of applying revisions, by hand: in each transaction the version row is read, the DDL runs, the version row moves, the
// row of history (the same texts) is inserted. MySQL and MariaDB commit DDL by themselves: there the transaction holds the two rows.
import { readFileSync } from 'node:fs'
import { connect, isPostgres, isSqlite } from './connect.mjs'

const [, , url, file] = process.argv
const { one, revisions } = JSON.parse(readFileSync(file, 'utf8'))
const client = connect(url)
const numbered = isPostgres(url)
const begin = isSqlite(url) ? 'BEGIN IMMEDIATE' : isPostgres(url) ? 'BEGIN' : 'START TRANSACTION'
const transactional = isSqlite(url) || isPostgres(url)
const mark = (/** @type {number} */ at) => (numbered ? `$${at}` : '?')
const names = Object.keys(revisions[0].row)
const insert = `INSERT INTO migrate_history (${names.join(', ')}) VALUES (${names.map((_, at) => mark(at + 1)).join(', ')})`
const move = `UPDATE migrate_version SET version_num = ${mark(1)} WHERE version_num = ${mark(2)}`

if (one) await client.query(begin)
for (const [at, { ddl, row }] of revisions.entries()) {
  const before = at === 0 ? 'none' : revisions[at - 1].row.revision
  if (transactional && !one) await client.query(begin)
  const [{ version_num: version }] = await client.query('SELECT version_num FROM migrate_version')
  if (version !== before) throw new Error(`at ${version} instead of ${before}`)
  for (const sql of ddl) await client.query(sql)
  if (!transactional) await client.query(begin)
  await client.query(move, [row.revision, before])
  await client.query(insert, Object.values(row))
  if (!one) await client.query('COMMIT')
}
if (one) await client.query('COMMIT')
await client.end()
