import {
  createMigrator,
  graphOf,
  integer,
  type MigrationEvent,
  type MigratorOptions,
  type OperationRecorder,
  revisions,
  varchar,
} from '@org/migrate-core'
import type { ServerSession, UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    for (const name of ['t', 'u']) {
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
    }
  },
}

const dialectOf = ({ server, url }: TestDatabase): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

async function atBase(db: TestDatabase): Promise<UnloadedDialect> {
  const dialect = dialectOf(db)
  await migratorOf(dialect, [base]).upgrade()
  return dialect
}

/** A transaction of another session that has read a table. */
async function reader(dialect: UnloadedDialect, table: string): Promise<ServerSession> {
  const session = await dialect.connection.connect({ purpose: 'run' })
  await session.begin()
  await session.query(`SELECT * FROM ${table}`)
  return session
}

interface Ran {
  readonly error: unknown
  readonly waited: readonly string[]
}

/** Runs while another session reads `u`, who ends as soon as the run has waited `free` times. */
async function ran(
  dialect: UnloadedDialect,
  upgrade: (op: OperationRecorder) => void,
  free: number,
  options: Partial<MigratorOptions>,
): Promise<Ran> {
  const holder = await reader(dialect, 'u')
  const waited: string[] = []
  let closing: Promise<void> | undefined
  const onEvent = (event: MigrationEvent): void => {
    if (event.type !== 'waiting') return
    waited.push(event.what)
    if (waited.length === free) closing = holder.close()
  }
  const second = { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade }
  const tiers = [graphOf(revisions([base, second]))]
  const error = await createMigrator({ dialect, tiers, ...options })
    .upgrade('head', { onEvent })
    .then(
      () => undefined,
      (caught: unknown) => caught,
    )
  await closing
  await holder.close()
  return { error, waited }
}

const add = (op: OperationRecorder, table: string): void =>
  op.alterTable(table, (t) => t.addColumn('a', varchar(20), { default: table }))

describeOnEach(['postgres', 'mariadb'], 'a lock that cannot be had in time', (createDatabase, server) => {
  it('is asked for again, told each time, and what stood before it is done once', async () => {
    const db = await createDatabase()
    const dialect = await atBase(db)
    const upgrade = (op: OperationRecorder): void => {
      op.insertRows('t', [{ id: 1 }])
      add(op, 't')
      add(op, 'u')
    }
    const { error, waited } = await ran(dialect, upgrade, 1, { lockTimeoutMs: 100 })
    expect(error).toBeUndefined()
    // In a transaction what failed takes all before it along: the revision is what is tried again.
    const what = server === 'postgres' ? 'revision bbbbbbbbbbbb' : 'add column u.a'
    expect(waited[0]).toBe(`a lock for: ${what} (attempt 1 of 6 ended without it)`)
    expect((await db.sql('SELECT id, a FROM t')).map((row) => ({ ...row }))).toEqual([{ id: 1, a: 't' }])
    expect(await db.sql('SELECT a FROM u')).toEqual([])
  })

  it('is asked for as often as it may be, and no more', async () => {
    const db = await createDatabase()
    const dialect = await atBase(db)
    const { error, waited } = await ran(dialect, (op) => add(op, 'u'), 3, { lockTimeoutMs: 100, lockRetries: 1 })
    expect(error).toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'busy' } })
    expect(waited).toHaveLength(1)
  })

  it('after a data step ends the run where the step would run again', async () => {
    const db = await createDatabase()
    const dialect = await atBase(db)
    let calls = 0
    const upgrade = (op: OperationRecorder): void => {
      op.run('elsewhere', {
        up: async () => {
          calls += 1
        },
        down: 'none',
      })
      add(op, 'u')
    }
    const { error } = await ran(dialect, upgrade, 2, { lockTimeoutMs: 100, lockRetries: 2 })
    // Where the step is committed by itself, only the statement after it is tried again.
    if (server === 'postgres') expect(error).toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'busy' } })
    else expect(error).toBeUndefined()
    expect(calls).toBe(1)
  })
})
