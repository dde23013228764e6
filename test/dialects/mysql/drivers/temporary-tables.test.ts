import { integer, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { describe, expect, test } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'
import { connected, kinds } from './open-clients.ts'

const chain = line(
  (op) => {
    op.createTable('t1', (t) => t.column('v', varchar(9)))
    op.insertRows('t1', [{ v: 'a' }])
    op.createTable('t3', (t) => t.column('v', varchar(9)))
  },
  (op) => {
    op.renameColumn('t1', 'v', 'w')
    op.sql('DELETE FROM t3', { inverse: 'SELECT 1' })
    op.createTable('t2', (t) => t.column('id', integer()))
  },
)

for (const server of ['mariadb', 'mysql'] as const)
  describeOn(server, 'temporary tables of an application', (createDatabase) => {
    for (const kind of Object.keys(kinds))
      describe(kind, () => {
        test('one that hides a table of the migration is named, and nothing is done, until it is dropped', async () => {
          const db = await createDatabase()
          const { client, sql } = await connected(kind, db)
          const dialect = mysqlDialect({ driver: client })
          await migratorOf(dialect, chain).upgrade('r1')
          for (const name of ['t1', 't3', 'migrate_history', 'migrate_preserved', 't2']) {
            await sql(`CREATE TEMPORARY TABLE ${name} (v varchar(9))`)
            await expect(migratorOf(dialect, chain).upgrade()).rejects.toMatchObject({
              code: 'INVALID_OPTION',
              message: `driver: this client has temporary objects that hide those of a migration: "${name}"`,
              remedy: 'Drop the temporary objects first, or give a client that has none.',
            })
            await sql(`DROP TEMPORARY TABLE ${name}`)
          }
          expect(await db.sql('SELECT v FROM t1')).toEqual([{ v: 'a' }])
          await sql('CREATE TEMPORARY TABLE other (id int)')
          await migratorOf(dialect, chain).upgrade()
          expect(await db.sql('SELECT w FROM t1')).toEqual([{ w: 'a' }])
          expect(await sql('SELECT id FROM other')).toEqual([])
        })
      })
  })
