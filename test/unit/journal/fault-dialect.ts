import { createMigrator, MigrateError, type Tier } from '@org/migrate-core'
import type { ServerSession, Session, UnloadedDialect } from '@org/migrate-core/dialect'
import { expect } from 'vitest'
import { counts } from '../../kit/scale.ts'
import type { TestDatabase } from '../../kit/servers.ts'

/** How a statement of a run comes to nothing. */
export type FaultMode =
  /** The server refuses it: another statement is sent in its place, which fails. */
  | 'refused'
  /** The server refuses it with the error of a deadlock, raised by hand. */
  | 'collided'
  /** The connection ends before it is sent. */
  | 'cut before'
  /** It is done, and the connection ends before anybody hears of it. */
  | 'cut after'

/** Not an error that a missing table gives: reading a lock that has no table yet is no failure. */
const refusal = (database: string): string =>
  database.startsWith('postgres') ? 'SELECT 1 / 0' : 'SELECT * FROM no_such_table_of_the_test'

const deadlock = (database: string): string =>
  database.startsWith('postgres')
    ? "DO $$ BEGIN RAISE EXCEPTION 'collided' USING ERRCODE = '40P01'; END $$"
    : "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'collided'"

export interface Fault {
  /** Which statement of the run's own session: its number from 1, or the first of these words. */
  readonly at: number | RegExp
  readonly mode: FaultMode
}

export interface Faulty {
  readonly dialect: UnloadedDialect
  /** The statements that were sent on sessions that run, in their order. */
  readonly sent: string[]
  /** Whether the fault came. */
  readonly struck: () => boolean
}

function lost(sql: string): MigrateError {
  return new MigrateError('CONNECTION_LOST', { database: 'test', what: sql }, 'the connection was cut by the test')
}

/** A dialect whose run meets one fault, on the real server: statements are refused by it, connections are really closed. */
export function faulty(dialect: UnloadedDialect, fault?: Fault): Faulty {
  const sent: string[] = []
  let count = 0
  let struck = false

  function wrap(session: ServerSession): ServerSession {
    const through =
      (name: 'query' | 'execute') =>
      async (sql: string, params?: Parameters<Session['execute']>[1]): Promise<unknown> => {
        const call = (): Promise<unknown> => session[name](sql, params)
        count += 1
        sent.push(sql)
        if (fault === undefined || struck) return call()
        if (typeof fault.at === 'number' ? count !== fault.at : !fault.at.test(sql)) return call()
        struck = true
        if (fault.mode === 'refused') return session.query(refusal(dialect.connection.database))
        if (fault.mode === 'collided') return session.execute(deadlock(dialect.connection.database))
        if (fault.mode === 'cut after') await call()
        await session.close()
        throw lost(sql)
      }
    return new Proxy(session, {
      get: (target, name) => {
        if (name === 'query' || name === 'execute') return through(name)
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  return {
    dialect: {
      ...dialect,
      connection: {
        ...dialect.connection,
        connect: async (options) => {
          const session = await dialect.connection.connect(options)
          return options.purpose === 'run' ? wrap(session) : session
        },
      },
    },
    sent,
    struck: () => struck,
  }
}

/**
 * A run to head that fails at one statement, one that goes on and fails at any other, and one that ends right; the same at the next
 * of them, each in a database of its own.
 */
export async function failsAtEach(
  mode: FaultMode,
  {
    atBase,
    tiers,
    endsRight,
  }: {
    readonly atBase: () => Promise<{ readonly db: TestDatabase; readonly dialect: UnloadedDialect }>
    readonly tiers: readonly Tier[]
    readonly endsRight: (db: TestDatabase, what: string) => Promise<void>
  },
): Promise<void> {
  const outcomeOf = (dialect: UnloadedDialect): Promise<unknown> =>
    createMigrator({ dialect, tiers })
      .upgrade()
      .catch((error: unknown) => error)
  let tried = 0
  for (let at = 1 + (counts.faultEvery >> 1); ; at += counts.faultEvery) {
    const { db, dialect } = await atBase()
    const fault = faulty(dialect, { at, mode })
    const first = await outcomeOf(fault.dialect)
    if (!fault.struck()) {
      await db.drop()
      break
    }
    tried += 1
    const later = { at: 1 + Math.floor(Math.random() * fault.sent.length * 2), mode }
    const what = `${mode} at ${at}: ${fault.sent[at - 1]}; then at ${later.at}`
    await outcomeOf(faulty(dialect, later).dialect)
    expect(await outcomeOf(dialect), what).toEqual(expect.objectContaining({ heads: expect.anything() }))
    expect(first, what).toBeInstanceOf(Error)
    await endsRight(db, what)
    await db.drop()
  }
  expect(tried * counts.faultEvery).toBeGreaterThan(20)
}
