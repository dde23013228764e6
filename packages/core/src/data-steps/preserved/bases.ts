import { withEffects } from '../../compile/named-tables.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { refText } from '../../model/edit.ts'
import type { TableRef } from '../../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf, SqlText, StepSource } from '../../operations/operation.ts'
import { assignedColumns } from '../../sql/assigned-columns.ts'

/**
 * What decides whether the next upgrade restores a preserved value. `none`: nothing, no row can be there that it is not of. `row`: that
 * its row is still there. `sources`: that what a data step computes it from has not changed. `replay`: that the SQL of the upgrade still
 * computes what it computed directly after the downgrade. `unknown`: nothing can tell, so that what the upgrade computes wins.
 */
export type Base =
  | { readonly kind: 'none' | 'row' | 'replay' }
  | { readonly kind: 'sources'; readonly sources: readonly StepSource[] }
  | { readonly kind: 'unknown'; readonly why: string }

export type BaseOf = (table: TableRef, column: string) => Base

/** A step of an upgrade that changes rows. */
interface ComputingStep {
  readonly named: string
  readonly isFunction: boolean
  /** Whether it says what it writes. */
  readonly isCertain: boolean
  readonly sources?: readonly StepSource[]
  /** Takes the names that the table and the column have had in the revision. */
  writes(tables: ReadonlySet<string>, columns: ReadonlySet<string>): boolean
}

export function textFor(text: SqlText, dialect: Dialect): string {
  if (typeof text === 'string') return text
  return Object.entries(text).find(([name]) => name === dialect.name)?.[1] ?? ''
}

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

export function mentions(text: string, names: ReadonlySet<string>, before = ''): boolean {
  return [...names].some((name) =>
    new RegExp(`${before}(?<![\\p{L}\\p{N}_])${escaped(name)}(?![\\p{L}\\p{N}_])`, 'iu').test(text),
  )
}

/** What stands before the table that rows are put into. */
const into = String.raw`\b(?:INTO|INSERT|IGNORE|REPLACE|TABLE)\s+(?:[^\s(]+\s*\.\s*)?["\x60[]?`

/** It writes the table that it puts rows into, whatever it reads. */
const isInsert = (text: string): boolean =>
  /^\s*(?:INSERT|REPLACE)\b/i.test(text) && !/\b(?:UPDATE|DELETE|MERGE|CALL|DO)\b/i.test(text)

/** An UPDATE names the columns that it sets; an INSERT may leave them out. What calls a procedure may write anything. */
function sqlStep(dialect: Dialect, operation: OperationOf<'sql'>): ComputingStep | undefined {
  const text = textFor(operation.text, dialect)
  const kind = dialect.sql.classify(text)
  const copies = /^\s*CREATE\s+(?:\w+\s+)*TABLE\b[\s\S]*\bSELECT\b/i.test(text)
  if (kind === 'transaction' || kind === 'setting' || (kind === 'ddl' && !copies)) return undefined
  const assigned = assignedColumns(text, dialect.sql.grammar)
  return {
    named: 'its SQL',
    isFunction: false,
    isCertain: kind !== 'unknown',
    ...(operation.from === undefined ? {} : { sources: operation.from }),
    writes: (tables, columns) => {
      if (kind === 'unknown' || mentions(text, tables, into)) return true
      if (columns.size > 0 && assigned !== undefined)
        return [...columns].some((column) => assigned.has(column.toLowerCase()))
      return !isInsert(text) && mentions(text, columns.size === 0 ? tables : columns)
    },
  }
}

function functionStep(operation: OperationOf<'run'>): ComputingStep {
  const { label, from, to } = operation
  return {
    named: `the data step "${label}"`,
    isFunction: true,
    isCertain: to !== undefined,
    ...(from === undefined ? {} : { sources: from }),
    writes: (tables, columns) =>
      to === undefined ||
      to.some((target) => {
        if (!tables.has(target.table.name)) return false
        return target.columns === undefined || columns.size === 0 || target.columns.some((name) => columns.has(name))
      }),
  }
}

function computingOf(dialect: Dialect, operations: readonly Operation[]): readonly ComputingStep[] {
  return operations.flatMap((operation) => {
    if (operation.kind === 'run') return operation.direction === 'up' ? [functionStep(operation)] : []
    const step = operation.kind === 'sql' ? sqlStep(dialect, operation) : undefined
    return step === undefined ? [] : [step]
  })
}

function writing(
  dialect: Dialect,
  upgrade: readonly Operation[],
): (table: TableRef, column: string) => readonly ComputingStep[] {
  const operations = withEffects(upgrade)
  const steps = computingOf(dialect, upgrade)
  return (table, column) => {
    const { tables, columns } = namesOf(operations, table, column)
    return steps.filter((step) => step.writes(tables, columns))
  }
}

/** How many steps of an upgrade may write a column or, without one, the rows of a table. */
export function writersOf(
  dialect: Dialect,
  upgrade: readonly Operation[],
): (table: TableRef, column: string) => number {
  const stepsOf = writing(dialect, upgrade)
  return (table, column) => stepsOf(table, column).length
}

/** Whether one of these operations writes a column or, without one, the rows of a table. */
export function isWritten(
  dialect: Dialect,
  operations: readonly Operation[],
  table: TableRef,
  column: string,
): 'surely' | 'perhaps' | 'no' {
  const steps = writing(dialect, operations)(table, column)
  if (steps.length === 0) return 'no'
  return steps.some(({ isCertain }) => isCertain) ? 'surely' : 'perhaps'
}

