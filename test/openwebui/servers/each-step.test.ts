import { it } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { climb } from '../chain/kit/each-step.ts'
import { dataOf, tableNames } from './kit/catalog.ts'
import { onServers, openDatabaseAt } from './kit/database.ts'

onServers("Open WebUI's chain", (createDatabase) => {
  it('goes up, down and up with each of the 18 steps and of the 21 revisions, on rows in every table', async () => {
    const db = await openDatabaseAt(await createDatabase())
    await climb(
      {
        up: (name, tier) => db.migrator.upgrade(name, tier === 'legacy' ? { tier } : {}),
        down: (name, tier) => db.migrator.downgrade(name, tier === 'legacy' ? { tier } : {}),
        script: (sql) => db.script(sql),
        one: async (sql) => {
          const value = await db.one(sql)
          return typeof value === 'bigint' ? String(value) : value
        },
        data: async () =>
          dataOf(
            db,
            (await tableNames(db)).filter((name) => name !== 'migratehistory'),
          ),
      },
      counts.returningStepEvery,
    )
  })
})
