import type { PlannedLoss } from '../../compile/plan.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { thrownMessage } from '../../errors/thrown-value.ts'
import type { TableRef } from '../../model/schema-model.ts'
import { sql } from '../../sql/tag.ts'
import { type Destruction, destroyedObject } from './destruction.ts'

/** Up to as many rows what is lost is counted; beyond, where the server has an estimate, that is told instead. */
const exactRows = 100_000

/** Where something is destroyed, by the names that stand at the time of counting. */
export interface CountedLocation {
  readonly table: TableRef
  readonly column?: string
}

type RowCount = Pick<PlannedLoss, 'rows' | 'about' | 'uncounted'> & { readonly error?: string }

/**
 * Counts the rows that lose something.
 *
 * @param inTransaction a query that fails must not end the open transaction
 */
export async function countDestroyed(
  dialect: Dialect,
  session: Session,
  location: CountedLocation,
  { rows, reads }: Pick<Destruction, 'rows' | 'reads'>,
  inTransaction = false,
): Promise<RowCount> {
  // What is read in a list doesn't see the names that the list has given, and would hold the list to what was counted.
  if (inTransaction && dialect.capabilities.statementList === true) return { uncounted: true }
  const table = dialect.sql.quote.table(location.table)
  const estimate = dialect.introspection.estimatedRows
  // Rows with given keys are few, whatever the table has.
  if (estimate !== undefined && reads === undefined) {
    const [some] = await session.query(
      sql`SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM ${table} LIMIT ${exactRows + 1}) AS counted`.text,
    )
    if (Number(some?.n ?? 0) > exactRows)
      return { rows: Math.max(exactRows, (await estimate(session, location.table)) ?? 0), about: true }
  }
  const condition = rows?.(location.column === undefined ? sql`` : dialect.sql.quote.identifier(location.column))
  if (rows !== undefined && condition === undefined) {
    const [row] = await session.query(sql`SELECT 1 AS one FROM ${table} LIMIT 1`.text)
    return row === undefined ? { rows: 0 } : { uncounted: true }
  }
  const where = condition === undefined ? sql`` : sql` WHERE ${condition}`
  const text = sql`SELECT COUNT(*) AS n FROM ${table}${where}`.text
  try {
    const query = () => session.query(text)
    const [counted] = await (inTransaction ? session.savepoint(query) : query())
    return { rows: Number(counted?.n ?? 0) }
  } catch (error) {
    // A value that cannot be converted at all stops the conversion too, before anything is lost.
    if (condition === undefined || location.column === undefined) throw error
    const cause = isMigrateError(error) ? error.cause : error
    if (dialect.errors.refusesValue?.(cause) !== true) throw error
    return { error: thrownMessage(cause) }
  }
}

/** The loss whose rows are counted when the step runs, where they can be. Of an operation behind opaque SQL that is not known: it has no `what`. */
export function pendingLoss({ sql: { quote } }: Dialect, destruction: Destruction): PlannedLoss {
  const { column, what, rows } = destruction
  const quoted = column === undefined ? sql`` : quote.identifier(column)
  const isCounted = what === undefined || rows === undefined || rows(quoted) !== undefined
  return lossOf(destruction, isCounted ? {} : { uncounted: true })
}

/** The loss as a plan and a report name it; undefined where it is known that there is none. */
export function lossOf(destruction: Destruction, { error, ...counted }: RowCount): PlannedLoss {
  const { how, what, byHand } = destruction
  const why = error === undefined ? what : `some values are refused: ${error}`
  return {
    object: destroyedObject(destruction),
    how,
    ...counted,
    preserved: destruction.preserve === true,
    ...(why === undefined ? {} : { why }),
    ...(byHand === undefined ? {} : { byHand }),
  }
}