type Filling = OperationOf<'addColumn'> | OperationOf<'alterColumn'>

/** Puts something else than NULL into rows that are there, also where the column has no default in the end. */
function isFilling(operation: Operation): operation is Filling {
  if (operation.kind === 'addColumn')
    return operation.column.default !== undefined || operation.column.generated !== undefined
  return operation.kind === 'alterColumn' && (operation.using !== undefined || operation.change.generated !== undefined)
}

/** Whether an upgrade may put values where a row had none. */
export function computes(dialect: Dialect, upgrade: readonly Operation[]): boolean {
  return computingOf(dialect, upgrade).length > 0 || withEffects(upgrade).some(isFilling)
}

/** Whether an upgrade may put values into a column where rows had none. */
export type FillsColumn = (table: TableRef, column: string) => boolean

export function filledBy(dialect: Dialect, upgrade: readonly Operation[]): FillsColumn {
  if (computingOf(dialect, upgrade).length > 0) return () => true
  const operations = withEffects(upgrade)
  const fillings = operations.filter(isFilling)
  return (table, column) => {
    const { tables, columns } = namesOf(operations, table, column)
    return fillings.some(
      (each) => tables.has(each.table.name) && columns.has(each.kind === 'addColumn' ? each.column.name : each.column),
    )
  }
}

/** The name that a column has at the end of an upgrade, from one that it had on the way. */
export function nameAfter(operations: readonly Operation[], table: TableRef, column: string): string {
  const { tables } = namesOf(operations, table, '')
  let name = column
  for (const operation of operations) {
    if (operation.kind === 'renameColumn' && tables.has(operation.table.name) && operation.column === name)
      name = operation.to
  }
  return name
}

/** The name at the end of an upgrade and those that it had on the way. */
export function namesOf(operations: readonly Operation[], table: TableRef, column: string) {
  const [tables, columns] = [new Set([table.name]), new Set(column === '' ? [] : [column])]
  for (const operation of operations.toReversed()) {
    if (operation.kind === 'renameTable' && tables.has(operation.to)) tables.add(operation.table.name)
    if (operation.kind === 'renameColumn' && tables.has(operation.table.name) && columns.has(operation.to))
      columns.add(operation.column)
  }
  return { tables, columns }
}

/**
 * What decides over each value that a downgrade preserves.
 *
 * @param upgrade what the next upgrade runs
 * @param noReplay why the upgrade cannot be computed and taken back directly after the downgrade; undefined: it can
 */
export function basesOf(dialect: Dialect, upgrade: readonly Operation[], noReplay: string | undefined): BaseOf {
  const operations = withEffects(upgrade)
  // Of SQL with declared effects only the text says which rows it changes.
  const steps = computingOf(dialect, upgrade)
  const refused = steps.some(({ isFunction }) => isFunction)
    ? 'the revision has data steps in code beside it, which a downgrade never runs'
    : noReplay
  return (table, column) => {
    const { tables, columns } = namesOf(operations, table, column)
    const writing = steps.filter((step) => step.writes(tables, columns))
    if (writing.length === 0) return { kind: column === '' ? 'none' : 'row' }
    const undeclared = writing.filter(({ sources }) => sources === undefined)
    const named = undeclared.find(({ isFunction }) => isFunction)
    if (named !== undefined) {
      return { kind: 'unknown', why: `${named.named} does not declare what it computes from (\`from\`)` }
    }
    if (undeclared.length > 0) {
      return refused === undefined
        ? { kind: 'replay' }
        : { kind: 'unknown', why: `its SQL does not declare what it computes from (\`from\`), and ${refused}` }
    }
    const declared = writing.flatMap((step) => step.sources ?? [])
    // Computed from nothing: it comes out the same each time.
    if (declared.length === 0) return { kind: column === '' ? 'none' : 'row' }
    const sources = declared.filter(({ rows }) => rows === undefined || tables.has(rows.table.name))
    return sources.length === 0
      ? { kind: 'unknown', why: `\`from\` names nothing that belongs to rows of ${refText(table)}` }
      : { kind: 'sources', sources }
  }
}

const onlyDrops: ReadonlySet<OperationKind> = new Set(['dropTable', 'dropColumn', 'dropIndex', 'dropConstraint'])

/**
 * What decides over values before the first operation of a downgrade, where that leaves all rows but for the columns that it drops.
 * Undefined: only its end can tell. Other kinds than `none` and `row` are not decided yet.
 */
export function decidedBefore(
  dialect: Dialect,
  downgrade: readonly Operation[],
  upgrade: readonly Operation[],
): BaseOf | undefined {
  if (dialect.capabilities.transactionalDdl !== 'yes') return undefined
  const renames: ReadonlySet<OperationKind> = new Set(['renameTable', 'renameColumn', 'setSchema'])
  if (!downgrade.every(({ kind }) => onlyDrops.has(kind))) return undefined
  if (withEffects(upgrade).some(({ kind }) => renames.has(kind))) return undefined
  return basesOf(dialect, upgrade, 'it is not run yet')
}

/** Why the SQL of an upgrade cannot be computed and taken back on a server; undefined: it can. */
export function noReplayOn(dialect: Dialect, commits: boolean): string | undefined {
  if (dialect.capabilities.transactionalDdl !== 'yes')
    return 'this server cannot take back the changes of tables around it'
  return commits ? 'the revision is no single transaction' : undefined
}
