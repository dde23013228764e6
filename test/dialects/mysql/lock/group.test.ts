import { createMigrator, graphOf } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { beforeAll, expect, it } from 'vitest'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { freePort } from '../../../kit/servers/ports.mjs'
import { one, open, openPlain } from '../connection/kit.ts'
import { chain } from './chain.mjs'

const options = {
  settings: [
    ...['--log-bin=binlog', '--gtid-mode=ON', '--enforce-gtid-consistency=ON', '--server-id=1'],
    ...['--plugin-load-add=group_replication.so', '--loose-group-replication-start-on-boot=OFF'],
    '--loose-group-replication-group-name=0b6e1f0a-51c4-4d0e-9d1f-6a3f3d7c2a11',
    `--loose-group-replication-local-address=127.0.0.1:${await freePort()}`,
    '--loose-group-replication-single-primary-mode=OFF',
    '--loose-group-replication-enforce-update-everywhere-checks=ON',
  ],
}

describeOnOwn('mysql', 'a replication group whose members all take changes', options, (own) => {
  beforeAll(async () => {
    await own().sql(
      'SET GLOBAL group_replication_bootstrap_group = ON; START GROUP_REPLICATION; SET GLOBAL group_replication_bootstrap_group = OFF',
    )
  })

  it('is seen by every user: a lock of the session proves nothing there, and what is read is what any member has committed', async () => {
    const db = await own().createDatabase()
    for (const session of [await open(db), await openPlain(db), await open(db, { purpose: 'inspect' })]) {
      expect(session.leased).toBe(
        'every member of its replication group takes changes, and GET_LOCK is known to one member only',
      )
      expect(await one(session, 'SELECT @@group_replication_consistency')).toBe('BEFORE_AND_AFTER')
    }
  })

  // Several that make the table of the lock at once collide now and then, and the server tells all but one of a deadlock.
  it.each([1, 2, 3, 4, 5])('takes runs, one of four at once after the other, round %i', async () => {
    const db = await own().createDatabase()
    await db.sql('CREATE TABLE big (id int PRIMARY KEY) ENGINE=InnoDB')
    const runs = [0, 1, 2, 3].map(() =>
      createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: [graphOf(chain())] }).upgrade(),
    )
    const applied = (await Promise.all(runs)).flatMap((run) => run.applied)
    expect(applied.toSorted()).toEqual(['main:r1', 'main:r2'])
    expect(await db.sql('SELECT owner, lease_ms FROM migrate_lock WHERE id = 1')).toEqual([
      { owner: null, lease_ms: null },
    ])
    expect(Number((await db.sql('SELECT beat_ms FROM migrate_lock WHERE id = 2'))[0]?.beat_ms)).toBeGreaterThan(0)
  })

  it('with one primary is a server like any other', async () => {
    await own().sql('SELECT group_replication_switch_to_single_primary_mode()')
    const session = await open(await own().createDatabase())
    expect(session.leased).toBe(undefined)
    expect(session.runLock?.('k').proof).toBe('exclusive')
  })
})
