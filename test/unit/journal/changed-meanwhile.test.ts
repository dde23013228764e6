import { check, survey } from '@org/migrate-autogenerate'
import { integer, type Revision, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { refused } from '../../faults/remedies/advice/refused.ts'
import { errorOf, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf, type TestDatabase } from '../../kit/servers.ts'
import { faulty } from './fault-dialect.ts'

const r1: Revision = {
  revision: 'r1',
  downRevision: null,
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.primaryKey(['id'])
    }),
}

/** Each part commits by itself; the one in the middle is refused until there is the table `missing`. */
const upgrade: Recorded = (op) => {
  op.createIndex('t', 't_n', ['n'], { concurrently: true })
  op.sql('INSERT INTO missing VALUES (1)')
  op.alterTable('t', (t) => t.addColumn('late', varchar(20)))
}
const firstOfAll: Recorded = (op) => {
  r1.upgrade(op)
  upgrade(op)
}
/** Whether a statement has run is read from the tables, for the first of the columns; the second is the rest. */
const twoColumns: Recorded = (op) => {
  op.createIndex('t', 't_n', ['n'], { concurrently: true })
  op.alterTable('t', (t) => t.addColumn('early', varchar(20)))
  op.alterTable('t', (t) => t.addColumn('late', varchar(20)))
}
const downgrade: Recorded = (op) => {
  op.alterTable('t', (t) => t.dropColumn('late'))
  op.dropIndex('t', 't_n', { concurrently: true })
  op.sql('INSERT INTO missing VALUES (2)')
}
const r2: Revision = { revision: 'r2', downRevision: 'r1', upgrade, downgrade }
const missing = 'CREATE TABLE missing (a int)'

