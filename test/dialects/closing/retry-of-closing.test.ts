// A lock that another session has on our rows is met by the statements that close the transaction: the step is tried again.
import { integer, type MigrationEvent } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line, migratorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/own-sessions.ts'

describeOnEach(
  ['postgres'],
  'a step that is tried again after its closing statements met a lock',
  (createDatabase, server) => {
    async function blocked(database: TestDatabase, second: RevisionBody, how: 'up' | 'down' = 'up') {
      const dialect = dialectFor(familyOf(server), database.url)
      const chain = line(
        (op) =>
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('old', integer())
            t.primaryKey(['id'])
          }),
        second,
      )
      await migratorOf(dialect, chain).upgrade(how === 'up' ? 'r1' : 'head')
      if (how === 'down') await database.sql('INSERT INTO t (id, old) VALUES (1, 10), (2, 20)')
      const holder = await dialect.connection.connect({ purpose: 'run' })
      await holder.begin()
      await holder.query('SELECT * FROM migrate_version FOR UPDATE')
      let closing: Promise<void> | undefined
      const onEvent = (event: MigrationEvent): void => {
        if (event.type === 'waiting') closing ??= holder.close()
      }
      const options = { lockTimeoutMs: 300, lockRetries: 3 }
      const migrator = migratorOf(dialect, chain, options)
      const result = await (how === 'up'
        ? migrator.upgrade('head', { onEvent })
        : migrator.downgrade('r1', { onEvent })
      ).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      )
      await closing
      await holder.close()
      return result
    }
    const tables = async (database: TestDatabase) =>
      (
        await database.sql(
          `SELECT table_name AS name FROM information_schema.tables WHERE table_name IN ('t', 'u') AND table_schema = ${server === 'postgres' ? 'current_schema()' : 'DATABASE()'} ORDER BY 1`,
        )
      ).map(({ name }) => name)

    it('makes its table', async () => {
      const database = await createDatabase()
      const ran = await blocked(database, (op) => op.createTable('u', (t) => void t.column('id', integer())))
      expect(ran).toMatchObject({ value: { applied: ['main:r2'] } })
      expect(await tables(database)).toEqual(['t', 'u'])
    })

    it('makes its table where it is made only if it does not exist', async () => {
      const database = await createDatabase()
      await blocked(database, (op) => op.createTable('u', (t) => void t.column('id', integer()), { ifNotExists: true }))
      const heads = (await database.sql('SELECT version_num FROM migrate_version')).map((row) => row.version_num)
      expect({ heads, tables: await tables(database) }).toEqual({ heads: ['r2'], tables: ['t', 'u'] })
    })

    it('counts what it did once', async () => {
      const database = await createDatabase()
      const ran = await blocked(database, (op) => op.insertRows('t', [{ id: 7, old: 1 }], { key: ['id'] }))
      expect('value' in ran ? ran.value.applied : ran).toEqual(['main:r2'])
    })

    it('records the columns that its SQL has changed', async () => {
      const database = await createDatabase()
      const dialect = dialectFor(familyOf(server), database.url)
      const chain = line(
        (op) => op.sql('CREATE TABLE u AS SELECT 1 AS a'),
        (op) => op.sql('ALTER TABLE u ADD COLUMN b int'),
        (op) => op.sql('ALTER TABLE u ADD COLUMN c int'),
      )
      await migratorOf(dialect, chain).upgrade('r1')
      const holder = await dialect.connection.connect({ purpose: 'run' })
      await holder.begin()
      let [locked, closing]: Promise<unknown>[] = []
      const onEvent = (event: MigrationEvent): void => {
        if (event.type === 'stepStarted' && event.revision === 'r3')
          locked = holder.query('SELECT * FROM migrate_version FOR UPDATE')
        if (event.type === 'waiting') closing ??= holder.close()
      }
      const options = { lockTimeoutMs: 300, lockRetries: 3, transaction: 'revision' } as const
      const { applied } = await migratorOf(dialect, chain, options).upgrade('head', { onEvent })
      expect([applied, closing === undefined]).toEqual([['main:r2', 'main:r3'], false])
      await locked
      await closing
      const rows = await database.sql('SELECT columns_after FROM migrate_history ORDER BY id')
      expect(rows.slice(1).map((row) => JSON.parse(String(row.columns_after)))).toEqual([
        [['u', ['a', 'b']]],
        [['u', ['a', 'b', 'c']]],
      ])
    })

    it('ends where the commit itself met the lock, which checks a deferred key', async () => {
      const database = await createDatabase()
      const dialect = dialectFor(familyOf(server), database.url)
      const chain = line(
        (op) => {
          op.sql('CREATE TABLE t (id int PRIMARY KEY)')
          op.sql('CREATE TABLE u (t int REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)')
          op.sql('INSERT INTO t (id) VALUES (1)')
        },
        (op) => op.sql('INSERT INTO u (t) VALUES (1)'),
      )
      await migratorOf(dialect, chain).upgrade('r1')
      const holder = await dialect.connection.connect({ purpose: 'run' })
      await holder.begin()
      await holder.query('SELECT * FROM t FOR UPDATE')
      let closing: Promise<void> | undefined
      const onEvent = (event: MigrationEvent): void => {
        if (event.type === 'waiting') closing ??= holder.close()
      }
      const options = { lockTimeoutMs: 300, lockRetries: 3 }
      const { applied } = await migratorOf(dialect, chain, options).upgrade('head', { onEvent })
      expect([applied, closing === undefined]).toEqual([['main:r2'], false])
      await closing
      expect(await database.sql('SELECT t FROM u')).toEqual([{ t: 1 }])
    })

    it('downgrades and preserves once', async () => {
      const database = await createDatabase()
      const ran = await blocked(
        database,
        {
          up: (op) => op.alterTable('t', (t) => t.addColumn('b', integer(), { default: 5 })),
          down: (op) => op.alterTable('t', (t) => t.dropColumn('b')),
        },
        'down',
      )
      expect(ran).toMatchObject({ value: { preserved: 2 } })
    })
  },
)
