import { it } from 'vitest'
import { testDatabase } from './kit/database.ts'
import { climb } from './kit/each-step.ts'
import { dataOf, tableNames } from './kit/schema.ts'

it('each of the 18 steps and of the 21 revisions goes up, down and up on rows in every table', async () => {
  const db = testDatabase()
  await climb({
    up: (name, tier) => db.migrator.upgrade(name, tier === 'legacy' ? { tier } : {}),
    down: (name, tier) => db.migrator.downgrade(name, tier === 'legacy' ? { tier } : {}),
    script: async (sql) => db.script(sql),
    one: async (sql) => {
      const value = db.one(sql)
      return typeof value === 'bigint' ? String(value) : value
    },
    data: async () =>
      dataOf(
        db,
        tableNames(db).filter((name) => name !== 'migratehistory'),
      ),
  })
})
