import { integer, type Revision, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects } from '../../kit/servers.ts'
import { executeIn, rowsOf, temporaryFolder } from './kit.ts'

const chain: readonly Revision[] = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('code', varchar(20))
        t.primaryKey(['id'])
        t.unique(['code'], { name: 't_code' })
      }),
  },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade: (op) =>
      op.alterTable('t', (t) => {
        t.addColumn('extra', varchar(20))
        t.addColumn('other', integer())
        t.createIndex('t_other', ['other'])
        t.alterColumn('extra', { type: varchar(30) })
      }),
  },
  { revision: 'r3', downRevision: 'r2', upgrade: (op) => op.alterTable('t', (t) => t.dropConstraint('t_code')) },
  {
    revision: 'r4',
    downRevision: 'r3',
    upgrade: (op) =>
      op.createTable('gone', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      }),
  },
]

const migratorOn = (dialect: UnloadedDialect) => migratorOf(dialect, [...chain])

async function takenBack(
  dialect: UnloadedDialect,
  send: (sql: string) => Promise<unknown>,
  columns: () => Promise<readonly unknown[]>,
): Promise<void> {
  const migrator = migratorOn(dialect)
  await migrator.upgrade()
  // A unique key that goes and comes back is no drift.
  await migrator.downgrade('r2')
  await migrator.upgrade()
  await send('DROP TABLE gone')
  await send('DROP INDEX t_other')
  await send('ALTER TABLE t DROP COLUMN other')
  await send('ALTER TABLE t DROP COLUMN extra')
  await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'DRIFT' })
  await migrator.downgrade('r1', { acceptDrift: true })
  expect(await columns()).toEqual(['id', 'code'])
  await migrator.upgrade()
  expect(await columns()).toEqual(['id', 'code', 'extra', 'other'])
  await migrator.downgrade('base')
  expect(await columns()).toEqual([])
}

describe('sqlite: a downgrade whose drift is accepted', () => {
  const folder = temporaryFolder()
  it('takes back what is left of the revisions', async () => {
    const file = `${folder.path}/app.db`
    await takenBack(
      sqliteDialect({ url: `sqlite:${file}` }),
      async (sql) => executeIn(file, sql),
      async () => rowsOf(file, "SELECT name FROM pragma_table_info('t')").map((row) => (row as { name: string }).name),
    )
  })
})

describeOnDialects(
  ['postgres', 'mysql', 'mariadb'],
  'a downgrade whose drift is accepted',
  (createDatabase, server) => {
    it('takes back what is left of the revisions', async () => {
      const db = await createDatabase()
      const isMysql = server === 'mysql' || server === 'mariadb'
      const schema = isMysql ? 'DATABASE()' : 'current_schema()'
      await takenBack(
        isMysql ? mysqlDialect({ url: db.url }) : postgresDialect({ url: db.url }),
        (sql) => db.sql(isMysql && sql.startsWith('DROP INDEX') ? `${sql} ON t` : sql),
        async () => {
          const rows = await db.sql(
            `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = 't' ORDER BY ordinal_position`,
          )
          return rows.map(({ name }) => name)
        },
      )
    })
  },
)
