// The floor of applying revisions: the same statements, written by hand, in the same transactions.
import { readFileSync } from 'node:fs'
import { Database } from './driver.mjs'

const [, , file, script] = process.argv
const { one, tables, revisions } = JSON.parse(readFileSync(script, 'utf8'))
const db = new Database(file)
const begin = db.prepare('BEGIN IMMEDIATE')
const commit = db.prepare('COMMIT')
const version = () => db.prepare('SELECT version_num FROM migrate_version').all()
if (one) begin.run()
for (const [at, { ddl, row }] of revisions.entries()) {
  if (!one) begin.run()
  // Another process may have applied it: what is recorded is read again under the write lock.
  if (at > 0 && version().length !== 1) throw new Error('not one version row')
  for (const sql of ddl) db.exec(sql)
  if (at === 0) for (const sql of tables) db.exec(sql)
  const moved =
    at === 0
      ? db.prepare('INSERT INTO migrate_version (version_num) VALUES (?)').run(row.revision)
      : db
          .prepare('UPDATE migrate_version SET version_num = ? WHERE version_num = ?')
          .run(row.revision, revisions[at - 1].row.revision)
  if (moved.changes !== 1) throw new Error('not one row moved')
  const names = Object.keys(row)
  db.prepare(`INSERT INTO migrate_history (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(
    ...Object.values(row),
  )
  if (!one) commit.run()
}
if (one) commit.run()
db.close()
