import { createMigrator } from '@org/migrate-core'
import { openDatabase } from '@org/migrate-schema/database'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, it } from 'vitest'
import { dialectOf } from './dialect.ts'
import { counted, failure, filePlace, head, onDatabases, opened, patience } from './kit.ts'

onDatabases('the schema that openDatabase verifies', (fresh, name) => {
  const user = name === 'mariadb' || name === 'mysql' ? '`user`' : '"user"'

  it(
    'a start names the tables and columns that were dropped by hand, unless it is told not to compare, and refuses them where it is told to',
    async () => {
      const place = await fresh()
      await opened(place.env)
      expect((await opened(place.env)).started).toMatchObject({ state: 'at-head', warnings: [] })
      await place.sql('CREATE TABLE beside (id INTEGER)')
      await place.sql('ALTER TABLE feedback ADD COLUMN beside INTEGER')
      expect((await opened(place.env)).started.warnings).toEqual([])
      await place.sql('DROP TABLE beside')
      await place.sql('DROP TABLE note')
      await place.sql(`ALTER TABLE ${user} DROP COLUMN bio`)
      for (const env of [place.env, { ...place.env, ENABLE_DB_MIGRATIONS: 'false' }]) {
        const { started, notes } = await opened(env)
        expect(started).toMatchObject({ state: 'at-head', applied: [] })
        expect(started.warnings).toHaveLength(1)
        expect(started.warnings[0]).toMatch(/user has no column bio/)
        expect(started.warnings[0]).toMatch(/there is no table note/)
        expect(started.warnings[0]).not.toMatch(/beside/)
        expect(notes).toContain(started.warnings[0])
        expect((await opened(env, { verify: { schema: false } })).started.warnings).toEqual([])
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
      const place = await fresh()
      const { started } = await opened(place.env, { legacy: false })
      expect(started.applied).toHaveLength(21)
      const again = await opened(place.env)
      expect(again.started).toEqual({ state: 'at-head', revision: [head], applied: [], warnings: [] })
      expect(await again.readiness()).toEqual({ state: 'at-head', revision: [head], pending: 0 })
      const migrator = createMigrator({ dialect: dialectOf(name, place), tiers: openWebuiTiers() })
      expect((await migrator.state()).tiers.map(({ tier }) => tier)).toEqual(['main'])
      expect((await migrator.plan()).steps).toEqual([])
      await expect(migrator.plan('head', { tier: 'legacy' })).rejects.toMatchObject({
        code: 'TIER_UNKNOWN',
        details: { tier: 'legacy', tiers: ['main'] },
      })
      if (name === 'sqlite') {
        await migrator.downgrade('base')
        expect((await migrator.upgrade()).applied).toHaveLength(21)
      }
      expect(await place.tables()).not.toContain('migratehistory')
      expect(await counted(place, "migrate_history WHERE tier = 'legacy'")).toBe(0)
    },
    patience,
  )
})

it(
  'a database that was begun with the legacy tier keeps it, and one of an old installation too',
  async () => {
    const place = filePlace()
    await opened(place.env)
    expect((await opened(place.env, { legacy: false })).started.applied).toEqual([])
    const migrator = createMigrator({ dialect: dialectOf('sqlite', place), tiers: openWebuiTiers() })
    expect((await migrator.state()).tiers.map(({ tier }) => tier)).toEqual(['legacy', 'main'])
    await migrator.downgrade('base')
    await place.sql('DROP TABLE migrate_history')
    await place.sql('DELETE FROM migrate_version')
    expect((await opened(place.env)).started.applied).toHaveLength(21)
    await place.sql('DROP TABLE note')
    await place.sql('ALTER TABLE "user" DROP COLUMN name')
    expect((await opened(place.env)).started.warnings[0]).toMatch(/there is no table note/)
  },
  patience,
)
