import { pull } from '@org/migrate-autogenerate'
import { createMigrator } from '@org/migrate-core'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { describe, expect, test } from 'vitest'
import { describeOn } from '../../kit/servers.ts'
import { sqliteFiles } from '../materialise/kit.ts'
import { dialectAt, linesOf, missingIn, pulled, readBack } from './kit.ts'

const databaseOf = sqliteFiles()

/** Its schema as its own revisions make it, pulled with and without their history. */
async function nothingDiffers(url: string, empty: string): Promise<void> {
  const migrator = createMigrator({ dialect: dialectAt(url), tiers: openWebuiTiers() })
  await migrator.upgrade()
  const { text, tables, undeclared } = await pull(migrator)
  expect(undeclared).toEqual([])
  expect(tables.length).toBeGreaterThan(20)
  const declared = await readBack(text)
  expect(await linesOf(migrator, declared)).toEqual([])
  expect(await missingIn(empty, declared, url)).toEqual([])
  // By a program that does not know its history, which has other names for its records.
  const { differences } = await pulled(url, { exclude: ['migrate_*', 'migratehistory', 'alembic_version'] })
  expect(differences).toEqual([])
}

describe('Open WebUI: its database, pulled, differs in nothing', () => {
  test('on SQLite', () => nothingDiffers(databaseOf().url, databaseOf().url))
})

for (const server of ['postgres', 'mariadb', 'mysql'] as const) {
  describeOn(server, 'Open WebUI: its database, pulled, differs in nothing', (createDatabase) => {
    test('on the server', async () => nothingDiffers((await createDatabase()).url, (await createDatabase()).url))
  })
}
