import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn } from '../../../kit/servers.ts'

const tiers = [
  graphOf(
    revisions([
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op: OperationRecorder) =>
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.primaryKey(['id'])
          }),
      },
    ]),
  ),
]

/** The same dialect; `between` runs once, after the history was read and before the tables are. */
function interrupted(dialect: UnloadedDialect, between: () => Promise<unknown>): UnloadedDialect {
  let due = true
  const announced = (real: UnloadedDialect): UnloadedDialect => ({
    ...real,
    introspection: {
      ...real.introspection,
      schema: async (session, request) => {
        if (due && request?.referrers) {
          due = false
          await between()
        }
        return real.introspection.schema(session, request)
      },
    },
    connection: {
      ...real.connection,
      connect: async (options) => {
        const session = await real.connection.connect(options)
        const own = announced(session.dialect ?? real)
        return new Proxy(session, {
          get(target, name) {
            if (name === 'dialect') return own
            const value: unknown = Reflect.get(target, name, target)
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
      },
    },
  })
  return announced(dialect)
}

describeOn('postgres', 'two runs at once', (createDatabase) => {
  it('what the other made while this one was looking is no obstacle', async () => {
    const db = await createDatabase()
    const dialect = postgresDialect({ url: db.url })
    const other = createMigrator({ dialect, tiers })
    const one = createMigrator({ dialect: interrupted(dialect, () => other.upgrade()), tiers })
    expect((await one.plan()).steps).toEqual([])
    expect(await db.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
  })

  it('what was made by hand remains', async () => {
    const db = await createDatabase()
    const dialect = postgresDialect({ url: db.url })
    const one = createMigrator({ dialect: interrupted(dialect, () => db.sql('CREATE TABLE t ()')), tiers })
    await expect(one.upgrade()).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
  })
})
