import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

/** Before the statement that takes the values away, which is the last moment at which they can be lost. */
function before(dialect: UnloadedDialect, statement: RegExp, work: () => Promise<void>): UnloadedDialect {
  const { connection } = dialect
  const connect: typeof connection.connect = async (request) => {
    const session = await connection.connect(request)
    const execute = session.execute.bind(session)
    return Object.assign(session, {
      execute: async (...sent: Parameters<typeof execute>) => {
        if (statement.test(sent[0])) await work()
        return execute(...sent)
      },
    })
  }
  return { ...dialect, connection: { ...connection, connect } }
}

const table = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(9))
    t.primaryKey(['id'])
  })
const dropped = (op: OperationRecorder): void => op.alterTable('t', (t) => t.dropColumn('name', { preserve: true }))
const added = (op: OperationRecorder): void => op.alterTable('t', (t) => t.addColumn('more', varchar(9)))

describeOn('postgres', 'what another session writes while values are preserved', (createDatabase) => {
  it.each([
    ['an upgrade that drops a column', dropped, 'r2', 'r1', /DROP COLUMN "?name/],
    ['a downgrade that drops a column', added, 'r1', 'r2', /DROP COLUMN "?more/],
  ] as const)('It waits for the end of %s, and loses nothing', async (_what, second, there, back, statement) => {
    const { url, sql } = await createDatabase()
    const chain = line(table, second)
    const migrator = migratorOf(postgresDialect({ url }), chain)
    const isUp = there === 'r2'
    await migrator.upgrade(isUp ? 'r1' : 'r2')
    const column = isUp ? 'name' : 'more'
    await sql(`INSERT INTO t (id, ${column}) VALUES (1, 'old')`)
    const outcomes: string[] = []
    const dialect = before(postgresDialect({ url }), statement, async () => {
      await sql(`SET lock_timeout = 200; INSERT INTO t (id, ${column}) VALUES (2, 'new')`).then(
        () => outcomes.push('committed'),
        (error: unknown) => outcomes.push(String(error)),
      )
    })
    const observed = migratorOf(dialect, chain)
    await (isUp ? observed.upgrade(there) : observed.downgrade(there))
    expect(outcomes).toEqual([expect.stringContaining('lock timeout')])
    await (isUp ? migrator.downgrade(back) : migrator.upgrade(back))
    expect(await sql(`SELECT id, ${column} AS value FROM t ORDER BY id`)).toEqual([{ id: 1, value: 'old' }])
  })
})
