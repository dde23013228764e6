import { isMigrateError } from '@org/migrate-core'
import { type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { modelFor } from '@org/migrate-schema'
import { expect, it } from 'vitest'
import { schemaOf, tableNames } from './kit/catalog.ts'
import { databaseAt, type MigratedDatabase, onServers, openDatabaseAt } from './kit/database.ts'

/** Histories are not compared. */
const histories = /^(migrate_|migratehistory$)/

/** What differs between the declared tables and those that are there, by the server's own dialect. */
async function differencesFromDeclared(db: MigratedDatabase): Promise<readonly string[]> {
  const session = await db.dialect.connection.connect({ purpose: 'inspect' })
  try {
    const dialect = await (session.dialect ?? db.dialect).load()
    const normal = ({ tables, ...rest }: SchemaModel): SchemaModel => ({
      ...rest,
      tables: new Map(
        [...tables]
          .filter(([, table]) => !histories.test(table.ref.name))
          .map(([key, table]) => [key, dialect.model.normalise(table)]),
      ),
    })
    return schemaDifferences(normal(modelFor(dialect.name)), normal(await dialect.introspection.schema(session)))
  } finally {
    await session.close()
  }
}

onServers('an empty database', (createDatabase) => {
  it('ends at one schema with and without the legacy tier, that of the declared tables; the graph goes down to nothing', async () => {
    const [both, graphOnly] = [
      await databaseAt(createDatabase),
      await openDatabaseAt(await createDatabase(), { legacy: false }),
    ]
    await both.migrator.upgrade()
    await graphOnly.migrator.upgrade()
    const { migratehistory, ...schema } = await schemaOf(both)
    expect(migratehistory).toBeDefined()
    expect(await schemaOf(graphOnly)).toEqual(schema)
    expect(Object.keys(schema)).toHaveLength(26)
    expect(await differencesFromDeclared(both)).toEqual([])
    await both.script('ALTER TABLE "chat" DROP COLUMN "pinned"')
    expect(await differencesFromDeclared(both)).toEqual(['table chat: column pinned is missing'])
    await graphOnly.migrator.downgrade('base')
    expect(await tableNames(graphOnly)).toEqual([])
  })

  it('a database that the original has stamped is refused; no table of ours is made', async () => {
    const db = await openDatabaseAt(await createDatabase())
    await db.script(`CREATE TABLE "alembic_version" ("version_num" VARCHAR(32) NOT NULL PRIMARY KEY);
      INSERT INTO "alembic_version" VALUES ('d31026856c01')`)
    const error = await db.migrator.upgrade().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!isMigrateError(error, 'FOREIGN_HISTORY')) throw error
    expect(error.details.stamp).toEqual(['d31026856c01'])
    expect(error.message).toContain('17 of the 21 revisions')
    expect(error.details.differences.some((line) => line.includes('chat_tag is missing'))).toBe(true)
    expect(await tableNames(db)).toEqual(['alembic_version'])
  })

  it('a table of another shape is refused, each difference named', async () => {
    const db = await openDatabaseAt(await createDatabase(), { legacy: false })
    await db.script('CREATE TABLE "auth" ("id" VARCHAR(255) PRIMARY KEY, "email" VARCHAR(255), "active" BOOLEAN)')
    const error = await db.migrator.upgrade().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!isMigrateError(error, 'GUARD_MISMATCH')) throw error
    expect(error.message).toContain('table auth')
    expect(await tableNames(db)).toEqual(['auth'])
  })
})
