import {
  createMigrator,
  graphOf,
  integer,
  isMigrateError,
  type OperationRecorder,
  revisions,
  text,
  varchar,
} from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { type Fault, faulty } from './fault-dialect.ts'

type Upgrade = (op: OperationRecorder) => void

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.primaryKey(['id'])
    })
    op.insertRows('t', [{ id: 1, n: 0 }], { key: ['id'] })
  },
}

const tiersOf = (upgrade: Upgrade) => [graphOf(revisions([base, { ...second, upgrade }]))]
const second = { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa' }

/** Not right twice. */
const count = (op: OperationRecorder, label: string): void =>
  op.run(label, { up: async (db) => void (await db.execute('UPDATE "t" SET "n" = "n" + 1')), down: 'none' })

const add = (op: OperationRecorder, name: string): void =>
  op.alterTable('t', (t) => t.addColumn(name, varchar(20), { default: name }))

describeOn('mariadb', 'what is done of a revision', (createDatabase) => {
  async function tried(upgrade: Upgrade, fault?: Fault): Promise<{ db: TestDatabase; failed: unknown }> {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    await createMigrator({ dialect, tiers: tiersOf(upgrade) }).upgrade('aaaaaaaaaaaa')
    const failed = await createMigrator({ dialect: faulty(dialect, fault).dialect, tiers: tiersOf(upgrade) })
      .upgrade()
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    return { db, failed }
  }

  const rerun = (db: TestDatabase, upgrade: Upgrade) =>
    createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: tiersOf(upgrade) }).upgrade()

  const rows = async (db: TestDatabase): Promise<unknown[]> =>
    (await db.sql('SELECT * FROM t')).map((row) => ({ ...row }))
  const journal = async (db: TestDatabase): Promise<unknown[]> =>
    (await db.sql('SELECT position, state, done FROM migrate_journal ORDER BY position')).map((row) =>
      Object.values(row).map(String),
    )

  const twoColumns: Upgrade = (op) => {
    count(op, 'first')
    add(op, 'a')
    count(op, 'second')
    add(op, 'b')
  }

  it('is noted part by part, and is not done again', async () => {
    const { db, failed } = await tried(twoColumns, { at: /ADD COLUMN `b`/, mode: 'refused' })
    expect(failed).toMatchObject({
      code: 'STATEMENT_FAILED',
      outcome: 'interrupted',
    })
    expect(await rows(db)).toEqual([{ id: 1, n: 2, a: 'a' }])
    expect(await journal(db)).toEqual([
      ['0', 'finished', '0'],
      ['1', 'finished', '1'],
      ['2', 'finished', '0'],
      ['3', 'failed', '0'],
    ])
    const [left] = (await createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: tiersOf(twoColumns) }).plan())
      .steps
    expect(left?.operations.map(({ describe }) => describe)).toEqual(['add column t.b'])
    expect(left?.notes).toContain('it was interrupted: 3 of 4 operations applied already')
    await rerun(db, twoColumns)
    expect(await rows(db)).toEqual([{ id: 1, n: 2, a: 'a', b: 'b' }])
    expect(await journal(db)).toEqual([])
  })

  it('is found in the tables where a statement was begun and its end was not observed', async () => {
    for (const mode of ['cut before', 'cut after'] as const) {
      const { db, failed } = await tried(twoColumns, { at: /ADD COLUMN `a`/, mode })
      expect(failed).toMatchObject({ code: 'CONNECTION_LOST' })
      expect((await journal(db)).at(-1)).toEqual(['1', 'started', '0'])
      await rerun(db, twoColumns)
      expect(await rows(db), mode).toEqual([{ id: 1, n: 2, a: 'a', b: 'b' }])
    }
  })

  const converted =
    (using: string): Upgrade =>
    (op) =>
      op.alterTable('t', (t) => t.alterColumn('n', { type: varchar(20), using }))
  // In the one form the server computes a default, in the other an UPDATE fills a new column.
  const forms = [
    {
      using: "concat(n, '!')",
      second: /DROP COLUMN `n__old`/,
      first: /CHANGE COLUMN `n`/,
      refused: [['0', 'failed', '1']],
    },
    // The new column is dropped again: nothing has been done.
    { using: "(SELECT concat(n, '!'))", second: /^UPDATE `t`/, first: /^ALTER TABLE `t` ADD/, refused: [] },
  ]

  it.each(forms)('of several statements of one operation continues with the one that failed: $using', async (form) => {
    const { db } = await tried(converted(form.using), { at: form.second, mode: 'refused' })
    expect(await journal(db)).toEqual(form.refused)
    await rerun(db, converted(form.using))
    expect(await rows(db)).toEqual([{ id: 1, n: '0!' }])
  })

  it.each(forms)('of several statements of one operation may be one more than was noted: $using', async (form) => {
    const { db } = await tried(converted(form.using), { at: form.first, mode: 'cut after' })
    expect(await journal(db)).toEqual([['0', 'started', '0']])
    await rerun(db, converted(form.using))
    expect(await rows(db)).toEqual([{ id: 1, n: '0!' }])
  })

  const own: Upgrade = (op) => {
    op.sql('ALTER TABLE t ADD COLUMN c int DEFAULT 5')
    add(op, 'a')
  }

  it('by SQL of the author is done again where the server refused it, and asked about where it is unknown', async () => {
    const refused = await tried(own, { at: /ADD COLUMN c int/, mode: 'refused' })
    await rerun(refused.db, own)
    expect(await rows(refused.db)).toEqual([{ id: 1, n: 0, c: 5, a: 'a' }])
    // The schema stands as it was seen before the statement was sent.
    const before = await tried(own, { at: /ADD COLUMN c int/, mode: 'cut before' })
    await rerun(before.db, own)
    expect(await rows(before.db)).toEqual([{ id: 1, n: 0, c: 5, a: 'a' }])
    const after = await tried(own, { at: /ADD COLUMN c int/, mode: 'cut after' })
    const interrupted = { code: 'REVISION_INTERRUPTED', details: { part: expect.any(Number) } }
    await expect(rerun(after.db, own)).rejects.toMatchObject(interrupted)
    expect(await rows(after.db)).toEqual([{ id: 1, n: 0, c: 5 }])
  })

  it('by SQL of the author is asked about where the schema is another, also where it would bear being run twice', async () => {
    const wider: Upgrade = (op) => op.sql('ALTER TABLE t MODIFY COLUMN n bigint')
    const { db } = await tried(wider, { at: /MODIFY COLUMN/, mode: 'cut after' })
    await expect(rerun(db, wider)).rejects.toMatchObject({ code: 'REVISION_INTERRUPTED', details: { part: 0 } })
    expect(await db.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'aaaaaaaaaaaa' }])
  })

  it('by SQL of the author is what a person says of it, where nothing else tells', async () => {
    const { db } = await tried(own, { at: /ADD COLUMN c int/, mode: 'cut after' })
    const migrator = createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: tiersOf(own) })
    const error: unknown = await migrator.upgrade().catch((thrown: unknown) => thrown)
    const part = isMigrateError(error, 'REVISION_INTERRUPTED') ? (error.details.part ?? -1) : -1
    await expect(migrator.upgrade('head', { assume: { part: part + 7, applied: true } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    // The server itself contradicts the claim that it had not run.
    await expect(migrator.upgrade('head', { assume: { part, applied: false } })).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
    })
    const [entry] = await db.sql("SELECT position FROM migrate_journal WHERE state = 'failed'")
    await migrator.upgrade('head', { assume: { part: Number(entry?.position), applied: true } })
    expect(await rows(db)).toEqual([{ id: 1, n: 0, c: 5, a: 'a' }])
  })

  it('must stay in the file: an edit of any operation that ran is refused, also of the first of a part', async () => {
    const upgradeOf =
      (first: string, last: string): Upgrade =>
      (op) => {
        count(op, first)
        count(op, 'more')
        add(op, 'a')
        add(op, last)
      }
    const { db } = await tried(upgradeOf('first', 'b'), { at: /ADD COLUMN `b`/, mode: 'refused' })
    await expect(rerun(db, upgradeOf('another', 'b'))).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      message: expect.stringMatching(
        /^Revision bbbbbbbbbbbb was edited after a part of it had been applied: its first 2 operations are not those that ran at \S+\. The last that ran is `add column t\.a`: edit only what comes after it\.$/,
      ),
    })
    expect(await rows(db)).toEqual([{ id: 1, n: 2, a: 'a' }])
    await rerun(db, upgradeOf('first', 'd'))
    expect(await rows(db)).toEqual([{ id: 1, n: 2, a: 'a', d: 'd' }])
  })

  it('comes before everything else', async () => {
    const { db } = await tried(twoColumns, { at: /ADD COLUMN `b`/, mode: 'refused' })
    const migrator = createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: tiersOf(twoColumns) })
    expect((await migrator.status()).interrupted).toMatchObject([{ revision: 'bbbbbbbbbbbb', direction: 'up' }])
    await expect(migrator.downgrade('base')).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      details: { revision: 'bbbbbbbbbbbb' },
    })
    expect(await rows(db)).toEqual([{ id: 1, n: 2, a: 'a' }])
  })
})

