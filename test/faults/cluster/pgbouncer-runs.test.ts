import { graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { describe, expect, it } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { member } from './galera-kit.ts'
import { client, database, hasPoolers, migratorAt, picture, poolers, through } from './pgbouncer-kit.ts'

const leaseMs = 4_000

describe.runIf(hasPoolers)('runs through PgBouncer', () => {
  it.each(Array.from({ length: counts.poolerStampedes }, (_, at) => at + 1))(
    'eight at once, round %i: no run fails, each revision once, and the result is that of one alone',
    async () => {
      const [db, reference] = [await database(), await database()]
      const url = through('transaction', db)
      const members = Array.from({ length: 8 }, () => member({ url }, { chain: 'openWebui', lock: 'table' }))
      const ends = await Promise.all(members.map(({ ended }) => ended))
      expect(ends.filter(({ applied }) => applied === undefined)).toEqual([])
      expect(ends.flatMap(({ applied }) => applied ?? [])).toHaveLength(39)
      await migratorAt(reference.url).upgrade()
      expect(await picture(db)).toEqual(await picture(reference))
    },
    240_000,
  )

  it('one that is killed is taken over, not before its lease is over', async () => {
    const db = await database()
    const url = through('transaction', db)
    const killed = member({ url }, { chain: 'gated', lock: 'table', leaseMs, gate: true })
    await killed.until('atTheGate')
    const row = async () =>
      (await db.sql('SELECT epoch, owner, since_ms::text AS since FROM migrate_lock WHERE id = 1'))[0]
    const before = await row()
    const next = member({ url }, { chain: 'gated', lock: 'table', leaseMs, gate: true })
    await next.until('waiting')
    killed.kill('SIGKILL')
    expect((await killed.ended).signal).toBe('SIGKILL')
    const [beat] = await db.sql('SELECT beat_ms::text AS ms FROM migrate_lock WHERE id = 2')
    await next.until('atTheGate')
    const after = await row()
    expect(after?.owner).not.toBe(before?.owner)
    expect(Number(after?.since) - Number(beat?.ms)).toBeGreaterThanOrEqual(leaseMs)
    next.open()
    expect(await next.ended).toMatchObject({ applied: ['main:r1', 'main:r2', 'main:r3'] })
    expect(await db.sql('SELECT id FROM a ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('one whose pooler is started again in the middle ends with what is committed, and the next continues', async () => {
    const db = await database()
    const url = through('restarted', db)
    const console = new URL(poolers.restarted)
    console.pathname = '/pgbouncer'

    const chain = (stop: () => Promise<void>) => [
      graphOf(
        revisions([
          {
            revision: 'r1',
            downRevision: null,
            upgrade: (op: OperationRecorder) =>
              op.createTable('a', (t) => {
                t.column('id', integer(), { nullable: false })
                t.primaryKey(['id'])
              }),
          },
          {
            revision: 'r2',
            downRevision: 'r1',
            upgrade: (op: OperationRecorder) =>
              op.run('fill', {
                up: async (step) => {
                  await step.execute('INSERT INTO a (id) VALUES (?)', [1n])
                  await stop()
                  await step.execute('INSERT INTO a (id) VALUES (?)', [2n])
                },
                down: 'none',
              }),
          },
        ]),
      ),
    ]
    const restart = async (): Promise<void> => {
      await client(console.href)
        .unsafe('SHUTDOWN')
        .simple()
        .catch(() => undefined)
      await expect
        .poll(
          () =>
            client(console.href)
              .unsafe('SHOW VERSION')
              .simple()
              .then(
                () => true,
                () => false,
              ),
          { timeout: 30_000 },
        )
        .toBe(true)
    }
    const run = migratorAt(url, { lock: 'table' }, { tiers: chain(restart), leaseMs, transaction: 'revision' })
    await expect(run.upgrade()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await db.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
    expect(await db.sql('SELECT id FROM a')).toEqual([])
    const { applied } = await migratorAt(
      url,
      { lock: 'table' },
      { tiers: chain(async () => undefined), leaseMs },
    ).upgrade()
    expect(applied).toEqual(['main:r2'])
    expect(await db.sql('SELECT id FROM a ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
  })
})
