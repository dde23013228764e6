import { createMigrator, type Migrator } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { describe } from 'vitest'
import { atFileEnd } from '../../../kit/file-end.ts'
import { describeOn, describeOnDialects } from '../../../kit/own-sessions.ts'
import { familyOf, type ServerName, serverUrl, type TestDatabase } from '../../../kit/servers.ts'
import { type Client, clientOf } from './client.ts'

export const servers = ['postgres', 'mariadb', 'mysql'] as const satisfies readonly ServerName[]
export const head = 'e223b100ad81'
export const lastLegacy = '018_add_function_is_global'

/** A database of one test with the migrator of the real chain on it, and the driver beside it. */
export interface MigratedDatabase extends Client {
  readonly database: TestDatabase
  readonly dialect: UnloadedDialect
  readonly migrator: Migrator
}

export type CreateDatabase = () => Promise<TestDatabase>

export interface OpenOptions {
  /** Whether the sequential tier runs first. */
  readonly legacy?: boolean
}

function dialectOf(database: TestDatabase): UnloadedDialect {
  const { url } = database
  return familyOf(database.server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
}

/** A group of tests on each server. The servers have their work beside each other: most of it is waiting. */
export function onServers(
  title: string,
  body: (createDatabase: CreateDatabase, server: (typeof servers)[number]) => void,
): void {
  describe.concurrent(title, () => {
    for (const server of servers) describeOn(server, title, (createDatabase) => body(createDatabase, server))
  })
}

/** The same on one server of each dialect, and in the long run on all: for what does not depend on what a server makes of the rows. */
export function onDialects(
  title: string,
  body: (createDatabase: CreateDatabase, server: (typeof servers)[number]) => void,
): void {
  describeOnDialects(servers, title, body)
}

export async function openDatabaseAt(database: TestDatabase, options: OpenOptions = {}): Promise<MigratedDatabase> {
  const client = await clientOf(database)
  atFileEnd(() => client.close())
  const dialect = dialectOf(database)
  return { ...client, database, dialect, migrator: createMigrator({ dialect, tiers: openWebuiTiers(options) }) }
}

async function admin(server: ServerName): Promise<Client> {
  const url = serverUrl(server) ?? ''
  return clientOf({ server, url } as TestDatabase)
}

/** Fills an empty database with what another one has, by the server's own means. */
async function copyInto(from: TestDatabase, to: TestDatabase): Promise<void> {
  const client = await admin(from.server)
  try {
    if (familyOf(from.server) === 'postgres') {
      await client.script(`DROP DATABASE "${to.name}"`)
      await client.script(`CREATE DATABASE "${to.name}" TEMPLATE "${from.name}"`)
      return
    }
    const tables = await client.rows(
      `SELECT "table_name" AS "name" FROM "information_schema"."tables" WHERE "table_schema" = '${from.name}'`,
    )
    await client.script(`SET foreign_key_checks = 0; USE "${to.name}"`)
    for (const { name } of tables) {
      const [baseDatabase] = await client.rows(`SHOW CREATE TABLE "${from.name}"."${name}"`)
      await client.script(String(baseDatabase?.['Create Table']))
      await client.script(`INSERT INTO "${to.name}"."${name}" SELECT * FROM "${from.name}"."${name}"`)
    }
  } finally {
    await client.close()
  }
}

/** By the group of tests that makes and drops them. */
const bases = new WeakMap<CreateDatabase, Map<string, Promise<TestDatabase>>>()

/** A database where the sequential tier has run up to a step; the run itself happens once for each group of tests. */
export async function databaseAt(createDatabase: CreateDatabase, step = lastLegacy): Promise<MigratedDatabase> {
  const database = await createDatabase()
  const bySteps = bases.get(createDatabase) ?? new Map<string, Promise<TestDatabase>>()
  bases.set(createDatabase, bySteps)
  let base = bySteps.get(step)
  if (base === undefined) {
    base = createDatabase().then(async (baseDatabase) => {
      await createMigrator({ dialect: dialectOf(baseDatabase), tiers: openWebuiTiers() }).upgrade(step, {
        tier: 'legacy',
      })
      return baseDatabase
    })
    bySteps.set(step, base)
  }
  await copyInto(await base, database)
  return openDatabaseAt(database)
}
