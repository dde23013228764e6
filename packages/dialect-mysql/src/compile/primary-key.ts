import {
  type Operation,
  type OperationAround,
  type OperationOf,
  type Statement,
  sql,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { ownKeyFact } from '../ddl/own-key.ts'
import { tableText } from '../ddl/source.ts'
import { constraintClause } from '../ddl/write-table.ts'
import type { Server } from '../flavour.ts'
import { unsupported } from '../sql/quote.ts'
import { keyPrefixes } from '../types/implicit-indexes.ts'
import { columnStatements, modifications } from './columns.ts'
import { checkCounter } from './dependants/counted-column.ts'
import { refusedByConstraint } from './dependants/refused-rows.ts'
import { checkLimits } from './index-limits.ts'
import { indexChanges, refuseGenerated, refuseNeeded } from './limits.ts'
import { alterTable, notInSchema, refText, tableOf } from './statements.ts'

/** The key that a downgrade adds would not have what only the server's text says. */
export function refuseOwnKey(table: TableModel, what: string, remedy: string): void {
  const fact = ownKeyFact(tableText(table)?.items ?? [])
  if (fact !== undefined) throw unsupported(what, fact, remedy)
}

const simple = new Set(['type', 'collation', 'nullable'])

/** What a key asks of its columns, and nothing that is more than a MODIFY. */
export function isShaping(operation: Operation): operation is OperationOf<'alterColumn'> {
  return (
    operation.kind === 'alterColumn' &&
    operation.using === undefined &&
    Object.keys(operation.change).every((fact) => simple.has(fact))
  )
}

/** Whether the values of the column are stored otherwise. */
export const stores = ({ change }: Pick<OperationOf<'alterColumn'>, 'change'>): boolean =>
  change.type !== undefined || change.collation !== undefined

/**
 * What was said of columns so far. One MODIFY knows only the end: a value that would go through another type, and a row that NOT NULL
 * would refuse in between, need each change by itself.
 */
export class Shapes {
  readonly #stored = new Set<string>()
  readonly #required = new Set<string>()

  /** False where the change does not come to the same together with those before. */
  take({ column, change }: OperationOf<'alterColumn'>): boolean {
    const isStored = stores({ change })
    if (isStored && this.#stored.has(column)) return false
    if (change.nullable === true && this.#required.has(column)) return false
    if (isStored) this.#stored.add(column)
    if (change.nullable === false) this.#required.add(column)
    return true
  }
}

function dropsKey({ operation, before, after }: OperationAround): boolean {
  if (operation.kind !== 'dropConstraint') return false
  const [from, to] = [tableOf(before, operation.table), tableOf(after, operation.table)]
  const has = (table: typeof from): boolean => table.constraints.some(({ kind }) => kind === 'primaryKey')
  return has(from) && !has(to)
}

/**
 * How many of the operations put another primary key in the place of one: dropping it, what the new columns need for it, adding it.
 * As one statement: a server may refuse a table that has none for a moment (`sql_require_primary_key`), and a column with
 * AUTO_INCREMENT is never without a key. https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_require_primary_key
 */
export function replacedKeyLength(operations: readonly OperationAround[]): number {
  const [first] = operations
  if (first === undefined || first.operation.kind !== 'dropConstraint' || !dropsKey(first)) return 1
  const key = tableKey(first.operation.table)
  const shapes = new Shapes()
  for (let at = 1; at < operations.length; at += 1) {
    const operation = operations[at]?.operation
    if (operation === undefined || !('table' in operation) || operation.kind === 'createTable') return 1
    if (tableKey(operation.table) !== key) return 1
    if (operation.kind === 'addConstraint' && operation.constraint.kind === 'primaryKey') return at + 1
    if (!isShaping(operation) || !shapes.take(operation)) return 1
  }
  return 1
}

/** The statements of operations that `replacedKeyLength` counted. */
export function replaceKey(server: Server, operations: readonly OperationAround[]): readonly Statement[] {
  const [first, last] = [operations[0], operations.at(-1)]
  if (first?.operation.kind !== 'dropConstraint' || last?.operation.kind !== 'addConstraint')
    throw notInSchema('a primary key that is replaced')
  const { table: ref } = first.operation
  const [from, to] = [tableOf(first.before, ref), tableOf(last.after, ref)]
  const key = to.constraints.find(({ kind }) => kind === 'primaryKey')
  if (key === undefined) throw notInSchema(`the primary key of ${refText(ref)}`)
  const object = `constraint primaryKey of ${refText(ref)}`
  if (keyPrefixes in from.options)
    throw unsupported(`replace ${object}`, 'it has prefix lengths', 'Replace it with op.sql.')
  refuseOwnKey(from, `replace ${object}`, 'Replace it with op.sql.')
  const old = from.constraints.find(({ kind }) => kind === 'primaryKey')
  if (old?.kind === 'primaryKey') refuseGenerated(server, from, old.columns, `replace ${object}`)
  checkCounter(server, to, `replace ${object}`)
  checkLimits(server, to)
  refuseNeeded(object, first.before, from, to)
  const { alterColumn } = columnStatements(server)
  const checks = operations.flatMap(({ operation, ...around }) =>
    operation.kind === 'alterColumn' ? alterColumn({ operation, ...around }) : [],
  )
  return [
    ...checks.filter(({ expectEmpty }) => expectEmpty !== undefined),
    alterTable(
      ref,
      [
        sql`DROP PRIMARY KEY`,
        ...modifications(server, from, to),
        sql`ADD ${constraintClause(key, to, last.after)}`,
        ...indexChanges(server, from, to),
      ],
      refusedByConstraint(from, key, last.after),
    ),
  ]
}
