import { integer } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const slow: Recorded = (op) => op.sql('SELECT pg_sleep(0.4)')
const remedy =
  'Raise statement_timeout for this user, or the `statementTimeoutMs` of the migrator where it is set, and run it again.'

describeOnEach(['postgres'], 'a statement that the server ends for its time', (createDatabase) => {
  it('has a remedy that names the limit, which works', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(table, slow), { statementTimeoutMs: 150 })
    await migrator.upgrade('r1')
    expect(await errorOf(migrator.upgrade())).toMatchObject({ code: 'STATEMENT_FAILED', remedy })
    const raised = migratorOf(postgresDialect({ url: db.url }), line(table, slow), { statementTimeoutMs: 60_000 })
    expect((await raised.upgrade()).applied).toEqual(['main:r2'])
  })
})
