import { integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, onTestFinished, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'many statements at once', (createDatabase, server) => {
  test('of a data step give no warning of Node', async () => {
    const { url } = await createDatabase()
    const warnings: string[] = []
    const collect = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`)
    process.on('warning', collect)
    onTestFinished(() => void process.off('warning', collect))
    const createTable: Recorded = (op) => op.createTable('t', (t) => t.column('id', integer()))
    const filled: Recorded = (op) =>
      op.run('fill', async (db) => {
        await Promise.all(Array.from({ length: 40 }, (_, at) => db.execute('INSERT INTO t VALUES (?)', [at])))
        await Promise.all(Array.from({ length: 40 }, () => db.query('SELECT id FROM t')))
      })
    const dialect = familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
    const migrator = migratorOf(dialect, line(createTable, filled))
    await migrator.upgrade(undefined, { signal: new AbortController().signal })
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })
})
