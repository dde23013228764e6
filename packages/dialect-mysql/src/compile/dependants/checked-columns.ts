import { type OperationAround, type Statement, tableKey } from '@org/migrate-core/dialect'
import { readsColumn } from '../../ddl/rename-in-expression.ts'
import type { Server } from '../../flavour.ts'
import { columnStatements, modifications } from '../columns.ts'
import { isShaping, Shapes, stores } from '../primary-key.ts'
import { alterTable, notInSchema, tableOf } from '../statements.ts'

/**
 * How many of the operations give another type or collation to columns that one check compares. The server evaluates the check after each
 * statement: between two of them the columns may have collations that it does not mix (1267), or values that do not compare as before.
 */
export function checkedColumnsLength(server: Server, operations: readonly OperationAround[]): number {
  const [first] = operations
  if (first?.operation.kind !== 'alterColumn' || !stores(first.operation)) return 1
  const { table, column } = first.operation
  const checks = tableOf(first.before, table).constraints.flatMap((each) =>
    each.kind === 'check' && readsColumn(each.expression, column) ? [each.expression] : [],
  )
  let length = 1
  const shapes = new Shapes()
  for (const [at, { operation }] of checks.length === 0 ? [] : operations.entries()) {
    if (!isShaping(operation) || tableKey(operation.table) !== tableKey(table) || !shapes.take(operation)) break
    const isCompared = at > 0 && stores(operation) && checks.some((text) => readsColumn(text, operation.column))
    if (isCompared) length = at + 1
  }
  return length > 1 && arePlain(server, operations.slice(0, length)) ? length : 1
}

const isCheck = ({ expectEmpty }: Statement): boolean => expectEmpty !== undefined

function statementsOf(server: Server, operations: readonly OperationAround[]): readonly (readonly Statement[])[] {
  const { alterColumn } = columnStatements(server)
  return operations.map(({ operation, ...around }) =>
    operation.kind === 'alterColumn' ? alterColumn({ operation, ...around }) : [],
  )
}

/** No more than a MODIFY: another type between, or another column in its place, is a statement of its own. */
function isPlain(statements: readonly Statement[]): boolean {
  const changes = statements.filter((one) => !isCheck(one))
  return changes.length === 1 && changes.every(({ sql }) => sql.includes('MODIFY COLUMN') && !sql.includes('ALGORITHM'))
}

function arePlain(server: Server, operations: readonly OperationAround[]): boolean {
  try {
    return statementsOf(server, operations).every(isPlain)
  } catch {
    // What is refused has its error and its location where it is compiled by itself.
    return false
  }
}

/** The statements of operations that `checkedColumnsLength` counted. */
export function alterCheckedColumns(server: Server, operations: readonly OperationAround[]): readonly Statement[] {
  const [first, last] = [operations[0], operations.at(-1)]
  if (first?.operation.kind !== 'alterColumn' || last === undefined) throw notInSchema('columns that a check compares')
  const { table } = first.operation
  const changes = modifications(server, tableOf(first.before, table), tableOf(last.after, table))
  return [...statementsOf(server, operations).flat().filter(isCheck), alterTable(table, changes)]
}
