import { integer } from '@org/migrate-core'
import type { TransactionScope, UnloadedDialect } from '@org/migrate-core/dialect'
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf } from '../../kit/own-sessions.ts'

/** Stops the run in the turn of the event loop in which a transaction is closed. */
function stoppedInClosing(dialect: UnloadedDialect, at: number, stop: AbortController): UnloadedDialect {
  let count = 0
  const watched = (scope: TransactionScope): TransactionScope => ({
    ...scope,
    ...(scope.commitWith === undefined
      ? {}
      : {
          commitWith: async (statements, next) => {
            const committing = scope.commitWith?.(statements, next)
            count += 1
            if (count === at) stop.abort(new Error('Ctrl-C'))
            const following = await committing
            return following && watched(following)
          },
        }),
  })
  return {
    ...dialect,
    connection: {
      ...dialect.connection,
      connect: async (options) => {
        const session = await dialect.connection.connect(options)
        return new Proxy(session, {
          get: (of, name) => {
            if (name === 'begin')
              return async (...args: Parameters<typeof of.begin>) => watched(await of.begin(...args))
            const value: unknown = Reflect.get(of, name, of)
            return typeof value === 'function' ? value.bind(of) : value
          },
        })
      },
    },
  }
}

describeOnEach(
  ['postgres', 'mariadb'],
  'a signal that speaks while a transaction is closed',
  (createDatabase, server) => {
    it('commits all of it or nothing', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE t (id integer PRIMARY KEY, name varchar(99))')
      const session = await dialectFor(familyOf(server), database.url).connection.connect({ purpose: 'run' })
      onTestFinished(() => session.close())
      const stop = new AbortController()
      const scope = await session.begin({ signal: stop.signal })
      await session.execute("INSERT INTO t VALUES (1, 'the work')")
      const closed = scope.commitWith?.([{ sql: "INSERT INTO t VALUES (2, 'the record of it')" }], {})
      stop.abort(new Error('enough'))
      expect(closed).toBeDefined()
      await closed?.catch(() => undefined)
      const ids = (await database.sql('SELECT id FROM t ORDER BY id')).map(({ id }) => Number(id))
      expect([[], [1, 2]]).toContainEqual(ids)
    })

    it('leaves no revision that ran and is not recorded', async () => {
      const database = await createDatabase()
      const chain = line(
        (op) => op.createTable('a', (t) => t.column('id', integer())),
        (op) => op.createTable('b', (t) => t.column('id', integer())),
      )
      const dialect = dialectFor(familyOf(server), database.url)
      await migratorOf(dialect, chain).upgrade('r1')
      const stop = new AbortController()
      const stopped = migratorOf(stoppedInClosing(dialect, 1, stop), chain).upgrade('head', { signal: stop.signal })
      await stopped.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      // One that ran and is not recorded would find its table.
      await migratorOf(dialect, chain).upgrade()
      expect(await database.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r2' }])
      expect(await database.sql('SELECT * FROM b')).toEqual([])
    })
  },
)
