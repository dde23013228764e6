import { survey } from '@org/migrate-autogenerate'
import { integer, type Migrator, type OperationRecorder, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createConnection } from 'mysql2/promise'
import { expect, it, onTestFinished } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { driverText } from '../../../kit/script-text.ts'
import type { TestDatabase } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

describeOnOwn('mysql', 'a server that generates primary keys', {}, (own) => {
  /** The setting is that of the whole server: sessions of the tests get it, too. */
  async function generating(on = true): Promise<TestDatabase> {
    const db = await own().createDatabase()
    await own().sql(`SET GLOBAL sql_generate_invisible_primary_key = ${on ? 1 : 0}`)
    return db
  }

  const shown = async (db: TestDatabase, table: string): Promise<unknown> =>
    (await db.sql(`SHOW CREATE TABLE ${table}`))[0]?.['Create Table']
  const without = `CREATE TABLE \`n1\` (
  \`a\` int NOT NULL,
  \`b\` varchar(9) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`
  const withKey = `CREATE TABLE \`n1\` (
  \`a\` int NOT NULL,
  \`b\` varchar(9) DEFAULT NULL,
  PRIMARY KEY (\`a\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`

  const migratorAt = (url: string, ...upgrades: readonly Recorded[]): Migrator =>
    migratorOf(mysqlDialect({ url }), line(...upgrades))

  const create = (op: OperationRecorder): void =>
    void op.createTable('n1', (t) => {
      t.column('a', integer(), { nullable: false })
      t.column('b', varchar(9))
    })
  const createKeyed =
    (table: string): Recorded =>
    (op) =>
      op.createTable(table, (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
  const addKey: Recorded = (op) => op.addPrimaryKey('n1', ['a'])

  /** The URL of a user who may do everything in the database, and set no restricted variable. */
  async function plainUrl(db: TestDatabase): Promise<string> {
    const user = `plain_${db.name.slice(2)}`
    await own().sql(`CREATE USER ${user}@'%' IDENTIFIED BY 'plain'; GRANT ALL ON ${db.name}.* TO ${user}@'%'`)
    const url = new URL(db.url)
    url.username = user
    url.password = 'plain'
    return url.href
  }

  it('makes a table as its revision says, which then goes back', async () => {
    const db = await generating()
    const migrator = migratorOn(db, create)
    await migrator.upgrade()
    expect(await shown(db, 'n1')).toBe(without)
    await migrator.downgrade('base')
    expect(await db.sql("SHOW TABLES LIKE 'n1'")).toEqual([])
  })

  it('lets a table have its own key, of the same revision or of a later one', async () => {
    const same = await generating()
    await migratorOn(same, (op) => {
      create(op)
      addKey(op)
    }).upgrade()
    expect(await shown(same, 'n1')).toBe(withKey)
    const later = await generating()
    const migrator = migratorOn(later, create, addKey)
    await migrator.upgrade('r1')
    await migrator.upgrade()
    expect(await shown(later, 'n1')).toBe(withKey)
    await migrator.downgrade('r1')
    expect(await shown(later, 'n1')).toBe(without)
  })

  it('makes a dropped table again as it was, although it began to generate keys since', async () => {
    const db = await generating(false)
    const migrator = migratorOn(db, create, (op) => op.dropTable('n1'))
    await migrator.upgrade()
    await generating()
    await migrator.downgrade('r1')
    expect(await shown(db, 'n1')).toBe(without)
    await migrator.downgrade('base')
  })

  it('runs a script as a run does, and changes no later session', async () => {
    const db = await generating()
    await db.sql(driverText(await migratorOn(db, create).script('head')))
    expect(await shown(db, 'n1')).toBe(without)
    await db.sql('CREATE TABLE other (a int)')
    expect(await shown(db, 'other')).toContain('my_row_id')
  })

  it('a script runs where no key is generated, and by a user without rights of its own there', async () => {
    const db = await generating(false)
    const connection = await createConnection({ uri: await plainUrl(db), multipleStatements: true })
    onTestFinished(() => connection.end())
    await connection.query(driverText(await migratorOn(db, create).script('head')))
    expect(await shown(db, 'n1')).toBe(without)
  })

  it('refuses, for a user who may not turn that off, what would get a key, before anything runs', async () => {
    const db = await generating()
    const migrator = migratorAt(await plainUrl(db), createKeyed('keyed'), (op) => {
      createKeyed('other')(op)
      create(op)
    })
    await migrator.upgrade('r1')
    const error = await errorOf(migrator.upgrade())
    expect(error.code).toBe('INVALID_OPERATION')
    expect(error.message).toContain('my_row_id')
    expect(error.message).toContain('SESSION_VARIABLES_ADMIN')
    expect(error.remedy).toBe('Give the table a primary key.')
    expect(await db.sql("SHOW TABLES LIKE 'other'")).toEqual([])
  })

  it('refuses, for that user, to drop a key without which the server would have none', async () => {
    const db = await generating()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL, u int NOT NULL)')
    const url = await plainUrl(db)
    const message = 'this server generates one, my_row_id'
    const byConstraint = migratorAt(url, (op) => op.dropConstraint('t', { kind: 'primaryKey' }))
    expect((await errorOf(byConstraint.upgrade())).message).toContain(message)
    // With a unique key of columns that are NOT NULL the server lets it go.
    const unique = migratorAt(url, (op) => {
      op.addUnique('t', ['u'], { name: 'uu' })
      op.dropConstraint('t', { kind: 'primaryKey' })
    })
    expect((await unique.upgrade()).applied).toEqual(['main:r1'])
  })

  it('shows the key that it generated for another client as what it is, and lets the author replace it', async () => {
    const db = await generating()
    await own().sql('SET GLOBAL show_gipk_in_create_table_and_information_schema = 0')
    onTestFinished(
      async () => void (await own().sql('SET GLOBAL show_gipk_in_create_table_and_information_schema = 1')),
    )
    await db.sql('CREATE TABLE n1 (a int NOT NULL, b varchar(9))')
    expect((await survey(migratorOn(db))).notes).toEqual([
      'column n1.my_row_id: INVISIBLE. No operation makes that: add it to the revision with `op.sql`.',
    ])
    const refusals: readonly Recorded[] = [
      (op) => op.dropConstraint('n1', { kind: 'primaryKey' }),
      (op) => {
        op.dropConstraint('n1', { kind: 'primaryKey' })
        op.addPrimaryKey('n1', ['my_row_id', 'a'])
      },
      (op) => op.renameColumn('n1', 'my_row_id', 'id'),
    ]
    for (const upgrade of refusals)
      expect((await errorOf(migratorOn(db, upgrade).upgrade())).remedy).toBe(
        'Replace it with op.sql: ALTER TABLE … DROP COLUMN my_row_id, ADD PRIMARY KEY (…).',
      )
    expect((await errorOf(migratorOn(db, addKey).upgrade())).code).toBe('OBJECT_EXISTS')
    const replace = 'ALTER TABLE n1 DROP COLUMN my_row_id, ADD PRIMARY KEY (a)'
    await migratorOn(db, (op) => op.sql(replace)).upgrade()
    expect(await shown(db, 'n1')).toBe(withKey)
  })
})
