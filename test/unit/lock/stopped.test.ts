import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import mysql from 'mysql2/promise'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { describeOnDialects, type TestDatabase } from '../../kit/own-sessions.ts'

const dialectOf = (server: string, url: string): UnloadedDialect =>
  server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.insertRows('t', [{ id: 1 }], { key: ['id'] })
  },
}

const tiersOf = (upgrade: (op: OperationRecorder) => void) => [
  graphOf(revisions([base, { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade }])),
]

/** A session that reads `t` and does not end. Gives what ends it. */
async function reader({ url, name, server }: TestDatabase): Promise<() => Promise<void>> {
  if (server === 'postgres') {
    const client = postgres(url, { max: 1 })
    const connection = await client.reserve()
    await connection.unsafe('BEGIN')
    await connection.unsafe('SELECT * FROM t')
    return async () => {
      connection.release()
      await client.end({ timeout: 0 })
    }
  }
  const { hostname: host, port, username: user } = new URL(url)
  const connection = await mysql.createConnection({ host, port: Number(port), user, database: name })
  await connection.query('START TRANSACTION')
  await connection.query('SELECT * FROM t')
  return () => connection.end()
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'a run that is stopped', (createDatabase, server) => {
  it('gives its lock back, and the next one is not told of a run that died', async () => {
    const db = await createDatabase()
    const abort = new AbortController()
    const tiers = tiersOf((op) =>
      op.run('fill', {
        up: async (step) => {
          abort.abort(new Error('enough'))
          await step.execute('INSERT INTO t (id) VALUES (2)')
        },
        down: 'none',
      }),
    )
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers })
    await migrator.upgrade('aaaaaaaaaaaa')
    await expect(migrator.upgrade('head', { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await db.sql('SELECT owner, revision FROM migrate_lock WHERE id = 1')).toMatchObject([
      { owner: null, revision: null },
    ])
    expect(await migrator.upgrade()).toMatchObject({ applied: ['main:bbbbbbbbbbbb'], warnings: [] })
  })

  it('while it waits to try again for a lock says that it was stopped', async () => {
    const db = await createDatabase()
    const abort = new AbortController()
    const tiers = tiersOf((op) => op.alterTable('t', (t) => t.addColumn('z', integer())))
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers, lockTimeoutMs: 1_000 })
    await migrator.upgrade('aaaaaaaaaaaa')
    const end = await reader(db)
    try {
      await expect(
        migrator.upgrade('head', {
          signal: abort.signal,
          onEvent: (event) => {
            if (event.type === 'waiting') abort.abort(new Error('enough'))
          },
        }),
      ).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
    } finally {
      await end()
    }
    expect(await db.sql('SELECT owner FROM migrate_lock WHERE id = 1')).toMatchObject([{ owner: null }])
    expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
  })
})
