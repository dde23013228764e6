import { compare } from '@org/migrate-autogenerate'
import { describe, expect, it } from 'vitest'
import { describeOn, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'
import { dialectOf } from '../check/kit.ts'
import { sqliteFiles } from '../materialise/kit.ts'
import { linesOf, migratorOn, projects, recompare, writeRevision } from './follow.ts'
import { homarr, type RealSchema, realSchemas } from './schemas.ts'

type EmptyDatabase = Pick<TestDatabase, 'url' | 'sql'>

const project = projects()

/** What the server itself has of the user's objects: tables, and on PostgreSQL enums and schemas. */
const objects = {
  sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  postgres: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema IN ('public', 'auth')",
  types: `SELECT typname AS name FROM pg_type WHERE typtype = 'e' UNION ALL SELECT sequencename FROM pg_sequences
    UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')`,
}

async function namesOf({ sql }: EmptyDatabase, query: string): Promise<readonly string[]> {
  return (await sql(query)).map(({ name }) => String(name)).filter((name) => !name.startsWith('migrate_'))
}

async function upAndDown(schema: RealSchema, server: 'sqlite' | ServerName, database: EmptyDatabase): Promise<void> {
  const family = server === 'sqlite' ? 'sqlite' : familyOf(server)
  for (const statement of schema.prepare ?? []) await database.sql(statement)
  const declared = await schema.declared()
  const typesBefore = family === 'postgres' ? await namesOf(database, objects.types) : []
  const migrations = project()
  const [dialect, migrator] = [dialectOf(database.url), () => migratorOn(dialectOf(database.url), migrations)]
  const proposed = await compare(migrator(), declared)
  expect(proposed.downgrade.isDerived).toBe(true)
  writeRevision(migrations, [proposed])
  await migrator().upgrade()
  expect(await namesOf(database, objects[family])).toHaveLength(schema.tables)

  const { check, ...second } = await recompare(migrator(), declared)
  expect(second).toEqual({ database: [], replay: [], offline: [] })
  expect(check.ok).toBe(true)
  expect(check.findings.flatMap(({ differences = [] }) => differences)).toEqual([])

  const [table] = declared.schema.tables.values()
  if (table === undefined) throw new Error('nothing is declared')
  const name = dialect.sql.quote.table(table.ref).text
  await database.sql(`ALTER TABLE ${name} ADD COLUMN planted integer`)
  expect(linesOf(await compare(migrator(), declared))).toEqual([`drop column ${table.ref.name}.planted`])
  await database.sql(`ALTER TABLE ${name} DROP COLUMN planted`)

  await migrator().downgrade('base')
  expect(await namesOf(database, objects[family])).toEqual([])
  if (family === 'postgres') expect(await namesOf(database, objects.types)).toEqual(typesBefore)
}

const promise =
  'a generated revision makes what is declared, nothing is proposed then, and the downgrade leaves nothing'

describe('real schemas on sqlite', () => {
  const file = sqliteFiles()
  for (const schema of realSchemas.filter(({ on }) => on.includes('sqlite'))) {
    it(`${schema.repository}: ${promise}`, () => upAndDown(schema, 'sqlite', file()))
  }
})

for (const server of ['postgres', 'postgres-next', 'mariadb', 'mysql'] as const) {
  describeOn(server, 'real schemas', (createDatabase) => {
    for (const schema of realSchemas.filter(({ on }) => on.includes(server))) {
      it(`${schema.repository}: ${promise}`, async () => {
        await upAndDown(schema, server, await createDatabase())
      })
    }
  })
}

describe('one revision for four databases', () => {
  const file = sqliteFiles()
  describeOn('postgres', 'with', (postgres) => {
    describeOn('mariadb', 'with', (mariadb) => {
      describeOn('mysql', 'with', (mysql) => {
        it('makes what a schema of three dialects declares', async () => {
          const databases = {
            sqlite: file(),
            postgres: await postgres(),
            mariadb: await mariadb(),
            mysql: await mysql(),
          }
          const migrations = project()
          const all = Object.entries(databases).map(([server, { url }]) => {
            const schema = homarr[server === 'mariadb' ? 'mysql' : (server as keyof typeof homarr)]
            return { server, schema, migrator: () => migratorOn(dialectOf(url), migrations) }
          })
          const comparisons = []
          for (const { server, schema, migrator } of all) {
            if (server !== 'mariadb') comparisons.push(await compare(migrator(), await schema.declared()))
          }
          writeRevision(migrations, comparisons)
          for (const { server, schema, migrator } of all) {
            await migrator().upgrade()
            expect(linesOf(await compare(migrator(), await schema.declared())), server).toEqual([])
          }
        })
      })
    })
  })
})
