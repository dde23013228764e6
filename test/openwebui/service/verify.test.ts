import { createMigrator } from '@org/migrate-core'
import { openDatabase } from '@org/migrate-schema/database'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, it } from 'vitest'
import { dialectOf } from './dialect.ts'
import { counted, createFileDatabase, failure, head, onDatabases, openService, patience } from './kit.ts'

onDatabases('the schema that openDatabase verifies', (createDatabase, name) => {
  const user = name === 'mariadb' || name === 'mysql' ? '`user`' : '"user"'

  it(
    'a start names the tables and columns that were dropped by hand, unless it is told not to compare, and refuses them where it is told to',
    async () => {
      const database = await createDatabase()
      await openService(database.env)
      expect((await openService(database.env)).started).toMatchObject({ state: 'atHead', warnings: [] })
      await database.sql('CREATE TABLE beside (id INTEGER)')
      await database.sql('ALTER TABLE feedback ADD COLUMN beside INTEGER')
      expect((await openService(database.env)).started.warnings).toEqual([])
      await database.sql('DROP TABLE beside')
      await database.sql('DROP TABLE note')
      await database.sql(`ALTER TABLE ${user} DROP COLUMN bio`)
      for (const env of [database.env, { ...database.env, ENABLE_DB_MIGRATIONS: 'false' }]) {
        const { started, notes } = await openService(env)
        expect(started).toMatchObject({ state: 'atHead', applied: [] })
        expect(started.warnings).toHaveLength(1)
        expect(started.warnings[0]).toMatch(/user has no column bio/)
        expect(started.warnings[0]).toMatch(/there is no table note/)
        expect(started.warnings[0]).not.toMatch(/beside/)
        expect(notes).toContain(started.warnings[0])
        expect((await openService(env, { verify: { schema: false } })).started.warnings).toEqual([])
        const refused = await failure(openDatabase(env, { verify: { schema: true } }))
        expect(refused).toMatchObject({ code: 'NOT_AT_HEAD', details: { state: 'different' } })
        expect(refused.message).toMatch(
          /there is no table note; user has no column bio|user has no column bio; there is no table note/,
        )
      }
    },
    patience,
  )

  it(
    'a database that was begun without the legacy tier stays without it, for the command line and later starts',
    async () => {
      const database = await createDatabase()
      const { started } = await openService(database.env, { legacy: false })
      expect(started.applied).toHaveLength(21)
      const reopened = await openService(database.env)
      expect(reopened.started).toEqual({ state: 'atHead', revision: [head], applied: [], warnings: [] })
      expect(await reopened.readiness()).toEqual({ state: 'atHead', revision: [head], pending: 0 })
      const migrator = createMigrator({ dialect: dialectOf(name, database), tiers: openWebuiTiers() })
      expect((await migrator.status()).tiers.map(({ tier }) => tier)).toEqual(['main'])
      expect((await migrator.plan()).steps).toEqual([])
      await expect(migrator.plan('head', { tier: 'legacy' })).rejects.toMatchObject({
        code: 'TIER_UNKNOWN',
        details: { tier: 'legacy', tiers: ['main'] },
      })
      if (name === 'sqlite') {
        await migrator.downgrade('base')
        expect((await migrator.upgrade()).applied).toHaveLength(21)
      }
      expect(await database.tables()).not.toContain('migratehistory')
      expect(await counted(database, "migrate_history WHERE tier = 'legacy'")).toBe(0)
    },
    patience,
  )
})

it(
  'a database that was begun with the legacy tier keeps it, and one of an old installation too',
  async () => {
    const database = createFileDatabase()
    await openService(database.env)
    expect((await openService(database.env, { legacy: false })).started.applied).toEqual([])
    const migrator = createMigrator({ dialect: dialectOf('sqlite', database), tiers: openWebuiTiers() })
    expect((await migrator.status()).tiers.map(({ tier }) => tier)).toEqual(['legacy', 'main'])
    await migrator.downgrade('base')
    await database.sql('DROP TABLE migrate_history')
    await database.sql('DELETE FROM migrate_version')
    expect((await openService(database.env)).started.applied).toHaveLength(21)
    await database.sql('DROP TABLE note')
    await database.sql('ALTER TABLE "user" DROP COLUMN name')
    expect((await openService(database.env)).started.warnings[0]).toMatch(/there is no table note/)
  },
  patience,
)
