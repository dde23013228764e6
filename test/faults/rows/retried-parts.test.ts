import { setTimeout as sleep } from 'node:timers/promises'
import { integer, type MigrationEvent, type OperationRecorder, revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnDialects, familyOf, type TestDatabase } from '../../kit/servers.ts'
import { type Outcome, upgradeAt } from '../proxy/chain.ts'
import { atWork, otherSession } from '../proxy/other.ts'
import { pictureOf } from '../proxy/picture.ts'

const first = {
  revision: 'r1',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    for (const name of ['a', 'b']) {
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
    }
  },
}
const rows = (op: OperationRecorder, at: number): void => {
  for (const name of ['a', 'b']) op.insertRows(name, [{ id: at, n: at }])
}
const index = (op: OperationRecorder, table: string): void =>
  op.createIndex(table, `${table}_n`, ['n'], { concurrently: true })
const chainOf = (upgrade: (op: OperationRecorder) => void) =>
  revisions([first, { revision: 'r2', downRevision: 'r1', upgrade }])

/** Before anything of a revision in parts is committed, or after that. */
const before = chainOf((op) => {
  rows(op, 5)
  index(op, 'a')
})
const after = chainOf((op) => {
  index(op, 'a')
  rows(op, 5)
  index(op, 'b')
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'a revision in parts', (createDatabase, server) => {
  const postgres = familyOf(server) === 'postgres'
  const atFirst = async (): Promise<TestDatabase> => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    return database
  }
  interface Ran extends Outcome {
    readonly waited: readonly string[]
  }

  /** Another session has the row that the run wants next, then asks for the one that the run has, and goes back. */
  async function crossed(database: TestDatabase, chain: typeof before): Promise<Ran> {
    const other = await otherSession(database.url)
    await other.sql('BEGIN')
    // More to lose than the run has: where the server chooses by that, the run is the victim.
    for (let id = 5; id < 60; id += 1) await other.sql(`INSERT INTO b VALUES (${id}, 0)`)
    const waited: string[] = []
    const onEvent = (event: MigrationEvent): void => {
      if (event.type === 'waiting') waited.push(event.what)
    }
    // PostgreSQL ends the session that notices first: there the run gives up by the time that it may wait.
    const limits = postgres ? { lockTimeoutMs: 500 } : {}
    const running = upgradeAt(database.url, { revisions: chain, ...limits, run: { onEvent } })
    await atWork(database, postgres ? 'INSERT INTO "b"' : 'INSERT INTO `b`')
    if (postgres) {
      while (waited.length === 0) {
        const done = await Promise.race([running, sleep(20, undefined)])
        if (done !== undefined) break
      }
    } else await other.sql('INSERT INTO a VALUES (5, 0)')
    await other.sql('ROLLBACK')
    return { ...(await running), waited }
  }

  it('row 54: is done again in the same run while nothing of it is committed', async () => {
    const database = await atFirst()
    const { waited, ...outcome } = await crossed(database, before)
    expect(outcome).toEqual({ applied: ['main:r2'] })
    expect(waited).toContain('a lock for: revision r2 (attempt 1 of 6 ended without it)')
    const undisturbed = await atFirst()
    expect((await upgradeAt(undisturbed.url, { revisions: before })).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
    expect((await database.sql('SELECT n FROM a')).map(({ n }) => n)).toEqual([5])
  })

  it('row 54: is resumed by the next run where a part of it is committed', async () => {
    const database = await atFirst()
    const { error, waited } = await crossed(database, after)
    expect(error).toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { fault: postgres ? 'busy' : 'deadlock' },
      location: { revision: 'r2' },
      outcome: 'interrupted',
    })
    expect(waited).toEqual([])
    expect(await database.sql('SELECT * FROM a')).toEqual([])
    expect((await upgradeAt(database.url, { revisions: after })).applied).toEqual(['main:r2'])
    const undisturbed = await atFirst()
    expect((await upgradeAt(undisturbed.url, { revisions: after })).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
  })
})
