import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../kit/own-sessions.ts'

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a stamp while a run has the lock', (createDatabase, server) => {
  const running = async () => {
    const { url } = await createDatabase()
    const dialect: UnloadedDialect = server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
    let end = (): void => undefined
    let enter = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      end = resolve
    })
    const inside = new Promise<void>((resolve) => {
      enter = resolve
    })
    const createTable = (op: OperationRecorder): void => {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
      })
    }
    const wait = (op: OperationRecorder): void => {
      op.run('wait', {
        up: async () => {
          enter()
          await gate
        },
        down: 'none',
      })
    }
    const chain = revisions([
      { revision: 'aaaaaaaaaaaa', downRevision: null, upgrade: createTable },
      { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade: wait },
    ])
    const migrator = createMigrator({ dialect, tiers: [graphOf(chain)], lockWaitMs: Number.POSITIVE_INFINITY })
    await migrator.upgrade('aaaaaaaaaaaa')
    const first = migrator.upgrade()
    await inside
    return { migrator, first, end }
  }

  it('is refused at once with lockWaitMs: 0', async () => {
    const { migrator, first, end } = await running()
    await expect(migrator.stamp('aaaaaaaaaaaa', { purge: true, lockWaitMs: 0 })).rejects.toMatchObject({
      code: 'LOCKED',
    })
    end()
    expect(await first).toMatchObject({ applied: ['main:bbbbbbbbbbbb'] })
  })

  it('reports that it waits, and stops with ABORTED when its signal says so', async () => {
    const { migrator, first, end } = await running()
    const stop = new AbortController()
    const stamped = migrator.stamp('aaaaaaaaaaaa', {
      purge: true,
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'waiting') stop.abort()
      },
    })
    await expect(stamped).rejects.toMatchObject({
      code: 'ABORTED',
      message: 'Stopped before anything ran; nothing was changed.',
    })
    end()
    expect(await first).toMatchObject({ heads: [{ tier: 'main', heads: ['bbbbbbbbbbbb'] }] })
    expect(await migrator.stamp('aaaaaaaaaaaa')).toMatchObject({ heads: [{ tier: 'main', heads: ['aaaaaaaaaaaa'] }] })
  })

  it('with a signal that is aborted before does not open the database', async () => {
    const { migrator, first, end } = await running()
    await expect(migrator.stamp('aaaaaaaaaaaa', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    end()
    await first
  })
})
