import { createMigrator, graphOf, type OperationRecorder, revisions } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { wholeDump } from '../kit/pg-dump.ts'
import { counts } from '../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../kit/servers.ts'
import { cases, setup } from './cases.ts'

function migratorOf(database: TestDatabase, upgrade: (op: OperationRecorder) => void) {
  return createMigrator({
    dialect: postgresDialect({ url: database.url }),
    tiers: [graphOf(revisions([{ revision: 'r1', downRevision: null, upgrade }]))],
  })
}

describeOnEach(['postgres', 'postgres-next'], 'what is created again', (fresh, server) => {
  for (const [at, [name, { objects, upgrade, oneWay }]] of Object.entries(cases).entries()) {
    if (server === 'postgres-next' && at % counts.recreatedCaseOnNextEvery !== 0) continue
    it(`is what it was in every line of a dump: ${name}`, async () => {
      const database = await fresh()
      const role = `r_${database.name}`
      try {
        await database.sql(setup(role))
        const before = await wholeDump(database)
        const migrator = migratorOf(database, upgrade)
        await migrator.upgrade()
        const after = await wholeDump(database)
        const of = (dump: typeof before) =>
          Object.fromEntries(
            Object.entries(dump)
              .filter(([key]) => objects.some((object) => object.test(key)))
              // The server prints a cast where a column is no text any more.
              .map(([key, text]) => [key, text.replaceAll(/\((\w+(?:\.\w+)?)\)::text/g, '$1')]),
          )
        expect(Object.keys(of(before)).length).toBeGreaterThan(0)
        expect(of(after)).toEqual(of(before))
        if (oneWay) return
        expect(after).not.toEqual(before)
        await migrator.downgrade('base')
        expect(await wholeDump(database)).toEqual(before)
      } finally {
        await database.sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`).catch(() => undefined)
      }
    })
  }
})
