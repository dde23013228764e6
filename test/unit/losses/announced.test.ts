import {
  createMigrator,
  decimal,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
  text,
  timestamp,
  toFillIn,
} from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it, test } from 'vitest'
import { errorOf, line, type RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, migratorOn, valuesOf } from './kit.ts'

const users: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('old', text())
    t.column('n', decimal(10, 4))
    t.column('at', timestamp({ precision: 6 }))
    t.column('must', text(), { nullable: false })
    t.primaryKey(['id'])
  })

const rows =
  "INSERT INTO t (id, old, n, at, must) VALUES (1, 'a', 1.2345, '2024-02-29 12:34:56.789', 'x'), (2, NULL, 1.25, '2024-02-29 12:34:56', 'y'), (3, 'c', NULL, NULL, 'z')"

const lost = (object: string, how: string, count?: number) => ({
  object,
  how,
  ...(count === undefined ? {} : { rows: count }),
  preserved: false,
})

describeEverywhere('what an upgrade takes away', (ground) => {
  it('is named with its numbers by plan, by the run and before the run', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      users,
      (op) => {
        op.createTable('gone', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        })
      },
      (op) => {
        op.alterTable('t', (t) => t.dropColumn('old'))
        op.dropTable('gone')
      },
    ])
    await migrator.upgrade('r2')
    await at.sql(rows)
    await at.sql('INSERT INTO gone (id) VALUES (1), (2)')
    const plan = await migrator.plan()
    const expected = [lost('column t.old', 'dropped', 2), lost('table gone', 'dropped', 2)]
    expect(plan.steps[0]?.losses).toEqual(expected)
    expect(plan.steps[0]?.notes).toEqual([
      'the derived downgrade makes column t.old again without its values',
      'the derived downgrade makes table gone again without its rows',
    ])
    const events: unknown[] = []
    const result = await migrator.upgrade('head', { onEvent: (event) => void events.push(event) })
    expect(result.losses).toMatchObject(expected)
    expect(result.warnings).toEqual(plan.steps[0]?.notes.map((note) => `main:r3: ${note}`))
    expect(events.filter((event) => (event as { type: string }).type === 'loss')).toMatchObject(expected)
  })

  it('is known only when it runs where a data step comes first, and counted then', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      users,
      (op) => {
        op.alterTable('t', (t) => t.addColumn('new', text()))
        op.run('fill', {
          up: async (db) => void (await db.execute('UPDATE "t" SET "new" = "old", "old" = NULL')),
          down: 'none',
        })
        op.alterTable('t', (t) => t.dropColumn('old'))
      },
    ])
    await migrator.upgrade('r1')
    await at.sql(rows)
    expect((await migrator.plan()).steps[0]?.losses).toEqual([lost('column t.old', 'dropped')])
    // The step has emptied the column by then.
    expect((await migrator.upgrade()).losses).toEqual([])
    expect(await valuesOf(at, 'new')).toEqual(['a', null, 'c'])
  })

  it('is counted in conversions by the values that do not come back', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      users,
      (op) =>
        op.alterTable('t', (t) => {
          t.alterColumn('n', { type: decimal(10, 2) })
          t.alterColumn('at', { type: timestamp({ precision: 0 }) })
        }),
    ])
    await migrator.upgrade('r1')
    await at.sql(rows)
    const { losses = [] } = (await migrator.plan()).steps[0] ?? {}
    // SQLite has no sizes: nothing is lost there.
    const expected =
      at.name === 'sqlite' ? [] : [lost('column t.n', 'converted', 1), lost('column t.at', 'converted', 1)]
    expect(losses.map(({ why: _, ...loss }) => loss)).toEqual(expected)
    const before = [await valuesOf(at, 'n'), await valuesOf(at, 'at')]
    expect((await migrator.upgrade()).losses).toMatchObject(expected)
    await migrator.downgrade('r1')
    const after = [await valuesOf(at, 'n'), await valuesOf(at, 'at')]
    const changed = before.map((values, index) => values.filter((value, row) => value !== after[index]?.[row]).length)
    expect(changed).toEqual(at.name === 'sqlite' ? [0, 0] : [1, 1])
  })

  it('and a downgrade that cannot run on rows is announced before', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [users, (op) => op.alterTable('t', (t) => t.dropColumn('must'))])
    await migrator.upgrade('r1')
    await at.sql(rows)
    const note =
      'the derived downgrade fails while t has rows: column t.must is NOT NULL without a default; set `preserve: true` on the drop, or write a `downgrade` that fills it'
    expect((await migrator.plan()).steps[0]?.notes).toContain(note)
    expect((await migrator.upgrade()).warnings).toContain(`main:r2: ${note}`)
    await expect(migrator.downgrade('r1')).rejects.toThrow()
  })

  it('and a line names all statements that no downgrade can be derived of for one reason', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      (op) => {
        op.sql('CREATE TABLE a (id integer)')
        op.sql('CREATE TABLE b (id integer)')
        op.sql('CREATE TABLE c (id integer)')
      },
    ])
    expect((await migrator.plan()).steps[0]?.notes).toEqual([
      'no downgrade can be derived: sql: CREATE TABLE a (id integer) and 2 more: the text names no inverse',
    ])
  })

  it('and a downgrade of the file that is not complete is announced before', async () => {
    const at = await ground()
    const incomplete: RevisionBody = {
      up: (op) => op.alterTable('t', (t) => t.dropColumn('must')),
      down: () => toFillIn('the value of t.must'),
    }
    const migrator = migratorOn(at, [users, incomplete])
    await migrator.upgrade('r1')
    const note = 'its downgrade is refused: The revision is not complete. To fill in: the value of t.must'
    expect((await migrator.plan()).steps[0]?.notes).toEqual([note])
    expect((await migrator.upgrade()).warnings).toEqual([`main:r2: ${note}`])
    expect(await errorOf(migrator.downgrade('r1'))).toMatchObject({ code: 'REVISION_INCOMPLETE' })
  })

  it('and what a written downgrade leaves of a data step is announced before the upgrade and before the downgrade', async () => {
    const at = await ground()
    const step = (label: string, to: string[]) => (op: OperationRecorder) =>
      op.run(label, { up: async () => undefined, down: 'none', to })
    const bodies = (down: (op: OperationRecorder) => void): RevisionBody[] => [
      users,
      { up: step('fill', ['t.old']), down },
    ]
    const notesOf = async (down: (op: OperationRecorder) => void): Promise<readonly unknown[]> => {
      const migrator = migratorOn(at, bodies(down))
      const up = (await migrator.plan()).steps.at(-1)?.notes
      await migrator.upgrade()
      const back = (await migrator.plan('r1')).steps[0]?.notes
      await migrator.downgrade('r1')
      return [up, back]
    }
    const note = 'the downgrade does not take back what the data step "fill" writes to column t.old'
    expect(await notesOf(() => undefined)).toEqual([[note], [note]])
    expect(await notesOf(step('another column', ['t.n']))).toEqual([[note], [note]])
    for (const to of ['t.old', 't']) expect(await notesOf(step('this one', [to]))).toEqual([[], []])
  })

  it('and rows that a downgrade deletes are counted, what it drops is preserved', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      (op) => {
        op.createTable('role', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('name', text())
          t.primaryKey(['id'])
        })
      },
      (op) => {
        op.alterTable('role', (t) => t.addColumn('note', text()))
        op.insertRows(
          'role',
          [
            { id: 1, name: 'admin' },
            { id: 2, name: 'user' },
          ],
          { key: ['id'] },
        )
      },
    ])
    await migrator.upgrade()
    await at.sql("UPDATE role SET note = 'mine' WHERE id = 1")
    const expected = [
      { object: 'column role.note', how: 'dropped', rows: 1, preserved: true, bytes: expect.any(Number) },
      lost('table role', 'deleted', 2),
    ]
    expect((await migrator.plan('r1')).steps[0]?.losses).toEqual(expected)
    expect((await migrator.downgrade('r1')).losses).toMatchObject(expected)
  })
})

