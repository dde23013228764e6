import { integer, type OperationRecorder } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'

const chain = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op: OperationRecorder) => op.createTable('item', (t) => t.column('id', integer())),
  },
]
const tables = 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()'

for (const [server, scheme, message] of [
  ['mariadb', 'mysql', /needs MySQL 8\S* or later; for MariaDB use a mariadb:\/\/ URL/],
  ['mysql', 'mariadb', /needs MariaDB 10\S* or later; for MySQL use a mysql:\/\/ URL/],
] as const) {
  describeOn(server, `a script that was written for a URL of ${scheme}://`, (createDatabase) => {
    it('ends at its first check, which says what to write, and changes nothing', async () => {
      const database = await createDatabase()
      const dialect = mysqlDialect({ url: `${scheme}://localhost/any` })
      const script = await migratorOf(dialect, chain).script('head')
      await expect(database.sql(script)).rejects.toThrow(message)
      expect(await database.sql(tables)).toEqual([])
      // What the message advises.
      const own = mysqlDialect({ url: `${server}://localhost/any` })
      await database.sql(await migratorOf(own, chain).script('head'))
      expect((await database.sql(tables)).map(({ name }) => name)).toContain('item')
    })
  })
}
