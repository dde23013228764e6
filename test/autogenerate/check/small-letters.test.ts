import {
  check,
  compare,
  createDriftReader,
  emptyDatabase,
  makeSnapshot,
  prove,
  pull,
  stairway,
} from '@org/migrate-autogenerate'
import {
  boolean,
  column,
  expression,
  integer,
  type Migrator,
  type OperationRecorder,
  readDeclared,
  table,
  varchar,
} from '@org/migrate-core'
import { expect, it } from 'vitest'
import { line, type RevisionBody } from '../../kit/migrator.ts'
import { describeOnOwn } from '../../kit/own-server.ts'
import type { TestDatabase } from '../../kit/servers.ts'
import { migratorAt } from './kit.ts'

const columnsOfUser = { id: column(integer(), { nullable: false }), email: column(varchar(100), { nullable: false }) }
const User = table('User', columnsOfUser, {
  primaryKey: ['id'],
  uniques: [{ name: 'User_email_key', columns: ['email'] }],
})
const PostTag = table(
  'PostTag',
  {
    id: column(integer(), { nullable: false }),
    userId: column(integer()),
    shown: column(boolean(), { nullable: false, default: false }),
  },
  {
    primaryKey: ['id'],
    indexes: [{ name: 'PostTag_shown', columns: ['shown', 'userId'] }],
    foreignKeys: [
      {
        name: 'PostTag_user',
        columns: ['userId'],
        references: { table: 'User', columns: ['id'] },
        onDelete: 'cascade',
      },
    ],
    checks: [{ name: 'PostTag_positive', expression: expression('`id` > 0') }],
  },
)
const declared = readDeclared({ User, PostTag })

/** Tables as Prisma calls them. */
function withTables(op: OperationRecorder): void {
  op.createTable('User', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('email', varchar(100), { nullable: false })
    t.primaryKey(['id'])
    t.unique(['email'], { name: 'User_email_key' })
  })
  op.createTable('PostTag', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('userId', integer())
    t.column('shown', boolean(), { nullable: false, default: false })
    t.primaryKey(['id'])
    const references = { table: 'User', columns: ['id'] }
    t.foreignKey({ name: 'PostTag_user', columns: ['userId'], references, onDelete: 'cascade' })
    t.check(expression('`id` > 0'), { name: 'PostTag_positive' })
  })
}
const withIndex = (op: OperationRecorder): void => op.createIndex('PostTag', 'PostTag_shown', ['shown', 'userId'])

const withObjects = (op: OperationRecorder): void => {
  op.createView('emails', expression('SELECT id, email FROM User'))
  const trigger = 'CREATE TRIGGER user_email BEFORE INSERT ON User FOR EACH ROW SET NEW.email = LOWER(NEW.email)'
  op.createTrigger('User', 'user_email', expression(trigger))
}

const tablesOf = async (db: TestDatabase): Promise<readonly unknown[]> =>
  (await db.sql('SHOW TABLES')).flatMap((row) => Object.values(row)).filter((name) => !/^migrate_/.test(String(name)))

const changesOf = async (migrator: Migrator, schema = declared): Promise<readonly string[]> =>
  (await compare(migrator, schema, { answers: { none: true } })).changes.map(({ describe }) => describe)

