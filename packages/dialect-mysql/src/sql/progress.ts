import type { Server } from '../flavour.ts'

/**
 * What the list of sessions tells of one: that it waits for a lock (https://dev.mysql.com/doc/refman/8.4/en/general-thread-states.html), and on MariaDB
 * how far ALTER TABLE is, in stages of 100 percent each (https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/system-variables/progress-reporting).
 */
export const progressSql = (threadId: number, { flavour }: Server): string => {
  const isWaiting = "STATE LIKE 'Waiting for %lock'"
  const stages = flavour === 'mariadb' ? ['MAX_STAGE', '(STAGE - 1) * 100 + PROGRESS'] : ['0', '0']
  const [last, passed] = stages
  return `SELECT IF(${isWaiting}, CONCAT('a', SUBSTRING(STATE, 12)), STATE) AS what,
  IF(${isWaiting}, NULL, ROUND((${passed}) / ${last})) AS done, IF(${isWaiting}, NULL, 100) AS total
FROM information_schema.PROCESSLIST WHERE ID = ${threadId} AND (${isWaiting} OR ${last} > 0)`
}
