import { examine } from '@org/migrate-autogenerate'
import { expression, integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { capabilitiesFor } from '../../../../packages/dialect-mysql/src/capabilities.ts'
import { newest } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { newUser } from '../../../kit/new-user.ts'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { connected } from '../drivers/open-clients.ts'
import { migratorOn } from '../run/kit.ts'

const keyless = (op: OperationRecorder): void => op.createTable('t', (t) => t.column('id', integer()))
const withUnique = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20))
    t.unique(['id'], { name: 'one' })
  })
const ofColumn = (op: OperationRecorder): void => {
  op.createTable('t', (t) => t.column('id', integer(), { nullable: false }))
}

describeOnOwn('mariadb', 'innodb_force_primary_key', { settings: ['--innodb-force-primary-key=1'] }, (own) => {
  it.each([
    ['a table without a key', [keyless], 'create table t'],
    [
      'a table whose key is to be added later',
      [ofColumn, (op: OperationRecorder) => op.addUnique('t', ['id'])],
      'create table t',
    ],
    [
      'dropping the last key',
      [withUnique, (op: OperationRecorder) => op.dropConstraint('t', 'one')],
      'drop constraint one of t',
    ],
    [
      'a last key that takes NULL',
      [withUnique, (op: OperationRecorder) => op.alterColumn('t', 'id', { nullable: true })],
      'change column t.id',
    ],
  ] as const)('%s is refused before anything runs', async (_, upgrades, operation) => {
    const db = await own().createDatabase()
    expect(await errorOf(migratorOn(db, ...upgrades).upgrade())).toMatchObject({
      code: 'INVALID_OPERATION',
      message: `${operation}: it has no primary key, and this server refuses such tables (innodb_force_primary_key)`,
      remedy: 'Give the table a primary key.',
    })
    expect(await db.sql('SHOW TABLES')).toEqual([])
  })

  it('a unique key of columns that are NOT NULL is one, and the run has its own tables', async () => {
    const db = await own().createDatabase()
    const migrator = migratorOn(db, withUnique, (op) => op.alterColumn('t', 'name', { type: varchar(40) }))
    await migrator.upgrade()
    await migrator.downgrade('base')
  })
})

/** Each leaves the key as it is, and is an ALTER TABLE. */
const changesOfKeyless: readonly (readonly [string, Recorded])[] = [
  ['add column old.c', (op) => op.addColumn('old', 'c', integer())],
  ['change column old.a', (op) => op.alterColumn('old', 'a', { type: varchar(20) })],
  ['create index ix on old', (op) => op.createIndex('old', 'ix', ['a'])],
  ['rename column old.a to d', (op) => op.renameColumn('old', 'a', 'd')],
  ['comment table old', (op) => op.alterTable('old', (t) => t.comment('old'))],
]

for (const [server, setting] of [
  ['mariadb', 'innodb_force_primary_key'],
  ['mysql', 'sql_require_primary_key'],
] as const)
  describeOnOwn(server, `a table without a key from before ${setting}`, {}, (own) => {
    it.each(changesOfKeyless)('%s is refused before anything runs, until it has one', async (operation, change) => {
      const db = await own().createDatabase()
      await own().sql(`SET GLOBAL ${setting} = 0`)
      await db.sql('CREATE TABLE old (a int NOT NULL, b int)')
      await own().sql(`SET GLOBAL ${setting} = 1`)
      const renamed = (op: OperationRecorder): void => {
        op.renameTable('old', 'older')
        op.renameTable('older', 'old')
      }
      expect(await errorOf(migratorOn(db, (op) => [renamed(op), change(op)]).upgrade())).toMatchObject({
        code: 'INVALID_OPERATION',
        message: expect.stringMatching(
          `^${operation}.*: it has no primary key, and this server refuses such tables \\(${setting}\\)$`,
        ),
        remedy: 'Give the table a primary key.',
      })
      expect(await db.sql('SHOW TABLES')).toHaveLength(1)
      const migrator = migratorOn(db, renamed, (op) => {
        op.addPrimaryKey('old', ['a'])
        change(op)
      })
      await migrator.upgrade()
      expect((await errorOf(migrator.downgrade('r1'))).message).toContain('it has no primary key')
    })
  })

const long: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', varchar(255), { nullable: false })
    t.primaryKey(['id'])
  })
const formatSql =
  "SELECT ROW_FORMAT AS format FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't'"

for (const [server, format] of [
  ['mariadb', 'compact'],
  ['mysql', 'redundant'],
] as const)
  describeOnOwn(server, 'innodb_default_row_format', { settings: [`--innodb-default-row-format=${format}`] }, (own) => {
    it('is not the one of a table that names none: its keys are as long as everywhere', async () => {
      const db = await own().createDatabase()
      const migrator = migratorOn(
        db,
        long,
        (op) => op.alterTable('t', (t) => t.options({ row_format: 'DYNAMIC' })),
        (op) => op.alterTable('t', (t) => t.options({ row_format: 'COMPRESSED' })),
        (op) => op.alterTable('t', (t) => t.options({ row_format: null })),
        (op) => op.dropTable('t'),
      )
      await migrator.upgrade('r2')
      expect(await db.sql(formatSql)).toEqual([{ format: 'Dynamic' }])
      await migrator.upgrade('r3')
      expect(await db.sql(formatSql)).toEqual([{ format: 'Compressed' }])
      await migrator.upgrade('r4')
      expect(await db.sql(formatSql)).toEqual([{ format: 'Dynamic' }])
      await migrator.upgrade()
      await migrator.downgrade('r4')
      expect(await db.sql(formatSql)).toEqual([{ format: 'Dynamic' }])
      await migrator.downgrade('base')
    })
  })

