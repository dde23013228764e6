import { bigint, expression, integer } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const tableAndView: Recorded = (op) => {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', integer())
    t.primaryKey(['id'])
  })
  op.createView('v', expression('SELECT id, a FROM t'))
}

describeOnDialects(
  ['postgres', 'postgres-next'],
  'a view that reads what a revision renames, and the next one gives another type',
  (createDatabase) => {
    it.each([
      {
        what: 'table',
        renamed: 'u.a',
        rename: ((op) => op.renameTable('t', 'u')) as Recorded,
        change: ((op) => op.alterColumn('u', 'a', { type: bigint() })) as Recorded,
      },
      {
        what: 'column',
        renamed: 't.aa',
        rename: ((op) => op.renameColumn('t', 'a', 'aa')) as Recorded,
        change: ((op) => op.alterColumn('t', 'aa', { type: bigint() })) as Recorded,
      },
    ])('a $what, at once and in steps, up and down', async ({ renamed, rename, change }) => {
      const [table, column] = renamed.split('.')
      const migrators = await Promise.all(
        [1, 2].map(async () => {
          const db = await createDatabase()
          const migrator = migratorOf(postgresDialect({ url: db.url }), line(tableAndView, rename, change))
          const shown = async () => [
            await db.sql("SELECT pg_get_viewdef('v'::regclass) AS v"),
            await db.sql(
              "SELECT attrelid::regclass::text AS t, attname, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relname IN ('t', 'u', 'v')) AND attnum > 0 ORDER BY 1, 2",
            ),
          ]
          return { db, migrator, shown }
        }),
      )
      const [once, steps] = migrators
      if (once === undefined || steps === undefined) throw new Error('two databases')
      await once.migrator.upgrade()
      for (const target of ['r1', 'r2', 'r3']) await steps.migrator.upgrade(target)
      for (const { db } of migrators) {
        await db.sql(`INSERT INTO ${table} (id, ${column}) VALUES (1, 4294967296)`)
        expect(await db.sql('SELECT a::text AS a FROM v')).toEqual([{ a: '4294967296' }])
        await db.sql(`UPDATE ${table} SET ${column} = 7`)
      }
      expect(await once.shown()).toEqual(await steps.shown())
      await once.migrator.downgrade('r1')
      for (const target of ['r2', 'r1']) await steps.migrator.downgrade(target)
      expect(await once.shown()).toEqual(await steps.shown())
      expect(await once.db.sql('SELECT id, a FROM t')).toEqual([{ id: 1, a: 7 }])
      await once.migrator.upgrade()
      expect(await once.db.sql('SELECT a::text AS a FROM v')).toEqual([{ a: '7' }])
    })
  },
)
