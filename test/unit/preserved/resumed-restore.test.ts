import { integer, type OperationRecorder } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects } from '../../kit/servers.ts'
import { type FaultMode, faulty } from '../journal/fault-dialect.ts'

const chain = line(
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('c', integer())
      t.primaryKey(['id'])
    }),
  {
    up: (op: OperationRecorder) => {
      op.alterTable('t', (t) => t.dropColumn('c', { preserve: true }))
      op.run('fill', {
        up: async () => undefined,
        down: async (db) => void (await db.execute('UPDATE t SET c = 0 WHERE id = 2')),
      })
    },
    down: (op: OperationRecorder) => {
      op.alterTable('t', (t) => t.addColumn('c', integer()))
      op.run('fill', { up: async (db) => void (await db.execute('UPDATE t SET c = 0 WHERE id = 2')), down: 'none' })
    },
  },
)

describeOnDialects(['mariadb', 'mysql'], 'a downgrade of the file that makes a column again', (createDatabase) => {
  const afterDowngrade = async (mode?: FaultMode): Promise<unknown> => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    await migratorOf(dialect, chain).upgrade('r1')
    await db.sql('INSERT INTO t (id, c) VALUES (1, 10), (2, 20)')
    await migratorOf(dialect, chain).upgrade()
    const cut = mode === undefined ? dialect : faulty(dialect, { at: /ADD COLUMN/, mode }).dialect
    await migratorOf(cut, chain)
      .downgrade('r1')
      .catch(() => migratorOf(dialect, chain).downgrade('r1'))
    return db.sql('SELECT id, c FROM t ORDER BY id')
  }

  it.each([undefined, 'cut before', 'cut after'] as const)(
    'restores its values before its data steps: %s',
    async (mode) => {
      expect(await afterDowngrade(mode)).toEqual([
        { id: 1, c: 10 },
        { id: 2, c: 0 },
      ])
    },
  )
})
