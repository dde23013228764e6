import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare } from '@org/migrate-autogenerate'
import { createMigrator, readDeclared } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { modelFor, openWebuiSchema } from '@org/migrate-schema'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { describe, expect, it } from 'vitest'
import { describeOn, serverNames } from '../../kit/servers.ts'

/** The declared tables as they are on that database. */
function declaredOn(dialect: string) {
  const declared = readDeclared(openWebuiSchema)
  return { ...declared, schema: modelFor(dialect) }
}

async function nothingDiffers(dialect: UnloadedDialect): Promise<void> {
  const migrator = createMigrator({ dialect, tiers: openWebuiTiers() })
  await migrator.upgrade()
  const declared = declaredOn(dialect.name)
  for (const from of ['database', 'replay'] as const) {
    const { changes, unanswered: open } = await compare(migrator, declared, { from })
    expect(open, from).toEqual([])
    expect(
      changes.map(({ describe: line }) => line),
      from,
    ).toEqual([])
  }
  const withoutServer = await compare(migrator, declared, { from: 'replay', server: false })
  expect(withoutServer.changes.map(({ describe: line }) => line)).toEqual([])
}

describe('Open WebUI at its head equals its declared tables', () => {
  it('on SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-open-webui-'))
    await nothingDiffers(sqliteDialect({ url: `sqlite:${join(folder, 'app.db')}` }))
    rmSync(folder, { recursive: true })
  })
})

for (const server of serverNames) {
  describeOn(server, 'Open WebUI at its head equals its declared tables', (createDatabase) => {
    it('in the database and in what the revisions make', async () => {
      const { url } = await createDatabase()
      await nothingDiffers(/^postgres/.test(url) ? postgresDialect({ url }) : mysqlDialect({ url }))
    })
  })
}
