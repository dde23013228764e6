import { namedTables } from '../compile/named-tables.ts'
import { selectRows } from '../compile/own-rows.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import type { Irreversible, Operation } from '../operations/operation.ts'
import { describe, operationTable, touches } from '../operations/table.ts'
import type { ColumnChanges } from './column-changes.ts'
import { formatOf, operationsFrom } from './format.ts'
import { damaged, directionOf, parseList, type RecordedInverse } from './history.ts'
import { changesOf } from './recorded-columns.ts'
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

/** What a recorded upgrade, downgrade or push did. */
export interface RecordedStep {
  readonly tier: string
  readonly revision: string
  readonly direction: 'up' | 'down' | 'push'
  /** Without those that found what they were to make. Undefined: not known. */
  readonly operations: readonly Operation[] | undefined
  /** The columns of the tables that it named or changed; empty where that is not known. */
  readonly columns: ColumnChanges
}

/** What the recorded upgrades, downgrades and pushes did, oldest first. Throws BOOKKEEPING_INVALID. */
export async function readAllSteps(
  dialect: Dialect,
  { history: table }: BookkeepingNames,
  session: Session,
): Promise<readonly RecordedStep[]> {
  const { sql, params } = selectRows(dialect, table, '*', { orderBy: 'id' })
  return (await session.query(sql, params)).flatMap((row): RecordedStep[] => {
    const direction = directionOf(row, table)
    if (direction !== 'up' && direction !== 'down' && direction !== 'push') return []
    const operations = parseResolvedOperations(row, table)?.map(({ operation }) => operation)
    const [tier, revision] = [textCell(row, 'tier', table), textCell(row, 'revision', table)]
    return [{ tier, revision, direction, operations, columns: changesOf(row, table) ?? new Map() }]
  })
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
