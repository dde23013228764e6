import type { HeldLock, Session } from '@org/migrate-core/dialect'

/** The weakest first: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES */
const modes = [
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
]

const locksSql = `SELECT c.relname::text AS name, l.mode AS mode FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p')
  AND n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema' ORDER BY 1`

/** The locks that the open transaction of this session has; it keeps them to its end. */
export async function heldLocks(query: Session['query']): Promise<readonly HeldLock[]> {
  const strongest = new Map<string, string>()
  for (const { name, mode } of await query(locksSql)) {
    const [table, held] = [String(name), String(mode)]
    if (modes.indexOf(held) > modes.indexOf(strongest.get(table) ?? '')) strongest.set(table, held)
  }
  return [...strongest].map(([table, mode]) => ({ table, mode }))
}
