import { integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/own-sessions.ts'

describeOn('postgres', 'a run', (createDatabase) => {
  const running = async () => {
    const db = await createDatabase()
    let go = (): void => undefined
    let enter = (): void => undefined
    const inside = new Promise<void>((resolve) => {
      enter = resolve
    })
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const upgrade = (name: string, body: () => Promise<void>) => (op: OperationRecorder) => {
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
      })
      op.run('wait', { up: body, down: 'none' })
    }
    const chain = [
      { revision: 'aaaaaaaaaaaa', downRevision: null, upgrade: upgrade('t', async () => undefined) },
      {
        revision: 'bbbbbbbbbbbb',
        downRevision: 'aaaaaaaaaaaa',
        upgrade: upgrade('u', async () => {
          enter()
          await gate
        }),
      },
    ]
    // On an empty database the whole run is one transaction: the row of the lock is written in it.
    const migrator = migratorOf(postgresDialect({ url: db.url }), chain)
    const first = migrator.upgrade()
    await inside
    return { db, migrator, first, go }
  }

  it('that waits for the lock stops when it is told to, and says that nothing was changed', async () => {
    const { migrator, first, go } = await running()
    const stop = new AbortController()
    const waiting = migrator.upgrade('head', {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'waiting') stop.abort()
      },
    })
    await expect(waiting).rejects.toMatchObject({
      code: 'ABORTED',
      message: 'Stopped before anything ran; nothing was changed.',
    })
    go()
    expect((await first).applied).toHaveLength(2)
  })

  it('that is one transaction keeps the row: taking the lock away says so and does not hang', async () => {
    const { db, migrator, first, go } = await running()
    await expect(migrator.lock.release()).rejects.toMatchObject({
      code: 'LOCKED',
      details: { holder: expect.stringMatching(/^connection \d+ /) },
      remedy: expect.stringContaining('End that session'),
    })
    go()
    expect((await first).applied).toHaveLength(2)
    expect(await db.sql('SELECT epoch, owner FROM migrate_lock WHERE id = 1')).toEqual([{ epoch: '1', owner: null }])
  })
})