describeOnOwn('mariadb', 'lower_case_table_names=1', { settings: ['--lower-case-table-names=1'] }, (own) => {
  const upgraded = async (...bodies: readonly RevisionBody[]) => {
    const db = await own().createDatabase()
    const migrator = migratorAt(db.url, line(...bodies))
    await migrator.upgrade()
    return { db, migrator }
  }

  it('tables with capital letters are no drift, and nothing is to be generated for them', async () => {
    const { db, migrator } = await upgraded(withTables, withIndex, withObjects)
    expect(await tablesOf(db)).toEqual(['emails', 'posttag', 'user'])
    const report = await check(migrator, { data: true })
    expect(report.answers).toMatchObject({ noDrift: 'yes' })
    expect(await createDriftReader()(migrator)).toEqual({ differences: [] })
    await migrator.ensure({ mode: 'verify', verify: { schema: true } })
    expect(await changesOf(migrator)).toEqual([])
    const withAge = table('User', { ...columnsOfUser, age: column(integer()) }, { primaryKey: ['id'] })
    const changes = await changesOf(migrator, readDeclared({ withAge, PostTag }))
    expect([...changes].sort()).toEqual(['add column User.age', 'drop unique constraint User_email_key of User'])
  })

  it('tables that SQL calls by other letters are those of the history', async () => {
    const { migrator } = await upgraded(
      withTables,
      (op) => {
        op.addColumn('User', 'age', integer())
        op.sql('ALTER TABLE user ADD COLUMN nick varchar(20)')
        op.sql('ALTER TABLE POSTTAG ADD COLUMN note varchar(20)')
      },
      (op) => {
        op.dropColumn('User', 'age')
        op.dropColumn('PostTag', 'shown')
      },
    )
    expect((await migrator.ensure({ mode: 'verify' })).warnings).toEqual([])
  })

  it('a shadow database gives what it makes by its names', async () => {
    const { db, migrator } = await upgraded(withTables, withIndex)
    const { ok, revisions } = await stairway({ migrator: migratorAt(db.url, line(withTables, withIndex, withObjects)) })
    expect(revisions.flatMap(({ findings }) => findings)).toEqual([])
    expect(ok).toBe(true)
    const { text } = await makeSnapshot(migrator)
    expect(text).toContain('CREATE TABLE `PostTag`')
    expect((await pull(migrator)).text).toContain("'PostTag'")
  })

  it('a reset drops the tables of the history', async () => {
    const { db, migrator } = await upgraded(withTables, withIndex, withObjects)
    await emptyDatabase(migrator)
    expect(await tablesOf(db)).toEqual([])
  })

  it('a rename of letters changes nothing there, and is written once', async () => {
    const bodies = [
      (op: OperationRecorder) => op.createTable('user', (t) => t.column('id', integer(), { nullable: false })),
      (op: OperationRecorder) => op.renameTable('user', 'User'),
      (op: OperationRecorder) => op.addColumn('User', 'age', integer()),
    ]
    const { db, migrator } = await upgraded(...bodies)
    expect(await tablesOf(db)).toEqual(['user'])
    expect((await check(migrator)).answers.noDrift).toBe('yes')
    await migrator.downgrade('r1')
    expect((await check(migrator)).answers.noDrift).toBe('yes')
    await migrator.downgrade('base')
    expect(await tablesOf(db)).toEqual([])
  })

  it('the revisions of another database take over one of the same tables', async () => {
    const { db } = await upgraded(withTables, withIndex)
    await db.sql('DROP TABLE migrate_version, migrate_history, migrate_journal, migrate_lock')
    const adopting = migratorAt(db.url, line(withTables, withIndex))
    expect((await prove(adopting, 'r2')).differences).toEqual([])
    await adopting.stamp('head')
    expect(await changesOf(adopting)).toEqual([])
  })

  it('a declaration in other letters than the revisions is a rename, which is written once', async () => {
    const { db, migrator } = await upgraded((op) =>
      op.createTable('user', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('email', varchar(100), { nullable: false })
        t.primaryKey(['id'])
      }),
    )
    const named = readDeclared({ User: table('User', columnsOfUser, { primaryKey: ['id'] }) })
    const answers = { renamed: [{ from: 'user', to: 'User' }] }
    const { changes } = await compare(migrator, named, { answers })
    expect(changes.map(({ describe, statements }) => [describe, statements])).toEqual([
      ['rename table user to User', []],
    ])
    const next = migratorAt(
      db.url,
      line(
        (op) => op.createTable('user', (t) => t.column('id', integer(), { nullable: false })),
        (op) => op.renameTable('user', 'User'),
      ),
    )
    await next.upgrade()
    expect(await changesOf(next, named)).toEqual([])
  })

  it('a table is replaced by one of other letters', async () => {
    const { db, migrator } = await upgraded(withTables, (op) => {
      op.dropTable('PostTag')
      op.createTable('POSTTAG', (t) => t.column('id', integer(), { nullable: false }))
    })
    expect(await tablesOf(db)).toEqual(['posttag', 'user'])
    expect((await check(migrator)).answers.noDrift).toBe('yes')
    await migrator.downgrade('r1')
    expect((await check(migrator)).answers.noDrift).toBe('yes')
  })

  it('the tables of the migrator may have capital letters, and values come back', async () => {
    const db = await own().createDatabase()
    const names = {
      version: 'MigrateVersion',
      history: 'MigrateHistory',
      journal: 'MigrateJournal',
      lock: 'MigrateLock',
      preserved: 'MigratePreserved',
    }
    const migrator = migratorAt(
      db.url,
      line(withTables, (op) => op.addColumn('User', 'nick', varchar(20))),
      { tables: names },
    )
    await migrator.upgrade()
    await db.sql("INSERT INTO User (id, email, nick) VALUES (1, 'a@b', 'a')")
    await migrator.downgrade('r1')
    await migrator.upgrade()
    expect(await db.sql('SELECT nick FROM user')).toEqual([{ nick: 'a' }])
    expect(await db.sql("SHOW TABLES LIKE 'migrateversion'")).toHaveLength(1)
    expect((await migrator.upgrade()).applied).toEqual([])
  })
})
