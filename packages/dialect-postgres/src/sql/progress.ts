/**
 * What the server tells of a process that builds an index (CREATE INDEX, REINDEX, a key that is added) or orders a table (CLUSTER, VACUUM FULL), since
 * PostgreSQL 12: https://www.postgresql.org/docs/current/progress-reporting.html. A phase counts blocks or tuples; some count nothing.
 * A process that waits for a lock has one that isn't granted: https://www.postgresql.org/docs/current/view-pg-locks.html. That row has no numbers.
 */
export const progressSql = (pid: number): string => `SELECT what, done, total FROM (
SELECT phase AS what,
  CASE WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END AS done,
  CASE WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END AS total
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = ${pid}
UNION ALL
SELECT phase, heap_blks_scanned, heap_blks_total FROM pg_catalog.pg_stat_progress_cluster WHERE pid = ${pid}
) AS progress WHERE total > 0
UNION ALL
SELECT 'a lock' || COALESCE(' of ' || c.relname, '') ||
  COALESCE(', which session ' || (pg_catalog.pg_blocking_pids(l.pid))[1] || ' holds', ''), NULL, NULL
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation WHERE l.pid = ${pid} AND NOT l.granted`
