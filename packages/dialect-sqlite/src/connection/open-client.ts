import { MigrateError } from '@org/migrate-core/connection'
import type { ConnectOptions, Waiting } from '@org/migrate-core/dialect'
import { faultOf, messageOf } from '../sql/faults.ts'
import { Connection } from './connection.ts'
import type { Connector } from './connector.ts'
import { type Driver, unreachable } from './driver.ts'
import type { Database } from './drivers/handle.ts'
import type { SqliteDriverName } from './drivers/names.ts'
import { adopt, type SqliteClient } from './drivers/open-client.ts'
import { hiddenNamesOf } from './drivers/temporary-objects.ts'
import { type MemoryTurn, SqliteSession } from './session.ts'

/** The use of one client: its sessions take turns, and while there are any its settings are ours. */
interface ClientUse {
  readonly turn: MemoryTurn
  sessions: number
  restore: () => void
}

const uses = new WeakMap<SqliteClient, ClientUse>()

type Settings = readonly (readonly [name: string, value: string])[]

/**
 * Waiting for a lock is done outside the driver, which would stop the event loop. A column is called by its own name:
 * https://www.sqlite.org/pragma.html#pragma_full_column_names. A CHECK holds for the rows that are written, and a rename reaches the views
 * and triggers: https://www.sqlite.org/pragma.html#pragma_legacy_alter_table
 */
const ownSettings: Settings = [
  ['busy_timeout', '0'],
  ['foreign_keys', '1'],
  ['ignore_check_constraints', '0'],
  ['legacy_alter_table', '0'],
  ['full_column_names', '0'],
  ['short_column_names', '1'],
  // Else what writes gives a row, and libsql leaves such a statement open. better-sqlite3 knows no such pragma.
  ['count_changes', '0'],
]

/** Sets all that can be set. Throws SESSION_SETTING_REFUSED: better-sqlite3 takes none of them inside an `iterate()`. */
function setAll(db: Database, database: string, settings: Settings): void {
  const refused = settings.flatMap(([setting, desired]) => {
    try {
      db.pragma(`${setting} = ${desired}`)
      return []
    } catch (cause) {
      const actual = messageOf(cause)
      const message = `PRAGMA ${setting} = ${desired} was not accepted by ${database}: ${actual}`
      return new MigrateError('SESSION_SETTING_REFUSED', { setting, desired, actual }, message, {
        cause,
        remedy: 'Let no query of your program be in progress on the handle, or give the `url` of the database instead.',
      })
    }
  })
  if (refused[0] !== undefined) throw refused[0]
}

/** Sets what our sessions need; gives what puts it back. */
function prepareSettings(db: Database, database: string): () => void {
  const found = ownSettings.flatMap(([name]) => {
    const value = db.pragma(name, { simple: true })
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  const restore = (): void => {
    if (db.open) setAll(db, database, found)
  }
  try {
    setAll(db, database, ownSettings)
    return restore
  } catch (error) {
    try {
      restore()
    } catch {
      // What was refused above is refused again, and stands as it was found.
    }
    throw error
  }
}

/** Writes nothing: on a handle that is only for reading, BEGIN IMMEDIATE begins a transaction that reads. */
function requireWritable(db: Database, database: string): void {
  if (db.inTransaction) return
  try {
    db.exec('BEGIN IMMEDIATE')
    db.pragma(`main.user_version = ${String(db.pragma('main.user_version', { simple: true }))}`)
  } catch (cause) {
    // Another connection may be writing: the run waits for it.
    if (faultOf(cause) !== 'readOnly') return
    const message = `${database} takes no changes through the handle given as \`driver\``
    throw new MigrateError('DATABASE_READ_ONLY', { database }, message, {
      cause,
      remedy: 'Open the database for writing, and leave PRAGMA query_only off.',
    })
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
}

/** Without a journal ROLLBACK undoes nothing: https://www.sqlite.org/pragma.html#pragma_journal_mode */
function requireJournal(db: Database): void {
  if (db.pragma('main.journal_mode', { simple: true }) !== 'off') return
  const why = 'this client has PRAGMA journal_mode = OFF, by which a revision that fails could not be rolled back'
  throw new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`, {
    remedy: 'Set another journal_mode on it: MEMORY, DELETE or WAL.',
  })
}

function beginUse(client: SqliteClient, db: Database, database: string, purpose: ConnectOptions['purpose']): ClientUse {
  if (!db.open) throw unreachable(database, 'the handle given as `driver` is closed')
  const use = uses.get(client) ?? { turn: {}, sessions: 0, restore: () => undefined }
  uses.set(client, use)
  if (use.sessions === 0) use.restore = prepareSettings(db, database)
  use.sessions += 1
  try {
    if (purpose === 'run') {
      requireJournal(db)
      requireWritable(db, database)
    }
    return use
  } catch (error) {
    endUse(use)
    throw error
  }
}

function endUse(use: ClientUse): void {
  use.sessions -= 1
  if (use.sessions === 0) use.restore()
}

/** Sessions on an open client of the application, which is never closed. No functions of ours are left in it. */
export function clientConnector(
  client: SqliteClient,
  name: SqliteDriverName,
  { database, waiting }: { readonly database: string; readonly waiting: Waiting },
): Connector {
  const choice = { name, why: 'an open client of the application' }
  const adopted = async (): Promise<{ readonly db: Database; readonly driver: Driver }> => {
    const { db, open } = await adopt(client, name)
    const plain: Driver['plain'] = (file, options = {}) => open(file, options)
    return { db, driver: { choice, encrypted: false, functions: false, open: plain, plain } }
  }
  const connect = async (request: ConnectOptions): Promise<SqliteSession> => {
    const { db, driver } = await adopted()
    const use = beginUse(client, db, database, request.purpose)
    const options = { ...waiting, ...request }
    const connection = new Connection(db, {
      database,
      waiting: options,
      functions: false,
      ...(database === ':memory:' ? {} : { driver }),
      release: () => endUse(use),
    })
    const session = new SqliteSession(connection, use.turn, options)
    return Object.assign(session, { hiddenNames: hiddenNamesOf(db) })
  }
  return {
    database,
    connect,
    driver: async () => choice,
    functions: async () => false,
    openShadow: async () => {
      const { driver } = await adopted()
      return new Connection(driver.plain(':memory:'), { database: ':memory:', waiting, functions: false })
    },
  }
}
