import { integer, type Migrator, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects } from '../../kit/servers.ts'

const migratorOn = (url: string): Migrator =>
  migratorOf(mysqlDialect({ url }), [
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op) {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('n', varchar(20))
          t.primaryKey(['id'])
        })
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op) {
        // What no default may hold: a column is added, filled, and takes the place of the old one, and the server commits after each of them.
        op.alterTable('t', (t) =>
          t.alterColumn('n', {
            type: integer(),
            using: '(SELECT CAST(n AS SIGNED))',
            usingBack: '(SELECT CAST(n AS CHAR))',
          }),
        )
      },
    },
  ])

describeOnDialects(['mariadb', 'mysql'], 'an operation that stopped between its statements', (createDatabase) => {
  it('is not taken back, and the advice that the error gives ends it', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db.url)
    await migrator.upgrade('r1')
    await db.sql("INSERT INTO t (id, n) VALUES (1, '7'), (2, 'no number')")
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    await expect(migrator.resume({ revert: true })).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      details: { revision: 'r2' },
      remedy:
        'Correct what stopped it (the rows that the statement refused, or the permission), finish it with `migrate resume`, and then take the whole back with `migrate downgrade`.',
    })
    await db.sql("UPDATE t SET n = '8' WHERE id = 2")
    expect((await migrator.resume()).applied).toEqual(['main:r2'])
    await migrator.downgrade('r1')
    expect((await db.sql('SELECT id, n FROM t ORDER BY id')).map((row) => ({ ...row }))).toEqual([
      { id: 1, n: '7' },
      { id: 2, n: '8' },
    ])
    const { state } = await migrator.status()
    expect(state).toBe('behind')
  })
})
