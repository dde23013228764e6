import { MigrateError } from '@org/migrate-core/connection'
import type { TransactionOptions } from '@org/migrate-core/dialect'
import { codeOf, faultOf, messageOf } from '../sql/faults.ts'
import { waitLimitsOf, whenFree } from './busy-wait.ts'
import { type Connection, readOnly } from './connection.ts'
import { findBrokenDependants, refuseNewlyBroken } from './dependants.ts'
import { foreignKeyViolations, refuseNewViolations } from './foreign-keys.ts'

type Setting = 'foreign_keys' | 'legacy_alter_table'

/** Sets and reads back: inside a transaction `PRAGMA foreign_keys` does nothing, and says nothing. */
function set(connection: Connection, setting: Setting, value: string): void {
  connection.db.pragma(`${setting} = ${value}`)
  const actual = connection.pragma(setting)
  if (actual === value) return
  throw new MigrateError(
    'SESSION_SETTING_REFUSED',
    { setting, desired: value, actual },
    `PRAGMA ${setting} = ${value} was not accepted by ${connection.database}: it reads ${actual}`,
  )
}

const settings: readonly Setting[] = ['foreign_keys', 'legacy_alter_table']

/** Reads the settings; the function given puts them back and proves it. */
function remember(connection: Connection): () => void {
  const values = settings.map((setting) => [setting, connection.pragma(setting)] as const)
  return () => {
    for (const [setting, value] of values) {
      if (connection.pragma(setting) !== value) set(connection, setting, value)
    }
  }
}

async function beginImmediate(connection: Connection, options: TransactionOptions): Promise<void> {
  try {
    // IMMEDIATE: a transaction that reads first and then writes fails at once in WAL mode when another connection wrote meanwhile.
    await whenFree(waitLimitsOf(connection, options), () => {
      connection.db.exec('BEGIN IMMEDIATE')
    })
  } catch (error) {
    if (faultOf(error) === 'readOnly') throw readOnly(connection.database, error)
    throw error
  }
}

function rollbackNow(connection: Connection): void {
  // SQLite has rolled back by itself after a full disk or an I/O error.
  if (connection.db.open && connection.db.inTransaction) connection.db.exec('ROLLBACK')
}

/**
 * Runs `end` and then puts the settings back, whatever happened. A connection whose settings cannot be put back is closed: what
 * came next on it would run without foreign keys. Where both fail, the first failure is the one to tell.
 */
async function ending(connection: Connection, restore: () => void, end: () => Promise<void> | void): Promise<void> {
  const putBack = (): { readonly error: unknown } | undefined => {
    try {
      restore()
      return undefined
    } catch (error) {
      connection.db.close()
      return { error }
    }
  }
  try {
    await end()
  } catch (error) {
    putBack()
    throw error
  }
  const refused = putBack()
  if (refused !== undefined) throw refused.error
}

/** COMMIT can be tried again while a reader of a rollback-journal database holds its shared lock: the transaction stays open. */
async function commitNow(connection: Connection, options: TransactionOptions): Promise<void> {
  try {
    await whenFree(waitLimitsOf(connection, options), () => {
      connection.db.exec('COMMIT')
    })
  } catch (cause) {
    if (codeOf(cause) === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
      // A deferred key: SQLite says only that one is violated; the check says which.
      refuseNewViolations(connection, undefined, await foreignKeyViolations(connection), cause)
    }
    // Waited for too long, or told to stop: it says so itself.
    if (codeOf(cause)?.startsWith('SQLITE_') !== true) throw cause
    const message = `the transaction on ${connection.database} could not be committed: ${messageOf(cause)}`
    throw new MigrateError('COMMIT_FAILED', { database: connection.database }, message, { cause })
  }
}

interface OpenTransaction {
  /** Runs `finish` as the last of the transaction, looks at what it made, and commits. */
  commit(finish: () => void): Promise<void>
  rollback(): Promise<void>
}

/**
 * Opens a writing transaction. With foreign keys off (a table is rebuilt) it notes what was violated or broken before, and
 * commits only if nothing was added. Every ending puts the settings back as they were found.
 */
export async function openTransaction(connection: Connection, options: TransactionOptions): Promise<OpenTransaction> {
  const restore = remember(connection)
  const unchecked = options.foreignKeys === 'off'
  let check = async (): Promise<void> => {}
  try {
    // With enforcement on, DROP TABLE first deletes every row, and ON DELETE CASCADE takes the children along.
    if (unchecked) set(connection, 'foreign_keys', '0')
    await beginImmediate(connection, options)
    if (unchecked) {
      const broken = findBrokenDependants(connection)
      const violations = await foreignKeyViolations(connection)
      check = async () => {
        refuseNewlyBroken(broken, findBrokenDependants(connection))
        refuseNewViolations(connection, violations, await foreignKeyViolations(connection))
      }
    }
  } catch (error) {
    await ending(connection, restore, () => rollbackNow(connection))
    throw error
  }
  return {
    commit: (finish) =>
      ending(connection, restore, async () => {
        try {
          requireTransaction(connection)
          finish()
          await check()
          await commitNow(connection, options)
        } catch (error) {
          rollbackNow(connection)
          throw error
        }
      }),
    rollback: async () => ending(connection, restore, () => rollbackNow(connection)),
  }
}

/** Without this a COMMIT after a rollback by SQLite itself would only say "no transaction is active". */
function requireTransaction(connection: Connection): void {
  if (connection.db.inTransaction) return
  const message = `${connection.database} rolled the transaction back by itself before it was committed`
  throw new MigrateError('COMMIT_FAILED', { database: connection.database }, message)
}
