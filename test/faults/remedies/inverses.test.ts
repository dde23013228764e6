import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bigint, enumeration, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOn, describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'
import { type DisturbedDialect, dialectFor } from '../runner/dialects.ts'

const derivedRemedy =
  'Fix the data and run it again. Or write a `downgrade` in the file of the revision: it runs instead of the derived one.'
const interruptedRemedy =
  'Fix the data and finish it with `migrate resume`. Or take back what is done of it with `migrate resume --revert`, write a `downgrade` in the file of the revision, and run it again.'
const revertRemedy =
  'Fix the data and run it again, or correct what stopped the revision and finish it with `migrate resume`.'

const column = (op: OperationRecorder, change: Parameters<OperationRecorder['alterTable']>[1]): void =>
  op.alterTable('t', change)
const given: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('total', varchar(20))
    t.primaryKey(['id'])
  })

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a derived downgrade that fails', (createDatabase, server) => {
  const isPostgres = server === 'postgres'
  /** `usingBack` has the new name of the column, which it does not have yet: no edit of it reaches the history. */
  const upgrade: Recorded = (op) => {
    const [using, usingBack] = isPostgres ? ['total::bigint', 'price::text'] : ['total + 0', 'concat(price)']
    column(op, (t) => t.alterColumn('total', { type: bigint(), using, usingBack }))
    column(op, (t) => t.renameColumn('total', 'price'))
  }
  const downgrade: Recorded = (op) => {
    column(op, (t) => t.renameColumn('price', 'total'))
    const using = isPostgres ? 'total::text' : 'concat(total)'
    column(op, (t) => t.alterColumn('total', { type: varchar(20), using }))
  }
  const migratorAt = (url: string, written: { readonly downgrade?: Recorded } = {}) =>
    migratorOf(
      dialectFor(familyOf(server), url),
      [
        { revision: 'r1', downRevision: null, upgrade: given },
        { revision: 'r2', downRevision: 'r1', upgrade, ...written },
      ],
      { transaction: 'revision' },
    )

  test('is replaced by one that is written in the file', async () => {
    const { url, sql } = await createDatabase()
    await migratorAt(url).upgrade('r1')
    await sql("INSERT INTO t (id, total) VALUES (1, '4')")
    await migratorAt(url).upgrade()
    expect(await errorOf(migratorAt(url).downgrade('r1'))).toMatchObject({
      code: 'STATEMENT_FAILED',
      outcome: isPostgres ? 'unchanged' : 'interrupted',
      remedy: isPostgres ? derivedRemedy : interruptedRemedy,
    })
    if (!isPostgres) await migratorAt(url).resume({ revert: true })
    expect((await migratorAt(url, { downgrade }).downgrade('r1')).applied).toEqual(['main:r2'])
    expect(await sql('SELECT * FROM t')).toEqual([{ id: 1, total: '4' }])
  })

  test('needs other data where the program has no file of its revision', async () => {
    const { url, sql } = await createDatabase()
    const unique: Recorded = (op) => column(op, (t) => t.dropConstraint('once'))
    const chain = [
      { revision: 'r1', downRevision: null, upgrade: given },
      {
        revision: 'r2',
        downRevision: 'r1',
        upgrade: (op: OperationRecorder) => column(op, (t) => t.addUnique(['total'], { name: 'once' })),
      },
      { revision: 'r3', downRevision: 'r2', upgrade: unique },
    ]
    const dialect = dialectFor(familyOf(server), url)
    await migratorOf(dialect, chain).upgrade()
    await sql("INSERT INTO t (id, total) VALUES (1, '4'), (2, '4')")
    const older = migratorOf(dialect, chain.slice(0, 2))
    expect(await errorOf(older.downgrade('r2'))).toMatchObject({ remedy: 'Fix the data, and run it again.' })
    await sql('DELETE FROM t WHERE id = 2')
    expect((await older.downgrade('r2')).applied).toEqual(['main:r3'])
  })

  test('that its file has says to fix the revision', async () => {
    const { url } = await createDatabase()
    await migratorAt(url).upgrade()
    const wrong: Recorded = (op) => op.sql('UPDATE missing SET a = 1')
    expect(await errorOf(migratorAt(url, { downgrade: wrong }).downgrade('r1'))).toMatchObject({
      code: 'STATEMENT_FAILED',
      remedy: 'Fix the revision or the data, and run it again.',
    })
  })
})

