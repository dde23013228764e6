import { loadSnapshot, makeSnapshot } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, type MigratorOptions, revisions } from '@org/migrate-core'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, test } from 'vitest'
import { longRun } from '../../kit/scale.ts'
import { driverText } from '../../kit/script-text.ts'
import { describeOnEach } from '../../kit/servers.ts'
import { dialectOf } from '../check/kit.ts'
import { differencesBetween } from './kit.ts'
import { rich } from './rich.ts'

const histories: readonly (readonly [name: string, tiers: () => MigratorOptions['tiers'], isLong: boolean])[] = [
  ['a rich schema', () => [graphOf(revisions(rich()))], false],
  ["Open WebUI's chain", () => openWebuiTiers(), true],
]

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a snapshot of the schema', (createDatabase, server) => {
  for (const [name, tiers, isLong] of histories.filter(([, , isLong]) => longRun || !isLong))
    test(`${name}: loaded, it equals the whole chain, for a driver too`, async () => {
      const [chain, loaded, plain] = [await createDatabase(), await createDatabase(), await createDatabase()]
      const migratorAt = (url: string) => createMigrator({ dialect: dialectOf(url), tiers: tiers() })
      await migratorAt(chain.url).upgrade()
      const { text, without, withoutRows } = await makeSnapshot(migratorAt(chain.url))
      expect({ without, withoutRows }).toEqual({ without: [], withoutRows: [] })
      await loadSnapshot(migratorAt(loaded.url), text)
      expect((await migratorAt(loaded.url).plan()).steps).toEqual([])
      await plain.sql(driverText(text))
      for (const { url, sql } of [loaded, plain]) {
        expect(await differencesBetween(dialectOf(chain.url), dialectOf(url))).toEqual([])
        if (isLong) continue
        expect(await sql('SELECT code, above, title FROM sorts ORDER BY code')).toEqual([
          { code: 'a', above: 'z', title: null },
          { code: 'z', above: null, title: "it's ; a\nroot \\ %" },
        ])
        await sql("INSERT INTO teams (name) VALUES ('third')")
        expect(await sql("SELECT id FROM teams WHERE name = 'third'")).toEqual([{ id: 3 }])
        if (server === 'postgres') continue
        await sql("CALL note('x')")
        expect(await sql('SELECT twice FROM doubles WHERE twice = 14')).toEqual([{ twice: 14 }])
      }
      // Another server's database gives the same text.
      expect((await makeSnapshot(migratorAt(loaded.url))).text).toBe(text)
    }, 300_000)
})
