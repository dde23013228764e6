import {
  createMigrator,
  graphOf,
  integer,
  type MigrationEvent,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnEach, familyOf, type ServerName, type TestDatabase } from '../kit/servers.ts'

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('item', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
  },
}

const change = (upgrade: (op: OperationRecorder) => void) => [
  graphOf(revisions([base, { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade }])),
]
const addColumn = (op: OperationRecorder): void => op.alterTable('item', (t) => t.addColumn('size', integer()))

const dialectOf = (server: ServerName, url: string): Dialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

/** Somebody else reads the table in a transaction that stays open for so long. */
function reader(db: TestDatabase, server: ServerName, seconds: number): Promise<unknown> {
  return familyOf(server) === 'postgres'
    ? db.sql(`BEGIN; SELECT * FROM item; SELECT pg_sleep(${seconds}); COMMIT`)
    : db.sql(`START TRANSACTION; SELECT * FROM item; DO SLEEP(${seconds}); COMMIT`)
}

const moment = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describeOnEach(['postgres', 'mariadb', 'mysql'], 'locks of tables that somebody holds', (fresh, server) => {
  const atBase = async (): Promise<{ db: TestDatabase; dialect: Dialect }> => {
    const db = await fresh()
    const dialect = dialectOf(server, db.url)
    await createMigrator({ dialect, tiers: change(addColumn) }).upgrade('aaaaaaaaaaaa')
    return { db, dialect }
  }
  const columns = async (db: TestDatabase): Promise<unknown> =>
    (
      await db.sql(
        "SELECT column_name AS n FROM information_schema.columns WHERE table_name = 'item' AND table_schema IN ('public', DATABASE_NAME) ORDER BY 1".replace(
          'DATABASE_NAME',
          `'${db.name}'`,
        ),
      )
    ).map((row) => row.n)

  it('are waited for in short attempts, each told, until the table is free', async () => {
    const { db, dialect } = await atBase()
    const events: MigrationEvent[] = []
    const reading = reader(db, server, 3)
    await moment(300)
    const options = { dialect, tiers: change(addColumn), lockTimeoutMs: 1_000, lockRetries: 10 }
    await createMigrator(options).upgrade('head', { onEvent: (event) => events.push(event) })
    await reading
    const waits = events.filter((event) => event.type === 'waiting')
    expect(waits.length).toBeGreaterThan(0)
    expect(waits[0]?.what).toContain('attempt 1 of 11 ended without it')
    expect(await columns(db)).toEqual(['id', 'size'])
  })

  it('end the run when they are not given up, and nothing is changed', async () => {
    const { db, dialect } = await atBase()
    const reading = reader(db, server, 6)
    await moment(300)
    const options = { dialect, tiers: change(addColumn), lockTimeoutMs: 1_000, lockRetries: 1 }
    const events: MigrationEvent[] = []
    await expect(
      createMigrator(options).upgrade('head', { onEvent: (event) => events.push(event) }),
    ).rejects.toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'busy' } })
    expect(events.filter((event) => event.type === 'waiting')).toHaveLength(1)
    await reading
    expect(await columns(db)).toEqual(['id'])
    await createMigrator({ dialect, tiers: change(addColumn) }).upgrade()
    expect(await columns(db)).toEqual(['id', 'size'])
  })

  it('have a limit of their own where the revision gives one', async () => {
    const { db, dialect } = await atBase()
    const tiers = change((op) => op.limits({ lockMs: 1_000 }, addColumn))
    const reading = reader(db, server, 5)
    await moment(300)
    const begun = performance.now()
    await expect(createMigrator({ dialect, tiers, lockRetries: 0 }).upgrade()).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { fault: 'busy' },
    })
    expect(performance.now() - begun).toBeLessThan(4_000)
    await reading
    await createMigrator({ dialect, tiers }).upgrade()
    expect(await columns(db)).toEqual(['id', 'size'])
  })

  if (familyOf(server) === 'postgres') {
    it('are not tried again where a data function has run: what it did elsewhere cannot be taken back', async () => {
      const { db, dialect } = await atBase()
      let calls = 0
      const tiers = change((op) => {
        op.run('mail', {
          up: async () => {
            calls += 1
          },
          down: 'none',
        })
        addColumn(op)
      })
      const reading = reader(db, server, 3)
      await moment(300)
      await expect(
        createMigrator({ dialect, tiers, lockTimeoutMs: 500, lockRetries: 5 }).upgrade(),
      ).rejects.toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'busy' } })
      expect(calls).toBe(1)
      await reading
    })
  }
})
