import {
  createMigrator,
  graphOf,
  integer,
  type MigrationEvent,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it, onTestFinished } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf, type ServerName } from '../../kit/servers.ts'

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

/** A revision that stops in its data step until it is let go. */
function gated() {
  let openGate = (): void => undefined
  let entered = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    openGate = resolve
  })
  const inside = new Promise<void>((resolve) => {
    entered = resolve
  })
  let runs = 0
  const revision = {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade(op: OperationRecorder) {
      op.createTable('item', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
      op.run('wait', {
        up: async () => {
          runs += 1
          entered()
          await gate
        },
        down: 'none',
      })
    },
  }
  return { tiers: [graphOf(revisions([revision]))], openGate: () => openGate(), inside, runs: () => runs }
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'the lock of a run', (createDatabase, server) => {
  it('keeps a second run out, which says who holds it and ends, or waits and finds nothing to do', async () => {
    const db = await createDatabase()
    const { tiers, openGate, inside, runs } = gated()
    const first = createMigrator({ dialect: dialectOf(server, db.url), tiers }).upgrade()
    await inside
    const impatient = createMigrator({ dialect: dialectOf(server, db.url), tiers, waitMs: 400 })
    // Without the lock it would wait in the database for what the first has not committed.
    const signal = AbortSignal.timeout(60_000)
    onTestFinished(openGate)
    await expect(impatient.upgrade('head', { signal })).rejects.toMatchObject({
      code: 'LOCKED',
      details: { holder: expect.stringMatching(/\d+/) },
    })
    // Who only looks is not kept out.
    expect(await impatient.status()).toMatchObject({ pending: 1 })
    const events: MigrationEvent[] = []
    const patient = createMigrator({ dialect: dialectOf(server, db.url), tiers, waitMs: 30_000 })
    const second = patient.upgrade('head', { onEvent: (event) => events.push(event) })
    while (!events.some((event) => event.type === 'waiting')) await new Promise((resolve) => setTimeout(resolve, 20))
    openGate()
    expect((await first).applied).toEqual(['main:aaaaaaaaaaaa'])
    expect((await second).applied).toEqual([])
    expect(runs()).toBe(1)
    expect(events.find((event) => event.type === 'waiting')?.what).toContain('the run lock of')
    // A step that is open is not planned before the lock is had: nothing is left to skip then.
    const skipped = server === 'postgres' ? [{ why: 'another run applied it meanwhile' }] : []
    expect(events.filter((event) => event.type === 'stepSkipped')).toMatchObject(skipped)
  })

  it('is waited for before a revision is read: what is done by then is never planned', async () => {
    const db = await createDatabase()
    const { tiers, openGate, inside } = gated()
    onTestFinished(openGate)
    const first = createMigrator({ dialect: dialectOf(server, db.url), tiers }).upgrade()
    await inside
    let recorded = 0
    const counted = {
      revision: 'aaaaaaaaaaaa',
      downRevision: null,
      upgrade: () => {
        recorded += 1
      },
    }
    const second = migratorOf(dialectOf(server, db.url), [counted], { waitMs: 30_000 })
    const events: MigrationEvent[] = []
    const waiting = second.upgrade('head', { onEvent: (event) => events.push(event) })
    while (!events.some((event) => event.type === 'waiting')) await new Promise((resolve) => setTimeout(resolve, 20))
    openGate()
    await first
    expect((await waiting).applied).toEqual([])
    expect(recorded).toBe(0)
  })

  it('keeps no error waiting that needs no lock', async () => {
    const db = await createDatabase()
    const { tiers, openGate, inside } = gated()
    onTestFinished(openGate)
    const run = createMigrator({ dialect: dialectOf(server, db.url), tiers }).upgrade()
    await inside
    const impatient = createMigrator({ dialect: dialectOf(server, db.url), tiers, waitMs: 0 })
    // A started revision is resolved under the lock, and with it everything else.
    const code = server === 'postgres' ? 'UNKNOWN_REVISION' : 'LOCKED'
    await expect(impatient.upgrade('nonesuch')).rejects.toMatchObject({ code })
    openGate()
    await run
  })

  it('is another one for another history, and for another database', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    const { tiers, openGate, inside } = gated()
    const first = createMigrator({ dialect: dialectOf(server, db.url), tiers }).upgrade()
    await inside
    const free = {
      revision: 'cccccccccccc',
      downRevision: null,
      upgrade: (op: OperationRecorder) =>
        op.createTable('free', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
    }
    const own = [graphOf(revisions([free]))]
    const tables = {
      version: 'own_version',
      history: 'own_history',
      preserved: 'own_preserved',
      journal: 'own_journal',
    }
    const concurrent = createMigrator({ dialect: dialectOf(server, db.url), tiers: own, tables, waitMs: 0 })
    const elsewhere = createMigrator({ dialect: dialectOf(server, other.url), tiers: own, waitMs: 0 })
    expect((await concurrent.upgrade()).applied).toEqual(['main:cccccccccccc'])
    expect((await elsewhere.upgrade()).applied).toEqual(['main:cccccccccccc'])
    openGate()
    await first
  })

  it('is freed with the session, also where a run fails', async () => {
    const db = await createDatabase()
    const failing = {
      revision: 'aaaaaaaaaaaa',
      downRevision: null,
      upgrade: (op: OperationRecorder) => op.sql('SELECT * FROM no_such_table'),
    }
    const dialect = dialectOf(server, db.url)
    for (let round = 0; round < 3; round += 1) {
      await expect(migratorOf(dialect, [failing], { waitMs: 0 }).upgrade()).rejects.toMatchObject({
        code: 'STATEMENT_FAILED',
      })
    }
  })
})
