import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach } from '../kit/servers.ts'

describeOnEach(
  ['postgres', 'mysql', 'mariadb'],
  'a `using` with a line comment at its end',
  (createDatabase, server) => {
    it('takes nothing behind it along', async () => {
      const { url, sql } = await createDatabase()
      await sql('CREATE TABLE t (id integer PRIMARY KEY, a varchar(9))')
      await sql("INSERT INTO t VALUES (1, '7')")
      const [dialect, whole] =
        server === 'postgres'
          ? [postgresDialect({ url }), 'a::integer -- whole']
          : [mysqlDialect({ url }), 'CAST(a AS SIGNED) -- whole']
      const migrator = migratorOf(
        dialect,
        line((op) =>
          op.alterColumn('t', 'a', { type: { kind: 'integer', bits: 32 }, nullable: false, default: 5, using: whole }),
        ),
      )
      await migrator.upgrade(undefined, { allowDataLoss: true })
      await sql('INSERT INTO t (id) VALUES (2)')
      expect((await sql('SELECT a FROM t ORDER BY id')).map((row) => Number(row.a))).toEqual([7, 5])
    })
  },
)
