import { join } from 'node:path'
import { check, examine } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, integer, type MigrateError, revisions } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt, Project, revision } from '../../../cli/project.ts'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'
import { faulty } from '../../../unit/journal/fault-dialect.ts'
import { refused } from './refused.ts'

const createTable: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const add =
  (name: string): Recorded =>
  (op) =>
    op.alterTable('t', (t) => t.addColumn(name, integer()))
/** Its first part is committed; its second fails until there is the table. */
const interruptedUpgrade: Recorded = (op) => {
  add('n')(op)
  op.sql('INSERT INTO missing VALUES (1)')
}
const missing = 'CREATE TABLE missing (a int)'
const finish = '`migrate resume`'
const takeBack = '`migrate resume --revert`'

describeOnDialects(['mariadb', 'mysql'], 'the advice about a revision that was interrupted', (createDatabase) => {
  const migratorAt = (url: string, ...chain: readonly Recorded[]) =>
    migratorOf(mysqlDialect({ url }), line(...chain), { transaction: 'revision' })
  /** The second of two revisions stopped behind its first part. */
  async function stopped(second = interruptedUpgrade) {
    const db = await createDatabase()
    const migrator = migratorAt(db.url, createTable, second)
    await refused(() => migrator.upgrade())
    return { db, migrator }
  }

  test('is given by check, doctor, a script and a downgrade: resume finishes it, and resume --revert takes it back', async () => {
    for (const direction of [finish, takeBack]) {
      const { db, migrator } = await stopped()
      const questions = async (): Promise<readonly (string | undefined)[]> => [
        (await check(migrator)).findings.find(({ kind }) => kind === 'interrupted')?.next,
        (await examine(migrator)).findings.find(({ about }) => about === 'interrupted')?.next,
        ...(await Promise.all(
          [() => migrator.script('head', { from: 'current' }), () => migrator.downgrade('base')].map((work) =>
            work().then(
              () => undefined,
              (error: MigrateError) => (error.code === 'REVISION_INTERRUPTED' ? error.remedy : undefined),
            ),
          ),
        )),
      ]
      const advice = `Finish it with ${finish}, or take back what is done of it with ${takeBack}.`
      expect(await questions()).toEqual([advice, advice, advice, advice])
      if (direction === finish) {
        await db.sql(missing)
        expect((await migrator.resume()).applied).toEqual(['main:r2'])
      } else {
        await migrator.resume({ revert: true })
        expect(await db.sql('SELECT * FROM t')).toEqual([])
      }
      expect((await questions()).slice(0, 3)).toEqual([undefined, undefined, undefined])
    }
  })

  test('whose operations have no inverse: what stopped it is corrected, and resume finishes it', async () => {
    const { db, migrator } = await stopped((op) => {
      op.sql('CREATE TABLE u (a int)')
      op.sql('INSERT INTO missing VALUES (1)')
    })
    expect(await refused(() => migrator.resume({ revert: true }))).toMatchObject({
      code: 'IRREVERSIBLE',
      remedy: 'Correct what stopped it, and finish it with `migrate resume`.',
    })
    await db.sql(missing)
    expect((await migrator.resume()).applied).toEqual(['main:r2'])
  })

  test('by a signal: run again, it resumes where it stopped', async () => {
    const { url } = await createDatabase()
    const controller = new AbortController()
    const aborts: Recorded = (op) => {
      add('n')(op)
      op.run('is stopped', async (db) => {
        controller.abort()
        await db.execute('INSERT INTO t (id) VALUES (1)')
      })
    }
    const migrator = migratorAt(url, createTable, aborts)
    expect(await refused(() => migrator.upgrade('head', { signal: controller.signal }))).toMatchObject({
      code: 'ABORTED',
      remedy: 'Run it again: it resumes where it stopped.',
    })
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })

  test('by the end of its connection: upgrade takes over the lock that doctor sees, and resumes', async () => {
    const { url } = await createDatabase()
    const two: Recorded = (op) => {
      add('n')(op)
      add('m')(op)
    }
    const { dialect } = faulty(mysqlDialect({ url }), { at: /ADD COLUMN .?m/, mode: 'cut before' })
    const tiers = [graphOf(revisions(line(createTable, two)))]
    await refused(() => createMigrator({ dialect, tiers, transaction: 'revision' }).upgrade())
    const migrator = createMigrator({ dialect: mysqlDialect({ url }), tiers })
    const next = async () => (await examine(migrator)).findings.find(({ about }) => about === 'lock')?.next
    await expect.poll(next).toBe('Run `migrate upgrade`: it takes over the lock and resumes where that run stopped.')
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
    expect(await next()).toBeUndefined()
  })

  beforeAll(() => ensureBuilt())

  test.each([finish, takeBack])(
    'that is to be moved: it is taken back, or finished and reverted, and moves (%s)',
    async (direction) => {
      const body =
        "  op.alterTable('t', (t) => { t.addColumn('n', integer()) })\n  op.sql('INSERT INTO missing VALUES (1)', { inverse: 'DELETE FROM missing' })"
      const db = await createDatabase()
      const project = new Project({
        'migrate.config.ts': "export default { url: process.env.APP_URL, migrations: './migrations' }\n",
        'migrations/a1.ts': revision('a1', null, "  op.createTable('t', (t) => { t.column('id', integer()) })"),
        'migrations/b1.ts': revision('b1', 'a1', body),
        'migrations/c1.ts': revision('c1', 'a1', "  op.sql('SELECT 1')"),
      })
      onTestFinished(() => project.remove())
      const migrator = createMigrator({
        dialect: mysqlDialect({ url: db.url }),
        tiers: [graph(join(project.folder, 'migrations'))],
      })
      const rebase = () => project.json(['rebase', 'b1', '--onto', 'c1'], { env: { APP_URL: db.url } })
      await refused(() => migrator.upgrade('b1'))
      expect(rebase()).toMatchObject({
        error: {
          remedy: `Take back what is done of it with ${takeBack}; or finish it with ${finish}, and downgrade below it.`,
        },
      })
      await db.sql(missing)
      if (direction === finish) {
        await migrator.resume()
        await migrator.downgrade('a1')
      } else await migrator.resume({ revert: true })
      expect(rebase()).toMatchObject({ parent: 'c1', changed: true })
    },
  )
})