describeOnOwn('mariadb', 'lower_case_table_names=1', { settings: ['--lower-case-table-names=1'] }, (own) => {
  it.each([
    ['view', (op: OperationRecorder) => op.createView('Mine', expression('SELECT 1 AS a'))],
    ['sequence', (op: OperationRecorder) => op.createSequence('Mine')],
  ] as const)('a %s with capital letters is refused before anything runs', async (kind, upgrade) => {
    const db = await own().createDatabase()
    expect(await errorOf(migratorOn(db, upgrade).upgrade())).toMatchObject({
      code: 'INVALID_NAME',
      message: `the name of the ${kind} Mine has capital letters, and this server stores it in small ones (lower_case_table_names=1)`,
    })
    expect(await db.sql('SHOW TABLES')).toEqual([])
  })
})

it('pages of InnoDB of less than usual are refused: they do not hold the keys of our tables', () => {
  const refused = expect.objectContaining({
    code: 'SERVER_UNSUPPORTED',
    message: expect.stringMatching(
      /^the server is MariaDB \S+: its pages of 8192 bytes \(innodb_page_size\) hold no key/,
    ),
  })
  expect(() => capabilitiesFor({ ...newest.mariadb, smallPages: 8192 })).toThrow(refused)
  expect(capabilitiesFor(newest.mariadb)).toBeDefined()
})

describeOnOwn('mysql', 'default_collation_for_utf8mb4 and sql_select_limit', {}, (own) => {
  it('A table has the collation of its database, and is no drift, where the server gives another to the character set', async () => {
    const db = await own().createDatabase()
    await db.sql("SET GLOBAL default_collation_for_utf8mb4 = 'utf8mb4_general_ci'")
    const migrator = migratorOn(db, withUnique, (op) => op.alterColumn('t', 'name', { type: varchar(40) }))
    await migrator.upgrade()
    const collations =
      "SELECT table_collation AS name FROM information_schema.tables WHERE table_name = 't' AND table_schema = DATABASE()"
    expect(await db.sql(collations)).toEqual([{ name: 'utf8mb4_0900_ai_ci' }])
    await migrator.downgrade('base')
  })

  it('an open client has its settings again, also where the server gives two rows of a result', async () => {
    const db = await own().createDatabase()
    const { client, sql } = await connected('connection of mysql2', db)
    await sql('SET SESSION lc_time_names = de_DE, character_set_results = latin1, sql_select_limit = 7')
    await db.sql('SET GLOBAL sql_select_limit = 2')
    await migratorOf(mysqlDialect({ driver: client }), line(withUnique)).upgrade()
    await db.sql('SET GLOBAL sql_select_limit = DEFAULT')
    const settings =
      'SELECT @@lc_time_names AS names, @@character_set_results AS results, @@sql_select_limit AS rowLimit, @@time_zone AS zone'
    expect(await sql(settings)).toEqual([{ names: 'de_DE', results: 'latin1', rowLimit: 7, zone: 'SYSTEM' }])
  })
})

describeOnOwn('mysql', 'innodb_strict_mode', { settings: ['--innodb-strict-mode=OFF'] }, (own) => {
  it('A user who may not set it is warned', async () => {
    const db = await own().createDatabase()
    const { user, url } = await newUser({ ...db, sql: own().sql })
    await own().sql(`GRANT ALL ON ${db.name}.* TO ${user}`)
    const [plain, root] = [migratorOn({ ...db, url }, withUnique), migratorOn(db, withUnique)]
    await plain.upgrade()
    const settingsOf = async (migrator: typeof plain) =>
      (await examine(migrator)).findings.filter(({ about }) => /settings|innodb/.test(about))
    expect(await settingsOf(plain)).toMatchObject([
      {
        level: 'warning',
        about: 'innodb_strict_mode',
        next: 'Set innodb_strict_mode to ON on the server, or GRANT SESSION_VARIABLES_ADMIN ON *.* TO the user.',
      },
    ])
    const fine = [{ level: 'ok', about: 'settings' }]
    expect(await settingsOf(root)).toMatchObject(fine)
    await plain.downgrade('base')
    await own().sql(`GRANT SESSION_VARIABLES_ADMIN ON *.* TO ${user}`)
    expect(await settingsOf(plain)).toMatchObject(fine)
    await own().sql(`REVOKE SESSION_VARIABLES_ADMIN ON *.* FROM ${user}; SET GLOBAL innodb_strict_mode = ON`)
    expect(await settingsOf(plain)).toMatchObject(fine)
    await plain.upgrade()
  })
})

for (const server of ['mariadb', 'mysql'] as const)
  describeOnOwn(server, 'log_bin_trust_function_creators', { settings: ['--log-bin=own', '--server-id=7'] }, (own) => {
    it('is what a trigger of a user without SUPER lacks, and the revision changes nothing before', async () => {
      const db = await own().createDatabase()
      const { user, url } = await newUser({ ...db, sql: own().sql })
      await own().sql(`GRANT ALL ON ${db.name}.* TO ${user}`)
      const trigger = 'CREATE TRIGGER lower BEFORE INSERT ON t FOR EACH ROW SET NEW.name = LOWER(NEW.name)'
      const migrator = migratorOn({ ...db, url }, withUnique, (op) =>
        op.createTrigger('t', 'lower', expression(trigger)),
      )
      const error = await errorOf(migrator.upgrade())
      expect(error).toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'permission' } })
      expect(error.remedy).toContain('run `SET GLOBAL log_bin_trust_function_creators = 1`')
      await own().sql('SET GLOBAL log_bin_trust_function_creators = 1')
      expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
    })
  })
