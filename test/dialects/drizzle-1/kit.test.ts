import { join } from 'node:path'
import { compare } from '@org/migrate-autogenerate'
import { readDrizzleFolder } from '@org/migrate-autogenerate/node'
import type { DeclaredSchema, Exports } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { expect, test } from 'vitest'
import { changeLine } from '../../autogenerate/cases/lines.ts'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'
import { type Family, generate, home } from './generate.ts'

const readers: { readonly [F in Family]: (exports: Exports) => DeclaredSchema } = {
  sqlite: readSqlite,
  postgres: readPostgres,
  mysql: readMysql,
}

async function differences(family: Family, dialect: UnloadedDialect): Promise<readonly string[]> {
  const exports = (await import(join(home, 'schemas', `${family}.ts`))) as Exports
  const { changes } = await compare(migratorOf(dialect, []), readers[family](exports), { answers: { none: true } })
  return changes.map(({ change }) => changeLine(change))
}

test('what drizzle-kit 1.0 makes in SQLite is what the schema declares, and its folder is read', async () => {
  const { statements, folder } = generate('sqlite')
  const file = join(folder, '..', 'a.db')
  const client = new Sqlite(file)
  migrate(drizzle({ client }), { migrationsFolder: folder })
  const rows = client.prepare('SELECT name, hash, created_at FROM __drizzle_migrations').all()
  client.close()
  const { tool, migrations, strays } = readDrizzleFolder(folder, { dialect: 'sqlite' })
  const [migration] = migrations
  expect({ tool, strays, count: migrations.length }).toEqual({ tool: 'drizzle-kit', strays: [], count: 1 })
  expect(migration?.name).toMatch(/^\d{14}_init$/)
  expect(migration?.up.text).toBe(statements.join('--> statement-breakpoint'))
  expect(rows).toEqual([
    { name: migration?.name, hash: migration?.hash, created_at: new Date(migration?.at ?? '').getTime() },
  ])
  expect(await differences('sqlite', sqliteDialect({ url: `sqlite:${file}` }))).toEqual([])
})

const dialects = { postgres: postgresDialect, mysql: mysqlDialect }

describeOnEach(['postgres', 'mysql', 'mariadb'], 'what drizzle-kit 1.0 makes', (createDatabase, server) => {
  test('is what the schema declares, and its folder is read', async () => {
    const family = familyOf(server) as 'postgres' | 'mysql'
    const database = await createDatabase()
    const { statements, folder } = generate(family)
    for (const statement of statements) await database.sql(statement)
    expect(readDrizzleFolder(folder, { dialect: family }).migrations).toHaveLength(1)
    expect(await differences(family, dialects[family]({ url: database.url }))).toEqual([])
  })
})
