import { integer, type OperationRecorder, type StepDatabase, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../../kit/servers.ts'

const migratorOn = (url: string, up: (db: StepDatabase) => Promise<void>) =>
  migratorOf(postgresDialect({ url }), [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op: OperationRecorder) =>
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade: (op: OperationRecorder) => {
        op.alterTable('t', (t) => t.addColumn('note', text()))
        op.run('fill', { up, down: 'none' })
      },
    },
  ])

const ids = (db: TestDatabase) => db.sql('SELECT id FROM t ORDER BY id')

describeOn('postgres', 'data steps', (createDatabase) => {
  const cases: Readonly<Record<string, (db: StepDatabase) => Promise<void>>> = {
    'and continues': async (db) => {
      await db.execute('INSERT INTO "t" ("id") VALUES (1)').catch(() => undefined)
      await db.execute('INSERT INTO "t" ("id") VALUES (2)')
    },
    'and ends': async (db) => {
      await db.execute('INSERT INTO "t" ("id") VALUES (1)').catch(() => undefined)
    },
    'and begins a savepoint': async (db) => {
      await db.execute('INSERT INTO "t" ("id") VALUES (1)').catch(() => undefined)
      await db.transaction(async () => undefined)
    },
    'inside the body of a savepoint': async (db) => {
      await db.transaction(async (inner) => {
        await inner.execute('INSERT INTO "t" ("id") VALUES (1)').catch(() => undefined)
      })
    },
  }
  for (const [title, step] of Object.entries(cases)) {
    it(`the step passes over an error ${title}: what failed is named, and nothing stays`, async () => {
      const db = await createDatabase()
      const migrator = migratorOn(db.url, step)
      await migrator.upgrade('r1')
      await db.sql('INSERT INTO t VALUES (1)')
      await expect(migrator.upgrade()).rejects.toMatchObject({
        code: 'STATEMENT_FAILED',
        message: expect.stringContaining('duplicate key value violates unique constraint "t_pkey"'),
        details: { fault: 'constraint' },
        remedy: expect.stringContaining('db.transaction()'),
      })
      expect(await ids(db)).toEqual([{ id: 1 }])
      expect(await db.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
    })
  }

  it('an error inside a savepoint is over with it', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db.url, async (step) => {
      await step.transaction((inner) => inner.execute('INSERT INTO "t" ("id") VALUES (1)')).catch(() => undefined)
      await step.execute('INSERT INTO "t" ("id") VALUES (2)')
    })
    await migrator.upgrade('r1')
    await db.sql('INSERT INTO t VALUES (1)')
    await migrator.upgrade()
    expect(await ids(db)).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('transactions that are begun beside one another follow one another, and one that fails takes none with it', async () => {
    const db = await createDatabase()
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
    const migrator = migratorOn(db.url, async (step) => {
      const outcomes = await Promise.allSettled([
        step.transaction(async (inner) => {
          await inner.execute('INSERT INTO "t" ("id") VALUES (1)')
          await pause(50)
          throw new Error('not this one')
        }),
        step.transaction(async (inner) => {
          await inner.execute('INSERT INTO "t" ("id") VALUES (2)')
          const within = await Promise.allSettled([
            step.transaction(async () => {
              await inner.execute('INSERT INTO "t" ("id") VALUES (3)')
              await pause(20)
              throw new Error('nor this one')
            }),
            inner.transaction((innermost) => innermost.execute('INSERT INTO "t" ("id") VALUES (4)')),
          ])
          expect(within.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
        }),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    })
    await migrator.upgrade()
    expect(await ids(db)).toEqual([{ id: 2 }, { id: 4 }])
  })

  it('rows that a policy hides are not left out without a word', async () => {
    const db = await createDatabase()
    const role = `r_${db.name}`
    await db.sql(`CREATE ROLE ${role} LOGIN; GRANT ALL ON SCHEMA public TO ${role}`)
    try {
      const url = db.url.replace('postgres@', `${role}@`)
      const migrator = migratorOn(url, async () => undefined)
      await migrator.upgrade()
      await db.sql(`INSERT INTO t VALUES (1, 'hidden');
        ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (false)`)
      await expect(migrator.downgrade('r1')).rejects.toMatchObject({
        code: 'STATEMENT_FAILED',
        message: expect.stringContaining('query would be affected by row-level security policy for table "t"'),
      })
      expect(await db.sql('SELECT * FROM t')).toEqual([{ id: 1, note: 'hidden' }])
    } finally {
      await db.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})