/** Inserted below r2, or a branch that it depends on, while it is interrupted. */
const between: Revision = {
  revision: 'r15',
  downRevision: 'r1',
  upgrade: (op) => op.alterTable('t', (t) => t.addColumn('mid', integer())),
}
const moved: { readonly [K in 'parent' | 'dependency']: readonly Revision[] } = {
  parent: [r1, between, { ...r2, downRevision: 'r15' }],
  dependency: [r1, between, { ...r2, dependsOn: ['r15'] }],
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'while a revision is interrupted', (createDatabase, server) => {
  const dialectOf = (url: string): UnloadedDialect =>
    familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
  const open = (db: TestDatabase, ...chain: readonly Revision[]) => migratorOf(dialectOf(db.url), chain)
  const journal = async (db: TestDatabase): Promise<readonly unknown[]> =>
    (await db.sql('SELECT revision, direction, position FROM migrate_journal ORDER BY position')).map((row) =>
      Object.values(row).map(String),
    )

  async function interrupted() {
    const db = await createDatabase()
    const migrator = open(db, r1, r2)
    await refused(() => migrator.upgrade())
    expect(await migrator.status()).toMatchObject({ state: 'interrupted', revision: ['r1'] })
    return { db, migrator }
  }

  async function interruptedDowngrade() {
    const db = await createDatabase()
    await db.sql(missing)
    const migrator = open(db, r1, r2)
    await migrator.upgrade()
    await db.sql('DROP TABLE missing')
    await refused(() => migrator.downgrade('r1'))
    expect(await migrator.status()).toMatchObject({ state: 'interrupted', revision: ['r2'] })
    return { db, migrator }
  }

  it('no stamp is recorded, and the journal stays', async () => {
    for (const start of [interrupted, interruptedDowngrade]) {
      const { db, migrator } = await start()
      const before = await journal(db)
      for (const target of ['r2', 'r1', 'base', 'head']) {
        expect(await errorOf(migrator.stamp(target)), target).toMatchObject({
          code: 'REVISION_INTERRUPTED',
          details: { revision: 'r2' },
          remedy: 'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.',
        })
      }
      expect(before.length).toBeGreaterThan(0)
      expect(await journal(db)).toEqual(before)
      await migrator.stamp('r1', { acceptEdit: true })
      expect(await journal(db)).toEqual(before)
    }
  })

  it('a stamp with purge deletes its journal, and a warning names it', async () => {
    const { db, migrator } = await interrupted()
    expect((await migrator.stamp('r2', { purge: true })).warnings).toEqual([
      expect.stringMatching(
        /^Revision r2 is interrupted: its upgrade started at .* and has not finished\. Its journal was deleted: what is done of it stays, and no command resumes it\.$/,
      ),
    ])
    expect(await journal(db)).toEqual([])
    expect(await migrator.status()).toMatchObject({ state: 'atHead', interrupted: [] })
  })

  it('the database is not free for an adoption, also where it is its first revision', async () => {
    const db = await createDatabase()
    const migrator = open(db, { ...r2, downRevision: null, upgrade: firstOfAll })
    await refused(() => migrator.upgrade())
    expect(await survey(migrator)).toMatchObject({ applied: ['r2'] })
  })

  it('a program without its file is advised to leave it to the program that has it', async () => {
    const { db, migrator } = await interrupted()
    expect(await migrator.status()).toMatchObject({ interrupted: [{ revision: 'r2', hasFile: true }] })
    const older = open(db, r1)
    expect(await older.status()).toMatchObject({ interrupted: [{ revision: 'r2', hasFile: false }] })
    const advice = 'Run the program that has this revision, which resumes it.'
    expect((await check(older)).findings.find(({ kind }) => kind === 'interrupted')).toMatchObject({ next: advice })
    for (const run of [() => older.upgrade(), () => older.resume(), () => older.stamp('r1')])
      expect(await errorOf(run())).toMatchObject({ code: 'REVISION_INTERRUPTED', remedy: advice })
  })

  it('a squash over it says what is applied and what is interrupted, and its advice ends at the squashed revision', async () => {
    const { db } = await interrupted()
    const whole: Revision = { revision: 's', downRevision: null, replaces: ['r1', 'r2'], upgrade: firstOfAll }
    const migrator = open(db, r1, r2, whole)
    expect(await errorOf(migrator.upgrade())).toMatchObject({
      code: 'INSIDE_SQUASH',
      message: 'The database is at r1 and in the middle of r2, inside the range that s replaces.',
      remedy: 'Run `migrate upgrade r2`, which ends the range, then `migrate upgrade`, which records s.',
    })
    await db.sql(missing)
    expect((await migrator.upgrade('r2')).applied).toEqual(['main:r2'])
    await migrator.upgrade()
    expect(await migrator.status()).toMatchObject({ state: 'atHead', revision: ['s'] })
  })

  it('an object of what is left of it is dropped or renamed, and is no reason to stamp the revision', async () => {
    const db = await createDatabase()
    const chain = [r1, { ...r2, upgrade: twoColumns }]
    const cut = faulty(dialectOf(db.url), { at: /ADD COLUMN .early/, mode: 'cut before' })
    expect(await errorOf(migratorOf(cut.dialect, chain).upgrade())).toMatchObject({ code: 'CONNECTION_LOST' })
    const migrator = open(db, ...chain)
    await db.sql('ALTER TABLE t ADD COLUMN late varchar(20)')
    for (const run of [() => migrator.upgrade(), () => migrator.resume()]) {
      expect(await errorOf(run())).toMatchObject({
        code: 'OBJECT_EXISTS',
        remedy:
          'Revision r2 was interrupted, and what is left of it makes this object, which another program made meanwhile. Rename or drop it, and finish the revision with `migrate resume`.',
      })
    }
    await db.sql('ALTER TABLE t DROP COLUMN late')
    expect((await migrator.resume()).applied).toEqual(['main:r2'])
    expect(await migrator.status()).toMatchObject({ state: 'atHead', revision: ['r2'] })
  })

  it.each(['parent', 'dependency'] as const)(
    'a new %s that never ran is refused before anything runs, and both halves of the advice end well',
    async (of) => {
      for (const advice of ['put back', 'revert'] as const) {
        const { db, migrator } = await interrupted()
        const before = await journal(db)
        const other = open(db, ...moved[of])
        await db.sql(missing)
        for (const run of [() => other.resume(), () => other.upgrade(), () => other.downgrade('base')]) {
          expect(await errorOf(run())).toMatchObject({
            code: 'REVISION_MOVED',
            details: { revision: 'r2', parents: ['r15'], recorded: ['r1'] },
            remedy:
              'Name the former parents in its file again, and finish it with `migrate resume`. Or take back what is done of it with `migrate resume --revert`.',
          })
        }
        expect(await db.sql('SELECT * FROM missing')).toEqual([])
        expect(await journal(db)).toEqual(before)
        if (advice === 'put back') {
          expect((await migrator.resume()).applied).toEqual(['main:r2'])
          expect(await migrator.status()).toMatchObject({ state: 'atHead', revision: ['r2'] })
        } else {
          await other.resume({ revert: true })
          expect((await other.upgrade()).applied).toEqual(['main:r15', 'main:r2'])
          expect(await other.status()).toMatchObject({ state: 'atHead', revision: ['r2'] })
        }
      }
    },
  )

  it.each(['parent', 'dependency'] as const)(
    'a new %s of what is being taken back is refused before anything runs, and the former one ends it',
    async (of) => {
      const { db, migrator } = await interruptedDowngrade()
      const before = await journal(db)
      const other = open(db, ...moved[of])
      await db.sql(missing)
      for (const run of [() => other.resume(), () => other.upgrade(), () => other.downgrade('r1')]) {
        expect(await errorOf(run())).toMatchObject({ code: 'REVISION_MOVED', details: { parents: ['r15'] } })
      }
      expect(await db.sql('SELECT * FROM missing')).toEqual([])
      expect(await journal(db)).toEqual(before)
      expect((await migrator.resume()).applied).toEqual(['main:r2'])
      expect(await migrator.status()).toMatchObject({ revision: ['r1'], interrupted: [] })
    },
  )
})