describeOnEach(['mariadb', 'mysql'], 'a derived downgrade that rows stop half of', (createDatabase, server) => {
  test('is finished once the rows are changed', async () => {
    const { url, sql } = await createDatabase()
    const upgrade: Recorded = (op) => {
      column(op, (t) => t.alterColumn('total', { type: text() }))
      column(op, (t) => t.renameColumn('total', 'price'))
    }
    const migrator = migratorOf(dialectFor(familyOf(server), url), [
      { revision: 'r1', downRevision: null, upgrade: given },
      { revision: 'r2', downRevision: 'r1', upgrade },
    ])
    await migrator.upgrade()
    await sql("INSERT INTO t (id, price) VALUES (1, 'longer than twenty characters')")
    expect(await errorOf(migrator.downgrade('r1'))).toMatchObject({
      code: 'BLOCKING_ROWS',
      outcome: 'interrupted',
      remedy: interruptedRemedy,
    })
    await sql("UPDATE t SET total = 'short'")
    expect((await migrator.resume()).applied).toEqual(['main:r2'])
    expect(await sql('SELECT * FROM t')).toEqual([{ id: 1, total: 'short' }])
  })
})

/** A view that no revision knows, over a column that one adds. */
function viewByHand(createDatabase: () => Promise<Pick<TestDatabase, 'url' | 'sql'>>, dialect: DisturbedDialect): void {
  const code = 'DEPENDENT_OBJECTS'
  const dropped: Recorded = (op) => {
    op.dropView('v')
    op.dropColumn('t', 'extra')
  }
  const migratorAt = (url: string, upgrade: Recorded, written: { readonly downgrade?: Recorded } = {}) =>
    migratorOf(dialectFor(dialect, url), [
      { revision: 'r1', downRevision: null, upgrade: given },
      { revision: 'r2', downRevision: 'r1', upgrade, ...written },
    ])
  const adding: Recorded = (op) => op.addColumn('t', 'extra', integer())
  const remedy =
    'Drop or change what depends on it and run it again. Or write a `downgrade` in the file of the revision: it runs instead of the derived one.'

  test('goes with a downgrade once the view is dropped', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorAt(url, adding)
    await migrator.upgrade()
    await sql('CREATE VIEW v AS SELECT extra FROM t')
    expect(await errorOf(migrator.downgrade('r1'))).toMatchObject({ code, remedy })
    await sql('DROP VIEW v')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
  })

  test('goes with a downgrade that drops the view', async () => {
    const { url, sql } = await createDatabase()
    await migratorAt(url, adding).upgrade()
    await sql('CREATE VIEW v AS SELECT extra FROM t')
    expect((await migratorAt(url, adding, { downgrade: dropped }).downgrade('r1')).applied).toEqual(['main:r2'])
  })

  test('goes with an upgrade that drops the view first', async () => {
    const { url, sql } = await createDatabase()
    await migratorAt(url, adding).upgrade('r1')
    await sql('ALTER TABLE t ADD extra integer')
    await sql('CREATE VIEW v AS SELECT extra FROM t')
    const failure = await errorOf(migratorAt(url, (op) => op.dropColumn('t', 'extra')).upgrade())
    expect(failure).toMatchObject({
      code,
      remedy: expect.stringMatching(/in the same revision|^Drop or change what depends on it first\.$/i),
    })
    expect((await migratorAt(url, dropped).upgrade()).applied).toEqual(['main:r2'])
  })
}

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'a column with a view that was made by hand',
  (createDatabase, server) => viewByHand(createDatabase, familyOf(server)),
)