/** Texts of every server: none of them is run here. */
const drops = 'what its SQL drops is neither counted nor preserved'
const deletes = 'what its SQL deletes is neither counted nor preserved'
const converts = 'what its SQL converts is neither counted nor preserved'

describeEverywhere('what SQL of the author takes away', (ground) => {
  it.each([
    ['DROP TABLE t', undefined, [drops]],
    // Its effects name it: it is counted.
    ['DROP TABLE t', (op: OperationRecorder) => op.dropTable('t'), []],
    ['ALTER TABLE t DROP COLUMN old', undefined, [drops]],
    ['DELETE FROM t', undefined, [deletes]],
    ['delete\nfrom t where id = 1', undefined, [deletes]],
    // What the tables are afterwards says nothing of rows.
    ['DELETE FROM t', () => undefined, [deletes]],
    ['UPDATE t SET old = NULL', undefined, []],
    ['CREATE TABLE u (id integer REFERENCES t (id) ON DELETE CASCADE)', undefined, []],
  ] as const)('is announced although `preserve.upgrades` is on: %s', async (statement, effects, notes) => {
    const at = await ground()
    const migrator = migratorOn(
      at,
      [
        (op) => {
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('old', text())
            t.primaryKey(['id'])
          })
        },
        { up: (op) => op.sql(statement, effects === undefined ? {} : { effects }), down: () => undefined },
      ],
      { preserve: { upgrades: true } },
    )
    await migrator.upgrade('r1')
    await at.sql("INSERT INTO t (id, old) VALUES (1, 'a')")
    const notesAboutSql = (lines: readonly string[] = []) => lines.filter((note) => note.includes('its SQL'))
    expect(notesAboutSql((await migrator.plan()).steps[0]?.notes)).toEqual(notes)
    expect(notesAboutSql((await migrator.upgrade()).warnings)).toEqual(notes.map((note) => `main:r2: ${note}`))
  })
})

test.each([
  ['TRUNCATE t', [deletes]],
  ['REPLACE INTO t VALUES (1)', [deletes]],
  ['INSERT OR REPLACE INTO t VALUES (1)', [deletes]],
  ['WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone', [deletes]],
  ['ALTER TABLE t ALTER COLUMN "a b" TYPE integer', [converts]],
  ['ALTER TABLE t ALTER a SET DATA TYPE integer', [converts]],
  ['ALTER TABLE t MODIFY a INT', [converts]],
  ['ALTER TABLE t CHANGE a b INT, DROP COLUMN c', [drops, converts]],
  ['CREATE TRIGGER x BEFORE DELETE ON t FOR EACH ROW SET @a = 1', []],
  ['-- cleans up\nCREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t WHERE id = 1; END', []],
  ['CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t WHERE id = 1; END; DELETE FROM t', [deletes]],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', []],
  ['CREATE TYPE mood AS ENUM ()', []],
])('the text of a statement tells what it takes away: %s', async (text, notes) => {
  const dialect = sqliteDialect({ url: 'sqlite::memory:' })
  const chain = revisions(line(() => undefined, { up: (op) => op.sql(text), down: () => undefined }))
  const { steps } = await createMigrator({ dialect, tiers: [graphOf(chain)] }).plan()
  expect(steps[1]?.notes.filter((note) => note.includes('its SQL'))).toEqual(notes)
})
