import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const table = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', text())
    t.primaryKey(['id'])
  })

describeOn('postgres', 'NOT NULL on a column with NULLs', (createDatabase) => {
  it('The rows are named that it is refused for', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(table, (op) => op.alterColumn('t', 'a', { nullable: false })),
    )
    await migrator.upgrade('r1')
    await sql("INSERT INTO t VALUES (1, NULL), (2, 'two'), (3, NULL)")
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { check: 'rows of t with NULL in a, which is to be NOT NULL', rows: ['id 1', 'id 3'] },
    })
    await sql("UPDATE t SET a = 'one' WHERE a IS NULL")
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })

  it('Of a table without a key their places are', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(
        () => undefined,
        (op) => op.alterColumn('t', 'a', { nullable: false, type: integer(), using: 'a::integer' }),
      ),
    )
    await migrator.upgrade('r1')
    await sql("CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), (NULL)")
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'BLOCKING_ROWS', details: { rows: ['ctid (0,2)'] } })
  })
})
