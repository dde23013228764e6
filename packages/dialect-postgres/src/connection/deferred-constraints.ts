import { isMigrateError } from '@org/migrate-core/connection'
import type { Connection } from './connection.ts'
import { violation } from './faults.ts'

/**
 * The initially deferred constraints by their qualified names. SET CONSTRAINTS takes every constraint of that name in the schema,
 * and refuses the name if one of them is not deferrable: those stay immediate for the rest of the transaction.
 */
export const deferredNames = `SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.conname)
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE c.condeferred AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_constraint o
  WHERE o.connamespace = c.connamespace AND o.conname = c.conname AND NOT o.condeferrable)`

/**
 * Checks what the transaction has put off, and puts off again what follows: DDL on a table whose checks are still to come is
 * refused (55006, "pending trigger events"). Throws FOREIGN_KEY_VIOLATION and BLOCKING_ROWS, which name the row.
 */
export async function checkDeferred(connection: Connection, signal?: AbortSignal): Promise<void> {
  // Both are on their way before the first is answered: one round trip where nothing is initially deferred.
  const checked = connection.send('SET CONSTRAINTS ALL IMMEDIATE', [], { signal })
  const [outcome, names] = await Promise.allSettled([checked, connection.send(deferredNames, [], { signal })])
  if (outcome.status === 'rejected') {
    throw isMigrateError(outcome.reason) ? outcome.reason : (violation(outcome.reason) ?? outcome.reason)
  }
  if (names.status === 'rejected') throw names.reason
  const deferred = names.value.map(([name]) => name)
  if (deferred.length > 0) await connection.send(`SET CONSTRAINTS ${deferred.join(', ')} DEFERRED`)
}
