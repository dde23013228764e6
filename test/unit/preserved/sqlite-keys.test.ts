import { boolean, integer, type OperationRecorder, text } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { skipWhereTextsAreCut } from '../../kit/sqlite-client/needs-driver.ts'
import { temporaryFolder } from '../run/kit.ts'
import { type Halves, migratorOn, withoutServer } from './grounds.ts'

const folder = temporaryFolder()
const using = <T>(work: (client: Database.Database) => T): T => {
  const client = new Database(`${folder.path}/db.sqlite`)
  try {
    return work(client)
  } finally {
    client.close()
  }
}
const sql = (statement: string): unknown => using((client) => client.exec(statement))
const rows = (statement: string): unknown[] => using((client) => client.prepare(statement).raw().all())
const own = (dialect: UnloadedDialect): UnloadedDialect => dialect

const keyed: Halves = {
  upgrade: (op: OperationRecorder) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('is_draft', boolean(), { nullable: false })
      t.column('name', text())
      t.primaryKey(['id', 'is_draft'])
    }),
}
const note: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('note', text())) }
const flagged: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('is_new', boolean())) }

test.for<[string, string]>([
  ['a text with NUL', `'x' || char(0)`],
  ['a text of 2 MiB', 'hex(zeroblob(1048577))'],
])(
  'a value goes back to the row of its key with a boolean, where core preserved it because of %s',
  async ([what, odd], context) => {
    if (what.endsWith('NUL')) skipWhereTextsAreCut(context)
    const migrator = migratorOn(sqliteDialect({ url: `sqlite:${folder.path}/db.sqlite` }), keyed, note)
    await migrator.upgrade()
    sql(`INSERT INTO t (id, is_draft, note) VALUES (1, 0, NULL), (1, 1, 'secret draft'), (2, 1, ${odd})`)
    await migrator.downgrade('r1')
    await migrator.upgrade()
    expect(rows('SELECT id, is_draft, note FROM t WHERE id = 1 ORDER BY 2')).toEqual([
      [1, 0, null],
      [1, 1, 'secret draft'],
    ])
  },
)

test.each([
  ['another program (Bun) has preserved', withoutServer],
  ['SQL has preserved', own],
] as const)('a value that %s goes back to the row of its key with a boolean', async (_, down) => {
  const dialect = sqliteDialect({ url: `sqlite:${folder.path}/db.sqlite` })
  await migratorOn(dialect, keyed, note).upgrade()
  sql(`INSERT INTO t (id, is_draft, note) VALUES (1, 0, NULL), (1, 1, 'secret draft')`)
  await migratorOn(down(dialect), keyed, note).downgrade('r1')
  await migratorOn(dialect, keyed, note).upgrade()
  expect(rows('SELECT id, is_draft, note FROM t ORDER BY 2')).toEqual([
    [1, 0, null],
    [1, 1, 'secret draft'],
  ])
})

test('a value is held back where another row has its key with a boolean now', async (context) => {
  skipWhereTextsAreCut(context)
  const migrator = migratorOn(sqliteDialect({ url: `sqlite:${folder.path}/db.sqlite` }), keyed, note)
  await migrator.upgrade()
  sql(`INSERT INTO t (id, is_draft, name, note) VALUES (1, 1, 'before', 'old'), (2, 1, 'x', 'x' || char(0))`)
  await migrator.downgrade('r1')
  sql(`UPDATE t SET name = 'another' WHERE id = 1`)
  await migrator.upgrade()
  expect(rows('SELECT name, note FROM t WHERE id = 1')).toEqual([['another', null]])
})

test.each([own, withoutServer])('SQL and core preserve the same of booleans', async (down) => {
  const migrator = migratorOn(down(sqliteDialect({ url: `sqlite:${folder.path}/db.sqlite` })), keyed, flagged)
  await migrator.upgrade()
  sql(`INSERT INTO t (id, is_draft, is_new) VALUES (1, 0, 1)`)
  await migrator.downgrade('r1')
  expect(rows('SELECT "key", encoding, value FROM migrate_preserved')).toEqual([
    ['[["id",["int","1"]],["is_draft",["json","false"]]]', 'json', 'true'],
  ])
})

const coded: Halves = {
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('code', text(), { nullable: false })
      t.column('name', text())
      t.primaryKey(['code'])
    }),
}

test.for<[string, string]>([
  ['NUL', `'d' || char(0)`],
  ['bytes that are no character', `CAST(x'61ff' AS TEXT)`],
])('a value is held back where another row has its key with %s now', async ([what, code], context) => {
  if (what === 'NUL') skipWhereTextsAreCut(context)
  const migrator = migratorOn(sqliteDialect({ url: `sqlite:${folder.path}/db.sqlite` }), coded, note)
  await migrator.upgrade()
  sql(`INSERT INTO t (code, name, note) VALUES ('a', 'first', 'one'), (${code}, 'before', 'old')`)
  await migrator.downgrade('r1')
  sql(`DELETE FROM t WHERE code = ${code}; INSERT INTO t VALUES (${code}, 'another')`)
  await migrator.upgrade()
  expect(rows('SELECT name, note FROM t ORDER BY 1')).toEqual([
    ['another', null],
    ['first', 'one'],
  ])
})
