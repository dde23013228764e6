import { integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { describe, expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const limits = { mysql: 'max_execution_time', mariadb: 'max_statement_time' } as const

const remedyOf = (limit: string): string =>
  `Raise ${limit} for this user, or the \`statementTimeoutMs\` of the migrator where it is set, and run it again.`

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })

describeOnEach(['mariadb', 'mysql'], 'a statement that the server ends for its time', (createDatabase, server) => {
  it('has a remedy that names the limit', async () => {
    const db = await createDatabase()
    const slow: Recorded = (op) =>
      op.run('slow', {
        up: async (step) => void (await step.query('SELECT SUM(a.id * b.id * c.id) AS n FROM t a JOIN t b JOIN t c')),
        down: 'none',
        from: ['t.id'],
        to: [],
      })
    const migrator = migratorOf(mysqlDialect({ url: db.url }), line(table, slow), { statementTimeoutMs: 50 })
    await migrator.upgrade('r1')
    await db.sql(
      'INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 220) SELECT i FROM n',
    )
    expect(await errorOf(migrator.upgrade())).toMatchObject({
      code: 'STATEMENT_FAILED',
      remedy: remedyOf(limits[server === 'mysql' ? 'mysql' : 'mariadb']),
    })
    const raised = migratorOf(mysqlDialect({ url: db.url }), line(table, slow), { statementTimeoutMs: 300_000 })
    expect((await raised.upgrade()).applied).toEqual(['main:r2'])
  })
})

describe('a session that the server ends for its time when it begins', () => {
  it.each([
    [3024, 'ER_QUERY_TIMEOUT', 'max_execution_time'],
    [1969, undefined, 'max_statement_time'],
  ] as const)('%i is an error of ours', async (errno, code, limit) => {
    const dialect = mysqlDialect({ url: 'mysql://nobody@localhost/none' })
    const ended = Object.assign(new Error('Query execution was interrupted'), { errno, code })
    const refusing = { ...dialect, connection: { ...dialect.connection, connect: () => Promise.reject(ended) } }
    expect(await errorOf(migratorOf(refusing, line(table)).status())).toMatchObject({
      code: 'STATEMENT_FAILED',
      remedy: remedyOf(limit),
      cause: ended,
    })
  })
})
