import { integer, type OperationRecorder, text as textType } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { database, rows } from './kit.ts'

const tables = [
  'CREATE TABLE t (id INT PRIMARY KEY, v TEXT)',
  'CREATE TABLE t (id int, v TEXT, PRIMARY KEY (id))',
  'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v TEXT)',
]

describe('a primary key of the type INT, which is not the rowid', () => {
  it.each(tables)('comes back as one: %s', async (table) => {
    const key = table.includes('NOT NULL') ? 2 : 'NULL'
    const file = database(`${table}; INSERT INTO t (rowid, id, v) VALUES (10, 1, 'a'), (20, ${key}, 'b'), (30, 7, 'c')`)
    const shown = () => [
      rows(
        file,
        "SELECT replace(replace(sql, 'int,', 'INT,'), 'TABLE t ', 'TABLE \"t\" ') FROM sqlite_master WHERE name = 't'",
      ),
      rows(file, 'SELECT rowid, typeof(id), * FROM t ORDER BY rowid'),
    ]
    const before = shown()
    const change = (op: OperationRecorder) => op.alterColumn('t', 'id', { type: textType() })
    const migrator = migratorOf(sqliteDialect({ url: file }), line(change))
    await migrator.upgrade()
    expect(rows(file, 'SELECT typeof(id) FROM t WHERE rowid = 10')).toEqual([['text']])
    await migrator.downgrade('base')
    expect(shown()).toEqual(before)
    await migrator.upgrade()
    expect(rows(file, 'SELECT rowid FROM t ORDER BY rowid')).toEqual([[10n], [20n], [30n]])
  })

  it('becomes the rowid where integer is declared', async () => {
    const file = database("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('5', 'a')")
    await migratorOf(
      sqliteDialect({ url: file }),
      line((op) => op.alterColumn('t', 'id', { type: integer() })),
    ).upgrade()
    expect(rows(file, 'SELECT rowid, id FROM t')).toEqual([[5n, 5n]])
  })
})
