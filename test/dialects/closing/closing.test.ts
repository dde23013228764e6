import { integer } from '@org/migrate-core'
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf } from '../../kit/own-sessions.ts'

describeOnEach(['mariadb', 'mysql', 'postgres'], 'what closes a transaction', (createDatabase, server) => {
  it('is stopped by the signal while it waits for a lock', async () => {
    const database = await createDatabase()
    const dialect = dialectFor(familyOf(server), database.url)
    const chain = line(
      (op) =>
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
      (op) => op.insertRows('t', [{ id: 1 }], { key: ['id'] }),
    )
    await migratorOf(dialect, chain).upgrade('r1')
    const holder = await dialect.connection.connect({ purpose: 'run' })
    onTestFinished(() => holder.close())
    await holder.begin()
    await holder.query('SELECT * FROM migrate_version FOR UPDATE')
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('Ctrl-C')), 1000)
    const error = await migratorOf(dialect, chain, { lockTimeoutMs: 600_000 })
      .upgrade('head', { signal: stop.signal })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      )
    expect(error).toMatchObject({ code: 'ABORTED' })
  })
})

describeOnEach(['mariadb'], 'sql_mode of an author', (createDatabase) => {
  it.each([
    'ORACLE',
    'ANSI_QUOTES',
    'NO_BACKSLASH_ESCAPES',
    'PIPES_AS_CONCAT',
    'IGNORE_SPACE',
    'SIMULTANEOUS_ASSIGNMENT',
  ])('%s does not keep a revision from being recorded', async (mode) => {
    const database = await createDatabase()
    const dialect = dialectFor('mysql', database.url)
    const chain = line(
      (op) => op.createTable('t', (t) => void t.column('id', integer())),
      (op) => {
        op.sql(`SET SESSION sql_mode = '${mode},STRICT_TRANS_TABLES'`)
        op.sql(`INSERT INTO t VALUES (1) /* it's "\\\\ */`)
      },
    )
    await migratorOf(dialect, chain).upgrade('r1')
    const ran = await migratorOf(dialect, chain)
      .upgrade()
      .then(
        (value) => value.applied,
        (error: unknown) => String(error),
      )
    expect(ran).toEqual(['main:r2'])
  })
})

describeOnEach(['postgres'], 'row security', (createDatabase) => {
  it('row security and column rights of a user who is not the owner', async () => {
    const database = await createDatabase()
    const dialect = dialectFor('postgres', database.url)
    const chain = line(
      (op) => op.createTable('t', (t) => void t.column('id', integer())),
      (op) => op.createTable('u', (t) => void t.column('id', integer())),
    )
    await migratorOf(dialect, chain).upgrade('r1')
    await database.sql(
      'ALTER TABLE migrate_version ENABLE ROW LEVEL SECURITY; ALTER TABLE migrate_version FORCE ROW LEVEL SECURITY; CREATE POLICY p ON migrate_version USING (true) WITH CHECK (true)',
    )
    const ran = await migratorOf(dialect, chain)
      .upgrade()
      .then(
        (value) => value.applied,
        (error: unknown) => String(error),
      )
    expect(ran).toEqual(['main:r2'])
  })
})

describeOnEach(['postgres'], 'rows that a deferred constraint refuses at the commit', (createDatabase) => {
  it('are told with the place of the revision, not with statements of ours', async () => {
    const database = await createDatabase()
    const dialect = dialectFor('postgres', database.url)
    const chain = line(
      (op) => {
        op.sql('CREATE TABLE t (id integer PRIMARY KEY)')
        op.sql('CREATE TABLE u (id integer REFERENCES t DEFERRABLE INITIALLY DEFERRED)')
      },
      (op) => op.sql('INSERT INTO u VALUES (1)'),
    )
    await migratorOf(dialect, chain).upgrade('r1')
    const error = await migratorOf(dialect, chain)
      .upgrade()
      .then(
        () => undefined,
        (reason: unknown) => reason as { code: string; location?: Record<string, unknown>; message: string },
      )
    expect(error?.location).not.toMatchObject({ sql: expect.stringContaining('migrate_version') })
  })
})
