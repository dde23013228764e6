import { emptyDatabase, loadSnapshot, makeSnapshot } from '@org/migrate-autogenerate'
import { integer, isMigrateError, type Migrator, type Revision, text, type WaitOptions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { runSeeds } from '../../../packages/core/src/migrator/run-seeds.ts'
import { migratorOf } from '../../kit/migrator.ts'
import { observedSessions } from '../../kit/observed-sessions.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnDialects } from '../../kit/servers.ts'
import { temporaryFolder } from '../run/kit.ts'

const chain: Revision[] = [
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade: (op) => {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('note', text(), { nullable: true })
        t.primaryKey(['id'])
      })
      op.insertRows('t', [{ id: 1, note: 'a' }], { key: ['id'] })
    },
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade: (op) =>
      op.run('note', { up: async (step) => void (await step.execute("UPDATE t SET note = 'b'")), down: 'none' }),
  },
]

interface Call {
  readonly name: string
  /** Where the database stands before. */
  readonly from: string | undefined
  readonly run: (migrator: Migrator, options: WaitOptions) => Promise<unknown>
}

const calls: readonly Call[] = [
  { name: 'upgrade', from: undefined, run: (migrator, options) => migrator.upgrade('head', options) },
  { name: 'downgrade', from: 'head', run: (migrator, options) => migrator.downgrade('base', options) },
  { name: 'stamp', from: 'aaaaaaaaaaaa', run: (migrator, options) => migrator.stamp('head', options) },
  {
    name: 'stamp that accepts an edit',
    from: 'head',
    run: (migrator, options) => migrator.stamp('head', { ...options, acceptEdit: true }),
  },
  {
    name: 'ensure',
    from: undefined,
    run: (migrator, options) => migrator.ensure({ ...options, mode: 'apply' }),
  },
  {
    name: 'seeds',
    from: 'head',
    run: (migrator, options) =>
      runSeeds(
        migrator,
        [{ name: 'more', work: async (step) => void (await step.execute("INSERT INTO t VALUES (2, 'c')")) }],
        options,
      ),
  },
  {
    name: 'the load of a snapshot',
    from: undefined,
    run: async (migrator, options) => {
      const { text: snapshot } = await makeSnapshot(migrator)
      return loadSnapshot(migrator, snapshot, options)
    },
  },
  { name: 'reset', from: 'head', run: (migrator, options) => emptyDatabase(migrator, options) },
]

/** Stops the call before its first statement, its second, and so on until one ends; each is ABORTED, and can be called again. */
async function stopAtEach(
  { name, from, run }: Call,
  empty: () => Promise<UnloadedDialect>,
  every: number,
): Promise<readonly string[]> {
  const codes: string[] = []
  for (let at = 1; at < 400; at += every) {
    const dialect = await empty()
    if (from !== undefined) await migratorOf(dialect, chain).upgrade(from)
    const before = await migratorOf(dialect, chain).history()
    const stop = new AbortController()
    let sent = 0
    const stopped = migratorOf(
      observedSessions(dialect, {
        sent: () => {
          sent += 1
          if (sent === at) stop.abort()
        },
      }),
      chain,
    )
    const code = await run(stopped, { signal: stop.signal }).then(
      () => 'ended',
      (error: unknown) => (isMigrateError(error) ? `${error.code}: ${error.message}` : String(error)),
    )
    codes.push(code)
    if (code.includes('nothing was changed')) expect(await migratorOf(dialect, chain).history(), code).toEqual(before)
    if (code !== 'ended') {
      // What an interrupted load has made is refused until it is dropped, where DDL commits by itself.
      if (name === 'the load of a snapshot' && code.includes('is left')) await emptyDatabase(migratorOf(dialect, chain))
      await run(migratorOf(dialect, chain), {})
    }
    if (!stop.signal.aborted) return codes
  }
  throw new Error('it never ended')
}

const allowed = /^(?:ended$|ABORTED: )/

describe('a call that is stopped before any of its statements', () => {
  const folder = temporaryFolder()
  it.each(calls.map((call) => [call.name, call] as const))('ends as stopped, and runs again: %s', async (_, call) => {
    let files = 0
    const codes = await stopAtEach(
      call,
      async () => {
        files += 1
        return sqliteDialect({ url: `sqlite:${folder.path}/${files}.db` })
      },
      counts.stoppedStatementEvery.sqlite,
    )
    expect(codes.filter((code) => !allowed.test(code))).toEqual([])
    expect(codes.filter((code) => code !== 'ended').length).toBeGreaterThan(1)
  })
})

describeOnDialects(
  ['postgres', 'mariadb', 'mysql'],
  'a call that is stopped before any of its statements',
  (create, server) => {
    it.each(calls.map((call) => [call.name, call] as const))('ends as stopped, and runs again: %s', async (_, call) => {
      const empty = async () => {
        const { url } = await create()
        return server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
      }
      const codes = await stopAtEach(call, empty, counts.stoppedStatementEvery.server)
      expect(codes[0]).toMatch(/^ABORTED: /)
      expect(codes.filter((code) => !allowed.test(code))).toEqual([])
    })
  },
)
