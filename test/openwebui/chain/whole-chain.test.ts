import { readFileSync } from 'node:fs'
import { isMigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { head, testDatabase } from './kit/database.ts'
import { type ExpectedRow, readExpected, rowDifferences } from './kit/expected.ts'
import { dataOf, masterOf, schemaOf, tableNames } from './kit/schema.ts'

it('an empty database ends at the same schema with and without the legacy tier', async () => {
  const [both, graphOnly] = [testDatabase(), testDatabase({ legacy: false })]
  await both.migrator.upgrade()
  await graphOnly.migrator.upgrade()
  const { migratehistory, ...schema } = schemaOf(both)
  expect(migratehistory).toBeDefined()
  expect(schemaOf(graphOnly)).toEqual(schema)
  expect(Object.keys(schema)).toHaveLength(26)
})

it('the fixture ends at the schema of an empty database', async () => {
  const [empty, filled] = [testDatabase(), testDatabase()]
  await empty.migrator.upgrade()
  filled.load('legacy-018.sql')
  await filled.migrator.upgrade()
  expect(schemaOf(filled)).toEqual(schemaOf(empty))
})

it('no legacy table gets AUTOINCREMENT, and the column types on SQLite are those of the legacy tier', async () => {
  const db = testDatabase()
  await db.migrator.upgrade()
  expect(db.rows(`SELECT "name" FROM "sqlite_master" WHERE "sql" LIKE '%AUTOINCREMENT%'`)).toEqual([])
  const types = (table: string) =>
    Object.fromEntries(
      db
        .rows('SELECT "name", "type", "notnull" FROM pragma_table_info(?)', table)
        .map((row) => [row.name, `${row.type}${row.notnull === 1n ? '!' : ''}`]),
    )
  expect(types('chat')).toEqual({
    id: 'VARCHAR(255)!',
    user_id: 'VARCHAR(255)!',
    title: 'TEXT!',
    share_id: 'VARCHAR(255)',
    archived: 'INTEGER!',
    created_at: 'DATETIME!',
    updated_at: 'DATETIME!',
    chat: 'JSON',
    folder_id: 'TEXT',
    pinned: 'BOOLEAN',
    meta: 'JSON!',
  })
  expect(types('user')).toEqual({
    id: 'VARCHAR(255)!',
    name: 'VARCHAR(255)!',
    email: 'VARCHAR(255)!',
    role: 'VARCHAR(255)!',
    profile_image_url: 'TEXT!',
    api_key: 'VARCHAR(255)',
    created_at: 'INTEGER!',
    updated_at: 'INTEGER!',
    last_active_at: 'INTEGER!',
    settings: 'TEXT',
    info: 'TEXT',
    oauth_sub: 'TEXT',
    username: 'VARCHAR(50)',
    bio: 'TEXT',
    gender: 'TEXT',
    date_of_birth: 'DATE',
  })
  expect(types('folder')).toEqual({
    id: 'TEXT!',
    parent_id: 'TEXT',
    user_id: 'TEXT!',
    name: 'TEXT!',
    items: 'JSON',
    meta: 'JSON',
    is_expanded: 'BOOLEAN!',
    created_at: 'BIGINT!',
    updated_at: 'BIGINT!',
    data: 'JSON',
  })
  expect(types('token_group')).toMatchObject({
    name: 'TEXT!',
    limit: 'BIGINT',
    reset_schedule: 'JSON',
    reset_time: 'TEXT',
  })
  expect(types('model')).toMatchObject({ is_active: 'BOOLEAN!', created_at: 'INTEGER!' })
})

it('downgrade base gives every legacy row and the legacy schema back, and upgrade head the same head', async () => {
  const db = testDatabase()
  db.load('legacy-018.sql')
  const before = { master: masterOf(db), data: dataOf(db) }
  await db.migrator.upgrade()
  const above = { schema: schemaOf(db), data: dataOf(db) }

  await db.migrator.downgrade('base')
  expect(masterOf(db)).toEqual(before.master)
  expect(dataOf(db)).toEqual(before.data)

  await db.migrator.upgrade()
  const expected = readExpected<{
    readonly tables: Readonly<
      Record<string, { readonly key: readonly string[]; readonly rows: readonly ExpectedRow[] }>
    >
  }>('expected-head.json')
  expect(
    Object.entries(expected.tables).flatMap(([table, { key, rows }]) => rowDifferences(db, table, key, rows)),
  ).toEqual([])
  expect(schemaOf(db)).toEqual(above.schema)
  expect(dataOf(db)).toEqual(above.data)
})

it('a downgrade to 7e5b5dc7342b gives the legacy values back', async () => {
  const db = testDatabase()
  db.load('legacy-018.sql', 'legacy-018-hostile.sql')
  const before = dataOf(db)
  await db.migrator.upgrade()
  await db.migrator.downgrade('7e5b5dc7342b')
  const { message, ...after } = dataOf(db)
  expect(message).toEqual([])
  expect(after).toEqual(before)
})

it('a database without the legacy tier goes down to nothing', async () => {
  const db = testDatabase({ legacy: false })
  await db.migrator.upgrade()
  await db.migrator.downgrade('base')
  expect(tableNames(db)).toEqual([])
})

it('a database that the original has stamped is refused, and not a byte of it changes', async () => {
  const db = testDatabase()
  db.load('original-at-d31026856c01.sql')
  const before = readFileSync(db.path)

  const error = await db.migrator.upgrade().then(
    () => undefined,
    (reason: unknown) => reason,
  )

  if (!isMigrateError(error, 'FOREIGN_HISTORY')) throw error
  expect(error.details.table).toBe('alembic_version')
  expect(error.details.stamp).toEqual(['d31026856c01'])
  expect(error.message).toContain('alembic_version')
  expect(error.message).toContain('17 of the 21 revisions')
  for (const line of [
    'chat_tag is missing',
    'group_member is missing',
    'config: column key is missing',
    'config: column data is not expected',
    'chat: foreign key',
  ]) {
    expect(error.details.differences.some((difference) => difference.includes(line))).toBe(true)
    expect(error.message).toContain(line)
  }
  expect(error.remedy).toContain('baseline')
  expect(readFileSync(db.path).equals(before)).toBe(true)
})

it.each([
  ['7e5b5dc7342b', '1 of the 21 revisions'],
  ['3af16a1c9fb6', '18 of the 21 revisions'],
  ['e223b100ad81', '20 of the 21 revisions'],
  ['018012973d35', 'none of the 21 revisions'],
])('the stamp %s is said to mean %s', async (stamp, meaning) => {
  const db = testDatabase()
  db.load('original-at-d31026856c01.sql')
  db.script(`UPDATE "alembic_version" SET "version_num" = '${stamp}'`)
  await expect(db.migrator.upgrade()).rejects.toThrow(meaning)
})

it('several stamps are said to be several', async () => {
  const db = testDatabase()
  db.load('original-at-d31026856c01.sql')
  db.script(`INSERT INTO "alembic_version" VALUES ('${head}')`)
  await expect(db.migrator.upgrade()).rejects.toThrow('2 stamps (d31026856c01, e223b100ad81)')
})

it('an empty version table is no stamp', async () => {
  const db = testDatabase()
  db.load('legacy-018.sql')
  db.script('CREATE TABLE "alembic_version" ("version_num" VARCHAR(32) NOT NULL PRIMARY KEY)')
  const result = await db.migrator.upgrade()
  expect(result.applied).toHaveLength(21)
})

it('a table alembic_version without its column is refused with words, not with an error of the database', async () => {
  const db = testDatabase()
  db.load('legacy-018.sql')
  db.script(`CREATE TABLE "alembic_version" ("version" TEXT); INSERT INTO "alembic_version" VALUES ('1')`)
  const before = readFileSync(db.path)
  const error = await db.migrator.upgrade().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMigrateError(error, 'FOREIGN_HISTORY')) throw error
  expect(error.message).toContain('no column version_num')
  expect(error.details.stamp).toEqual([])
  expect(error.remedy).toContain('ignoreForeignHistory')
  expect(readFileSync(db.path).equals(before)).toBe(true)
})

it('tables of the shape that the original makes on an empty database are refused, each difference named', async () => {
  const db = testDatabase({ legacy: false })
  db.script('CREATE TABLE "auth" ("id" VARCHAR PRIMARY KEY, "email" VARCHAR, "password" TEXT, "active" BOOLEAN)')
  const error = await db.migrator.upgrade().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMigrateError(error, 'GUARD_MISMATCH')) throw error
  expect(error.message).toContain('table auth')
  expect(error.details.differences.length).toBeGreaterThan(3)
  expect(tableNames(db)).toEqual(['auth'])
})
