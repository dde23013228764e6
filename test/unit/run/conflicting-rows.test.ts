import type { StepDatabase } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, it } from 'vitest'
import { errorOf, line, migratorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const none: RevisionBody = () => undefined

describe('rows that are written where a constraint of SQLite has ON CONFLICT', () => {
  const folder = temporaryFolder()
  const file = (): string => `${folder.path}/db.sqlite`

  const trim: RevisionBody = (op) =>
    op.run('trim', {
      down: 'restore',
      up: async (db) => {
        for (const [id, a] of [
          [1n, ' x '],
          [2n, ' y'],
        ] as const) {
          await db.preserve({ table: 't', key: { id }, column: 'a', value: a, written: a.trim() })
          await db.execute('UPDATE t SET a = ? WHERE id = ?', [a.trim(), id])
        }
      },
    })

  for (const clause of ['REPLACE', 'IGNORE', 'FAIL', 'ROLLBACK']) {
    it(`leave a row of the user that a restored value is in the way of: ${clause}`, async () => {
      executeIn(
        file(),
        `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT ${clause}); INSERT INTO t VALUES (1, ' x '), (2, ' y')`,
      )
      const chain = line(none, trim)
      await migratorOn(file(), chain).upgrade()
      executeIn(file(), "INSERT INTO t VALUES (7, ' x ')")
      const error = await errorOf(migratorOn(file(), chain).downgrade('r1'))
      expect([error.code, error.message]).toEqual([
        'STATEMENT_FAILED',
        'restoring what "trim" preserved failed: UNIQUE constraint failed: t.a',
      ])
      expect(rowsOf(file(), 'SELECT * FROM t ORDER BY id')).toEqual([
        { id: 1, a: 'x' },
        { id: 2, a: 'y' },
        { id: 7, a: ' x ' },
      ])
    })

    it(`leave a row of the user that insertRows would write: ${clause}`, async () => {
      executeIn(
        file(),
        `CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT ${clause}, a TEXT); INSERT INTO t VALUES (1, 'user')`,
      )
      const chain = line((op) => op.insertRows('t', [{ id: 1, a: 'seed' }], { key: ['id'] }))
      const error = await errorOf(migratorOn(file(), chain).upgrade())
      expect([error.code, error.message]).toEqual([
        'STATEMENT_FAILED',
        'insert 1 row into t failed: UNIQUE constraint failed: t.id',
      ])
      expect(rowsOf(file(), 'SELECT * FROM t')).toEqual([{ id: 1, a: 'user' }])
    })

    it(`leave all rows where updateEach gives two of them one value: ${clause}`, async () => {
      executeIn(
        file(),
        `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT ${clause}); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')`,
      )
      const both = [1n, 2n].map((id) => ({ key: { id }, set: { a: 'z' } }))
      const work = async (db: StepDatabase): Promise<void> => void (await db.updateEach({ table: 't', rows: both }))
      const error = await errorOf(
        migratorOn(
          file(),
          line((op) => op.run('same', work)),
        ).upgrade(),
      )
      expect(error.message).toContain('UNIQUE constraint failed: t.a')
      expect(rowsOf(file(), 'SELECT * FROM t ORDER BY id')).toEqual([
        { id: 1, a: 'x' },
        { id: 2, a: 'y' },
        { id: 3, a: 'z' },
      ])
    })
  }

  it('fire triggers with INSERT OR REPLACE as ever where no constraint of the table has it', async () => {
    executeIn(
      file(),
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE log (a TEXT PRIMARY KEY, id INTEGER); INSERT INTO log VALUES ('x', 7);
       CREATE TRIGGER log AFTER INSERT ON t BEGIN INSERT OR REPLACE INTO log VALUES (NEW.a, NEW.id); END`,
    )
    await migratorOn(
      file(),
      line((op) => op.insertRows('t', [{ id: 1, a: 'x' }])),
    ).upgrade()
    expect(rowsOf(file(), 'SELECT * FROM log')).toEqual([{ a: 'x', id: 1 }])
  })

  it('are reported where a trigger leaves one of them out', async () => {
    executeIn(
      file(),
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
       CREATE TRIGGER never BEFORE INSERT ON t WHEN NEW.id = 2 BEGIN SELECT RAISE(IGNORE); END`,
    )
    const chain = line((op) =>
      op.insertRows(
        't',
        [1, 2, 3].map((id) => ({ id, a: 'seed' })),
      ),
    )
    const { reports } = await migratorOn(file(), chain).upgrade()
    expect(reports).toMatchObject([
      {
        label: 'insert 3 rows into t',
        what: 'the database inserted 2 of 3 rows: a trigger or a rule left the others out, or put them elsewhere',
      },
    ])
    expect(rowsOf(file(), 'SELECT id FROM t')).toEqual([{ id: 1 }, { id: 3 }])
  })
})

describeOn('postgres', 'rows that insertRows gives', (createDatabase) => {
  it('are reported where a trigger leaves them out', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE t (id int PRIMARY KEY, a text)')
    await sql('CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$')
    await sql('CREATE TRIGGER never BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION never()')
    const chain = line((op) => op.insertRows('t', [{ id: 1, a: 'seed' }]))
    const { reports } = await migratorOf(postgresDialect({ url }), chain).upgrade()
    expect(reports).toMatchObject([
      {
        label: 'insert 1 row into t',
        what: 'the database inserted 0 of 1 rows: a trigger or a rule left the others out, or put them elsewhere',
      },
    ])
  })
})
