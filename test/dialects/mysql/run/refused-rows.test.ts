import { expression, integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const tables = (op: OperationRecorder): void => {
  op.createTable('author', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
  op.createTable('book', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('author', integer())
    t.column('editor', integer())
    t.column('title', varchar(20))
    t.column('kind', integer(), { default: 0 })
    t.primaryKey(['id'])
  })
  op.createTable('log', (t) => {
    t.column('at', integer())
    t.column('what', varchar(20), { nullable: false })
  })
}

const rows = `INSERT INTO author VALUES (1);
INSERT INTO book (id, author, editor, title) VALUES (1, 1, 1, 'a'), (2, NULL, 2, 'A'), (3, 7, 9, 'abcd'), (4, 8, NULL, 'abce'), (5, NULL, NULL, NULL), (6, NULL, NULL, NULL);
INSERT INTO log VALUES (1, 'x'), (1, 'x'), (2, 'x'), (NULL, 'x'), (NULL, 'x')`

const positive = expression('`author` < 5')

const cases: readonly (readonly [string, Recorded, string, readonly string[]])[] = [
  [
    'a check',
    (op) => op.addCheck('book', positive, { name: 'known' }),
    'rows of book that the check known (`author` < 5) refuses',
    ['id 3', 'id 4'],
  ],
  [
    'a check of a table without a key',
    (op) => op.addCheck('log', expression('at < 2 OR at IS NULL'), { name: 'early' }),
    'rows of log that the check early (at < 2 OR at IS NULL) refuses',
    ['1 1'],
  ],
  [
    'a unique constraint',
    (op) => op.addUnique('book', ['title'], { name: 'titles' }),
    'rows of book with equal values in the unique key titles',
    ['id 1, title a', 'id 2, title A'],
  ],
  [
    'a unique constraint of several columns',
    (op) => op.addUnique('log', ['at', 'what'], { name: 'once' }),
    'rows of log with equal values in the unique key once',
    ['at 1, what x', 'at 1, what x'],
  ],
  [
    'a unique index over a beginning',
    (op) => op.createIndex('book', 'starts', [{ column: 'title', prefixLength: 3 }], { unique: true }),
    'rows of book with equal values in the unique key starts',
    ['id 1, title a', 'id 2, title A', 'id 3, title abcd', 'id 4, title abce'],
  ],
  [
    'a primary key',
    (op) => op.addPrimaryKey('log', ['what']),
    'rows of log with equal values in the unique key (what)',
    ['what x', 'what x', 'what x', 'what x', 'what x'],
  ],
  [
    'another primary key',
    (op) => {
      op.dropConstraint('book', { kind: 'primaryKey' })
      op.alterColumn('book', 'kind', { nullable: false })
      op.addPrimaryKey('book', ['kind'])
    },
    'rows of book with equal values in the unique key (kind)',
    Array.from({ length: 5 }, (_, at) => `id ${at + 1}, kind 0`),
  ],
  [
    'a foreign key',
    (op) =>
      op.addForeignKey('book', {
        name: 'wrote',
        columns: ['author'],
        references: { table: 'author', columns: ['id'] },
      }),
    'rows of book that refer by (author) to no row of author',
    ['id 3, author 7', 'id 4, author 8'],
  ],
  [
    'a foreign key to its own table',
    (op) =>
      op.addForeignKey('book', { name: 'edits', columns: ['editor'], references: { table: 'book', columns: ['id'] } }),
    'rows of book that refer by (editor) to no row of book',
    ['id 3, editor 9'],
  ],
]

describeOnEach(['mariadb', 'mysql'], 'rows that a new constraint refuses', (createDatabase) => {
  it.each(cases)('%s names them, and nothing is changed', async (_, change, check, expected) => {
    const db = await createDatabase()
    await migratorOn(db, tables).upgrade()
    await db.sql(rows)
    const before = await objectsOf(db)
    const error = await errorOf(migratorOn(db, tables, change).upgrade())
    expect(error).toMatchObject({ code: 'BLOCKING_ROWS', details: { check, rows: expected } })
    expect(error.location).toMatchObject({ revision: 'r2' })
    expect(await objectsOf(db)).toEqual(before)
    await db.sql('DELETE FROM book; DELETE FROM log')
    const migrator = migratorOn(db, tables, change)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await objectsOf(db)).toEqual(before)
  })

  it('those that refer to a table which a downgrade makes again stop it before the table is made', async () => {
    const db = await createDatabase()
    const referring = (op: OperationRecorder): void => {
      op.createTable('owner', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
      op.createTable('thing', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('owner', integer())
        t.primaryKey(['id'])
        t.foreignKey({ name: 'owned', columns: ['owner'], references: { table: 'owner', columns: ['id'] } })
      })
    }
    const without = (op: OperationRecorder): void => {
      op.dropConstraint('thing', 'owned')
      op.dropTable('owner')
    }
    await migratorOn(db, referring).upgrade()
    await db.sql('INSERT INTO owner VALUES (7); INSERT INTO thing VALUES (1, 7), (2, NULL)')
    const migrator = migratorOn(db, referring, without)
    await migrator.upgrade(undefined, { allowDataLoss: true })
    const before = await objectsOf(db)
    expect(await errorOf(migrator.downgrade('r1'))).toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { check: 'rows of thing that refer to owner, which is made without rows', rows: ['owner 7'] },
    })
    expect(await objectsOf(db)).toEqual(before)
    await db.sql('UPDATE thing SET owner = NULL')
    await migrator.downgrade('r1')
    expect(await db.sql('SELECT id, owner FROM thing ORDER BY id')).toEqual([
      { id: 1, owner: null },
      { id: 2, owner: null },
    ])
  })
})
