import { check } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle } from '@org/migrate-drizzle/postgres'
import * as pg from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const upgrade = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
    t.index('t_id', ['id'])
  })

describeOn('postgres', 'a declaration that is not compared', (createDatabase) => {
  const key = { id: pg.integer().primaryKey() }
  const cases: Readonly<Record<string, readonly [pg.PgTable, readonly string[]]>> = {
    'an index that is to be built concurrently': [
      pg.pgTable('t', key, (t) => [pg.index('t_id').on(t.id).concurrently()]),
      ['CONCURRENTLY of index t_id of t is not followed: it is created like any other'],
    ],
  }
  for (const [what, [t, differences]] of Object.entries(cases)) {
    it(`makes the check fail, and the model is not what is there: ${what}`, async () => {
      const { url } = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url }), [{ revision: 'r1', downRevision: null, upgrade }])
      await migrator.upgrade()
      for (const from of ['database', 'replay'] as const) {
        expect(await check(migrator, { declared: readDrizzle({ t }), from })).toMatchObject({
          ok: false,
          answers: { model: 'unknown', noDrift: 'yes' },
          findings: [{ kind: 'model not compared', level: 'problem', differences }],
        })
      }
    })
  }
})
