import { expect, it } from 'vitest'
import { head, lastLegacy, testDatabase } from './kit/database.ts'
import { schemaOf } from './kit/schema.ts'

const names = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row.name)
const recorded = 'SELECT "name" FROM "migratehistory" ORDER BY "id"'

it('a step that is missing in the middle of the history runs', async () => {
  const [db, other] = [testDatabase(), testDatabase()]
  await db.migrator.upgrade(lastLegacy, { tier: 'legacy' })
  db.script(`ALTER TABLE "user" DROP COLUMN "settings"; DELETE FROM "migratehistory" WHERE "name" LIKE '011%'`)
  const { applied } = await db.migrator.upgrade()
  expect(applied.filter((step) => step.startsWith('legacy:'))).toEqual(['legacy:011_add_user_settings'])
  expect(names(db.rows(recorded)).at(-1)).toBe('011_add_user_settings')
  await other.migrator.upgrade()
  expect(schemaOf(db)).toEqual(schemaOf(other))
})

it('an unknown step stays recorded and is named', async () => {
  const db = testDatabase()
  db.load('legacy-018.sql')
  db.script(
    `INSERT INTO "migratehistory" ("name", "migrated_at") VALUES ('019_of_a_newer_program', '2024-01-01 00:00:00')`,
  )
  const { warnings } = await db.migrator.upgrade()
  expect(warnings.filter((line) => line.includes('019_of_a_newer_program'))).toHaveLength(1)
  const legacy = async () => (await db.migrator.status()).tiers.find(({ tier }) => tier === 'legacy')
  expect((await legacy())?.unknown).toEqual(['019_of_a_newer_program'])
  await db.migrator.downgrade('base')
  expect(names(db.rows(recorded))).toContain('019_of_a_newer_program')
  expect((await db.migrator.upgrade()).heads.find(({ tier }) => tier === 'main')?.heads).toEqual([head])
})
