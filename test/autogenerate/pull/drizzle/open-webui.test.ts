import { createMigrator } from '@org/migrate-core'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { describe, expect, test } from 'vitest'
import { describeOn, describeOnDialects } from '../../../kit/servers.ts'
import { sqliteFiles } from '../../materialise/kit.ts'
import { dialectAt, undeclaredLines } from '../kit.ts'
import { pulledDrizzle, typeErrors } from './kit.ts'

const databaseOf = sqliteFiles()

const deferrable = [
  'constraint | chat.fk_chat_folder | declared without DEFERRABLE',
  'constraint | folder.fk_folder_parent | declared without DEFERRABLE',
]

/** Its schema as its own revisions make it. */
async function nothingDiffers(url: string): Promise<readonly string[]> {
  await createMigrator({ dialect: dialectAt(url), tiers: openWebuiTiers() }).upgrade()
  const exclude = ['migrate_*', 'migratehistory', 'alembic_version']
  const { differences, file, ...declarations } = await pulledDrizzle(url, { exclude })
  expect(declarations.tables.length).toBeGreaterThan(20)
  expect(differences).toEqual([])
  expect(typeErrors([file])).toEqual([])
  return undeclaredLines(declarations)
}

describe('Open WebUI: its database, pulled as Drizzle, differs in nothing', () => {
  test('on SQLite', async () => {
    expect(await nothingDiffers(databaseOf().url)).toEqual(deferrable)
  })
})

const title = 'Open WebUI: its database, pulled as Drizzle, differs in nothing'

describeOn('postgres', title, (createDatabase) => {
  test('on the server', async () => {
    expect(await nothingDiffers((await createDatabase()).url)).toEqual(deferrable)
  })
})

describeOnDialects(['mariadb', 'mysql'], title, (createDatabase) => {
  test('on the server', async () => {
    const reported = await nothingDiffers((await createDatabase()).url)
    // The collations of its keys; nothing else is left out.
    expect(reported.filter((line) => !/^column .* declared without collation \S+$/.test(line))).toEqual([])
    expect(reported.filter((line) => line.includes('| auth.id |'))).toHaveLength(1)
  })
})