describeOn('mariadb', 'half of a revision', (createDatabase) => {
  it('is told, and left alone, by a program that has no file of it', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const upgrade: Upgrade = (op) => {
      count(op, 'first')
      add(op, 'b')
    }
    await createMigrator({ dialect, tiers: tiersOf(upgrade) }).upgrade('aaaaaaaaaaaa')
    const failing = faulty(dialect, { at: /ADD COLUMN `b`/, mode: 'refused' }).dialect
    await expect(createMigrator({ dialect: failing, tiers: tiersOf(upgrade) }).upgrade()).rejects.toThrow()
    const older = migratorOf(dialect, [base])
    expect(await older.status({ files: false })).toEqual({
      state: 'interrupted',
      revision: ['aaaaaaaaaaaa'],
      pending: 0,
    })
    await expect(older.resume()).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      details: { revision: 'bbbbbbbbbbbb' },
      remedy: 'Run the program that has this revision, which resumes it.',
    })
    expect((await db.sql('SELECT n FROM t')).map((row) => Number(row.n))).toEqual([1])
    expect((await db.sql('SELECT state FROM migrate_journal ORDER BY position')).map((row) => row.state)).toEqual([
      'finished',
      'failed',
    ])
  })
})

describeOn('postgres', 'the parts of a revision', (createDatabase) => {
  const countParts = async (upgrade: Upgrade): Promise<unknown> => {
    const db = await createDatabase()
    const migrator = createMigrator({ dialect: postgresDialect({ url: db.url }), tiers: tiersOf(upgrade) })
    await migrator.upgrade('aaaaaaaaaaaa')
    const plan = await migrator.plan()
    return [plan.transaction, plan.steps[0]?.parts]
  }

  it('are counted as they will be committed', async () => {
    const concurrently = { concurrently: true } as const
    expect(await countParts((op) => add(op, 'a'))).toEqual(['revision', undefined])
    expect(await countParts((op) => op.createIndex('t', 'i', ['n'], concurrently))).toEqual(['revision', 2])
    expect(
      await countParts((op) => {
        add(op, 'a')
        op.createIndex('t', 'i', ['n'], concurrently)
        op.createIndex('t', 'j', ['n'], concurrently)
        op.alterTable('t', (t) => t.addColumn('z', text()))
      }),
    ).toEqual(['revision', 4])
  })
})
