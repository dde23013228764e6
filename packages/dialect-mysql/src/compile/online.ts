import type { OnlineChange, Statement } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { unsupported } from '../sql/quote.ts'

/** With INSTANT nothing is locked that LOCK could name: MySQL refuses the two together (1221), MariaDB takes LOCK=NONE. */
function clausesOf(server: Server, { algorithm, lock }: OnlineChange): readonly string[] {
  const instant = server.flavour === 'mysql' && algorithm === 'instant'
  return [
    ...(algorithm === undefined ? [] : [`ALGORITHM=${algorithm.toUpperCase()}`]),
    ...(lock === undefined || instant ? [] : [`LOCK=${lock.toUpperCase()}`]),
  ]
}

/**
 * Asks the server to change a table only in that way: where it cannot, it refuses (1845, 1846) before it changes anything.
 * https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl.html
 */
export function onlineFor(server: Server): (statement: Statement, how: OnlineChange) => Statement {
  return (statement, how) => {
    // What the author wrote as SQL says itself how it is to be done.
    if (statement.tables === undefined || !statement.sql.startsWith('ALTER TABLE ')) return statement
    if (how.algorithm === 'nocopy' && server.flavour === 'mysql') {
      throw unsupported('algorithm nocopy', 'MySQL has instant, inplace and copy', 'Ask for one of those.')
    }
    const clauses = clausesOf(server, how)
    return {
      ...statement,
      sql: [statement.sql, ...clauses].join(', '),
      remedy: `The server does not make this change with ${clauses.join(' and ')}: ask for less in op.limits, or leave it out there.`,
    }
  }
}