describe('sqlite: a column with a view that was made by hand', () => {
  viewByHand(async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'inverses-')), 'app.db')
    onTestFinished(() => rmSync(dirname(file), { recursive: true }))
    const sql = async (text: string) => {
      const client = new Database(file)
      try {
        client.exec(text)
        return []
      } finally {
        client.close()
      }
    }
    return { url: `sqlite:${file}`, sql }
  }, 'sqlite')
})

describeOn('postgres', 'a column with a policy that was made by hand', (createDatabase) => {
  test('goes with a downgrade once the policy is dropped', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(dialectFor('postgres', url), [
      { revision: 'r1', downRevision: null, upgrade: given },
      { revision: 'r2', downRevision: 'r1', upgrade: (op) => op.addColumn('t', 'extra', integer()) },
    ])
    await migrator.upgrade()
    await sql('CREATE POLICY own ON t USING (extra > 1)')
    for (const acceptDrift of [false, true])
      expect(await errorOf(migrator.downgrade('r1', { acceptDrift }))).toMatchObject({
        code: 'DEPENDENT_OBJECTS',
        details: { object: 'column t.extra', dependants: ['policy own of t'] },
        remedy:
          'Drop or change what depends on it and run it again. Or write a `downgrade` in the file of the revision: it runs instead of the derived one.',
      })
    await sql('DROP POLICY own ON t')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
  })
})

describeOn('postgres', 'an enum whose added value rows have', (createDatabase) => {
  const moods: Recorded = (op) => {
    op.createEnum('mood', ['a', 'b'])
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('mood', enumeration(['a', 'b'], { name: 'mood' }))
    })
  }
  const chainAt = (url: string, upgrade: Recorded, written: { readonly downgrade?: Recorded } = {}) =>
    migratorOf(dialectFor('postgres', url), [
      { revision: 'r1', downRevision: null, upgrade: moods },
      { revision: 'r2', downRevision: 'r1', upgrade, ...written },
    ])
  const add: Recorded = (op) => op.alterEnum('mood', { add: [{ value: 'c' }] })

  test.each(['rows', 'downgrade'])(
    'loses it once the rows are changed, or a downgrade is written (%s)',
    async (what) => {
      const { url, sql } = await createDatabase()
      await chainAt(url, add).upgrade()
      await sql("INSERT INTO t (id, mood) VALUES (1, 'c')")
      expect(await errorOf(chainAt(url, add).downgrade('r1'))).toMatchObject({
        code: 'BLOCKING_ROWS',
        remedy: derivedRemedy,
      })
      const downgrade: Recorded = (op) => op.alterEnum('mood', { drop: [{ value: 'c', replaceBy: 'a' }] })
      if (what === 'rows') await sql("UPDATE t SET mood = 'a'")
      await chainAt(url, add, what === 'rows' ? {} : { downgrade }).downgrade('r1')
      expect(await sql('SELECT id, mood::text AS mood FROM t')).toEqual([{ id: 1, mood: 'a' }])
    },
  )

  test.each(['rows', 'resume'])('keeps an interrupted revision from being taken back (%s)', async (what) => {
    const { url, sql } = await createDatabase()
    const stops: Recorded = (op) => {
      add(op)
      op.sql('INSERT INTO missing VALUES (1)', { inverse: 'DELETE FROM missing' })
    }
    const migrator = chainAt(url, stops)
    await errorOf(migrator.upgrade())
    await sql("INSERT INTO t (id, mood) VALUES (1, 'c')")
    expect(await errorOf(migrator.resume({ revert: true }))).toMatchObject({
      code: 'BLOCKING_ROWS',
      remedy: revertRemedy,
    })
    if (what === 'rows') {
      await sql("UPDATE t SET mood = 'a'")
      await migrator.resume({ revert: true })
    } else {
      await sql('CREATE TABLE missing (a integer)')
      await migrator.resume()
    }
    expect(await sql('SELECT id, mood::text AS mood FROM t')).toEqual([{ id: 1, mood: what === 'rows' ? 'a' : 'c' }])
  })
})
