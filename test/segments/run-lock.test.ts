import { setTimeout as sleep } from 'node:timers/promises'
import {
  createMigrator,
  graphOf,
  integer,
  type MigrationEvent,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it, onTestFinished } from 'vitest'
import { describeOnEach, familyOf } from '../kit/servers.ts'

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

describeOnEach(['postgres', 'mariadb'], 'the lock of a run', (fresh, server) => {
  it('is held until the run has ended; whoever waits for it plans again, and tells who has it', async () => {
    const db = await fresh()
    const dialect = familyOf(server) === 'postgres' ? postgresDialect({ url: db.url }) : mysqlDialect({ url: db.url })
    const [begun, go] = [gate(), gate()]
    onTestFinished(go.open)
    const calls: string[] = []
    const migratorOf = (who: string) =>
      createMigrator({
        dialect,
        tiers: [
          graphOf(
            revisions([
              {
                revision: 'aaaaaaaaaaaa',
                downRevision: null,
                upgrade(op: OperationRecorder) {
                  op.createTable('t', (t) => {
                    t.column('id', integer(), { nullable: false })
                    t.primaryKey(['id'])
                  })
                  op.run('wait', {
                    up: async () => {
                      calls.push(who)
                      begun.open()
                      if (who === 'first') await go.passed
                    },
                    down: 'none',
                  })
                },
              },
            ]),
          ),
        ],
      })
    const first = migratorOf('first').upgrade()
    first.catch(() => begun.open())
    await begun.passed
    const events: MigrationEvent[] = []
    const waits = gate()
    const second = migratorOf('second').upgrade('head', {
      onEvent: (event) => {
        events.push(event)
        if (event.type === 'waiting') waits.open()
      },
    })
    second.catch(() => undefined)
    await Promise.race([waits.passed, second.catch(() => undefined), sleep(3_000)])
    const held = await db.sql(
      server === 'postgres'
        ? `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
        : `SELECT IS_USED_LOCK(CONCAT('migrate:', LEFT(SHA2(CONCAT(DATABASE(), CHAR(0), 'migrate_history'), 256), 40))) IS NOT NULL AS n`,
    )
    expect(Number(held[0]?.n)).toBe(1)
    go.open()
    expect((await first).applied).toEqual(['main:aaaaaaaaaaaa'])
    expect((await second).applied).toEqual([])
    expect(calls).toEqual(['first'])
    expect(events.find((event) => event.type === 'waiting')).toMatchObject({
      what: expect.stringMatching(/the run lock of .*, held by connection \d+/),
    })
    expect(events.filter((event) => event.type === 'stepSkipped')).toMatchObject([
      { revision: 'aaaaaaaaaaaa', why: 'another run applied it meanwhile' },
    ])
  })

  it('is given up after the time that it may take', async () => {
    const db = await fresh()
    const dialect = familyOf(server) === 'postgres' ? postgresDialect({ url: db.url }) : mysqlDialect({ url: db.url })
    const signal = AbortSignal.timeout(5_000)
    const holder = await dialect.connect({ purpose: 'run' })
    expect(await holder.runLock?.('migrate_history').take()).toBe(true)
    const tiers = [
      graphOf(
        revisions([
          {
            revision: 'aaaaaaaaaaaa',
            downRevision: null,
            upgrade(op: OperationRecorder) {
              op.createTable('t', (t) => t.column('id', integer()))
            },
          },
        ]),
      ),
    ]
    await expect(createMigrator({ dialect, tiers, waitMs: 200 }).upgrade('head', { signal })).rejects.toMatchObject({
      code: 'LOCKED',
      details: { holder: expect.stringMatching(/^connection \d+/) },
    })
    await holder.close()
    await createMigrator({ dialect, tiers }).upgrade()
    expect(await db.sql('SELECT * FROM t')).toEqual([])
  })
})
