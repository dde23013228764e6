import { setTimeout as sleep } from 'node:timers/promises'
import { check } from '@org/migrate-autogenerate'
import { expression, integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/own-sessions.ts'

const present = expression('weight IS NOT NULL')
const name = 'orders_weight_present'

// The recipe of docs/guides/large-tables.md.
const revisions = [
  {
    revision: '999999999999',
    downRevision: null,
    upgrade: (op: OperationRecorder): void =>
      op.createTable('orders', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('weight', integer())
        t.primaryKey(['id'])
      }),
  },
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: '999999999999',
    upgrade: (op: OperationRecorder): void => op.addCheck('orders', present, { name, notValid: true }),
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade: (op: OperationRecorder): void => {
      op.sql('ALTER TABLE orders VALIDATE CONSTRAINT orders_weight_present', {
        inverse:
          'ALTER TABLE orders DROP CONSTRAINT orders_weight_present, ADD CONSTRAINT orders_weight_present CHECK (weight IS NOT NULL) NOT VALID',
        effects: (op) => {
          op.dropConstraint('orders', name)
          op.addCheck('orders', present, { name })
        },
      })
    },
  },
  {
    revision: 'cccccccccccc',
    downRevision: 'bbbbbbbbbbbb',
    upgrade: (op: OperationRecorder): void =>
      op.alterTable('orders', (t) => {
        t.alterColumn('weight', { nullable: false })
        t.dropConstraint(name)
      }),
  },
]

describeOnEach(['postgres', 'postgres-next'], 'NOT NULL on a large table', (createDatabase) => {
  it('follows a check that was validated apart, so that the table is not read under an exclusive lock', async () => {
    const database = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: database.url }), revisions)
    await migrator.upgrade('999999999999')
    await database.sql('INSERT INTO orders SELECT n, n FROM generate_series(1, 1000) AS n')
    const scans = async (): Promise<number> => {
      const sessions = 'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
      // A session counts its scans for others when it ends.
      while ((await database.sql(sessions)).length > 0) await sleep(20)
      const [row] = await database.sql("SELECT pg_stat_get_numscans('orders'::regclass)::integer AS scans")
      return Number(row?.scans)
    }
    await migrator.upgrade('aaaaaaaaaaaa')
    const before = await scans()
    await migrator.upgrade('bbbbbbbbbbbb')
    const validated = await scans()
    expect(validated).toBeGreaterThan(before)
    await migrator.upgrade('head')
    expect(await scans()).toBe(validated)
    await expect(database.sql('INSERT INTO orders (id) VALUES (0)')).rejects.toThrow('not-null')
    expect((await check(migrator)).answers).toMatchObject({ atHead: 'yes', noDrift: 'yes' })
    await migrator.downgrade('aaaaaaaaaaaa')
    expect((await check(migrator)).answers).toMatchObject({ atHead: 'no', noDrift: 'yes' })
    const validity = `SELECT convalidated FROM pg_constraint WHERE conname = '${name}'`
    expect(await database.sql(validity)).toEqual([{ convalidated: false }])
    expect((await migrator.downgrade('base')).applied).toHaveLength(2)
  })
})
