import { namedTables } from '../compile/named-tables.ts'
import { selectRows } from '../compile/own-rows.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import type { Irreversible, Operation } from '../operations/operation.ts'
import { describe, operationTable, touches } from '../operations/table.ts'
import { formatOf, operationsFrom } from './format.ts'
import { damaged, directionOf, parseList, type RecordedInverse } from './history.ts'
import { readRevisionRows } from './revision-rows.ts'
import { textCell } from './store.ts'
import type { BookkeepingNames } from './tables.ts'

/** Of a known kind, and whole enough to be named and to say which tables it is about: what a plan does with it first. */
function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (typeof value.kind !== 'string' || !Object.hasOwn(operationTable, value.kind)) return false
  const operation = value as Operation
  try {
    describe(operation)
    touches(operation)
    return namedTables([operation]).every(({ name, schema = '' }) => isText(name) && isText(schema))
  } catch {
    // Something that its kind needs is not there, or is something else.
    return false
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isInverse(value: unknown): value is readonly Operation[] | Irreversible {
  if (Array.isArray(value)) return value.every(isOperation)
  return typeof value === 'object' && value !== null && 'irreversible' in value && 'why' in value && isText(value.why)
}

/** Besides these a row says when it was written and by whom, in which databases that hold the same differ. */
const resolvedColumns = ['revision', 'direction', 'format', 'operations', 'inverses']

/**
 * What the newest upgrade of a revision did, operation by operation; undefined where it was stamped, ran as a script or was
 * never recorded. `isOutdated`: the table may lack a column.
 *
 * Throws BOOKKEEPING_INVALID.
 */
export async function readResolvedOperations(
  dialect: Dialect,
  names: BookkeepingNames,
  session: Session,
  { isOutdated, ...of }: { readonly tier: string; readonly revision: string; readonly isOutdated: boolean },
): Promise<readonly RecordedInverse[] | undefined> {
  const table = names.history
  const rows = await readRevisionRows(dialect, names, session, { ...of, columns: isOutdated ? '*' : resolvedColumns })
  const row = rows.find((each) => !['edit', 'revert'].includes(directionOf(each, table)))
  return row === undefined || row.direction !== 'up' ? undefined : parseResolvedOperations(row, table)
}

/** What the recorded upgrades, downgrades and pushes did, oldest first. Throws BOOKKEEPING_INVALID. */
export async function readAllOperations(
  dialect: Dialect,
  { history }: BookkeepingNames,
  session: Session,
): Promise<readonly Operation[]> {
  const { sql, params } = selectRows(dialect, history, '*', { orderBy: 'id' })
  const rows = await session.query(sql, params)
  return rows
    .filter((row) => ['up', 'down', 'push'].includes(directionOf(row, history)))
    .flatMap((row) => parseResolvedOperations(row, history)?.map(({ operation }) => operation) ?? [])
}

/** The columns `operations` and `inverses` of a row; undefined where they were not known. Throws BOOKKEEPING_INVALID. */
export function parseResolvedOperations(row: Row, table: string): readonly RecordedInverse[] | undefined {
  const format = formatOf(row, table)
  const read = (column: string) => parseList(row, column, table)?.map((each: unknown) => operationsFrom(format, each))
  const operations = read('operations')
  const inverses = read('inverses')
  if (operations === undefined || inverses === undefined) return undefined
  const why = `what ${textCell(row, 'revision', table)} did cannot be read`
  if (operations.length !== inverses.length) throw damaged(table, why)
  return operations.map((operation, at) => {
    const inverse = inverses[at]
    if (isOperation(operation) && isInverse(inverse)) return { operation, inverse }
    throw damaged(table, why)
  })
}
