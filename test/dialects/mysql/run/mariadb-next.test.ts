import { integer, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

// MariaDB 11.8.9 ended by signal 11 where an UPDATE or a DELETE compared SUBSTR(…, 1, …) of its own row in a subquery.
describeOn('mariadb-next', 'what a downgrade preserves', (createDatabase) => {
  it.each([
    ['one column', ['id']],
    ['two columns', ['id', 'name']],
  ])('comes back to rows with a key of %s', async (_, key) => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      mysqlDialect({ url }),
      line(
        (op) =>
          op.createTable('item', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('name', varchar(40), { nullable: false })
            t.primaryKey(key)
          }),
        (op) => op.addColumn('item', 'n', integer(), { nullable: false, default: 7 }),
      ),
    )
    await migrator.upgrade()
    await sql("INSERT INTO item (id, name, n) VALUES (1, 'one', 11), (2, 'two', 12)")
    await migrator.downgrade('-1')
    expect(await sql('SELECT * FROM item ORDER BY id')).toEqual([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ])
    await migrator.upgrade()
    expect(await sql('SELECT id, n FROM item ORDER BY id')).toEqual([
      { id: 1, n: 11 },
      { id: 2, n: 12 },
    ])
  })
})
