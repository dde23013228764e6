import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { type Dump, wholeDump } from '../../../kit/pg-dump.ts'
import type { TestDatabase } from '../../../kit/servers.ts'
import type { Case } from './cases.ts'

/** Up: the objects of the case are what they were; down: all is. The expected dumps are those of the server from before. */
export async function proveRecreated(database: TestDatabase, setup: string, { objects, upgrade }: Case): Promise<void> {
  await database.sql(setup)
  const before = await wholeDump(database)
  const migrator = migratorOf(postgresDialect({ url: database.url }), [{ revision: 'r1', downRevision: null, upgrade }])
  await migrator.upgrade()
  const after = await wholeDump(database)
  const of = (dump: Dump) =>
    Object.fromEntries(
      Object.entries(dump)
        .filter(([key]) => objects.some((object) => object.test(key)))
        // The server prints a cast where a column is no text any more.
        .map(([key, text]) => [key, text.replaceAll(/\((\w+(?:\.\w+)?)\)::text/g, '$1')]),
    )
  expect(Object.keys(of(before)).length).toBeGreaterThan(0)
  expect(of(after)).toEqual(of(before))
  expect(after).not.toEqual(before)
  await migrator.downgrade('base')
  expect(await wholeDump(database)).toEqual(before)
}

/** Roles belong to the server, not to the database. */
export async function withRole(database: TestDatabase, work: (role: string) => Promise<void>): Promise<void> {
  const role = `r_${database.name}`
  try {
    await work(role)
  } finally {
    await database.sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`).catch(() => undefined)
  }
}
