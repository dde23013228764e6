import { anyOf, deletedRows } from '../../compile/deleted-keys.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { ColumnType } from '../../model/column-type.ts'
import { columnAt, findColumn, findTable, present, tableKey } from '../../model/edit.ts'
import { primaryColumns } from '../../model/keys.ts'
import type { ColumnModel, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { OperationKind, OperationOf } from '../../operations/operation.ts'
import { preservingLabel } from '../../operations/preserved-label.ts'
import { join, type SqlFragment, sql } from '../../sql/tag.ts'
import { onlyKeyChanges, presence } from './losses.ts'

/** What one operation takes away from rows, in the names that stand before it. */
export interface Destruction {
  readonly how: 'dropped' | 'converted' | 'deleted'
  /** The operation preserves it. */
  readonly preserve?: true
  /** Why no downgrade restores what is preserved. */
  readonly byHand?: string
  readonly table: TableRef
  /** Absent: whole rows. */
  readonly column?: string
  /** What exactly is lost, for people. */
  readonly what?: string
  /** True in the rows that lose something; undefined: which rows do is not known. Absent: all rows. */
  readonly rows?: (column: SqlFragment) => SqlFragment | undefined
  /** What `rows` names: under other names it can't be asked. */
  readonly reads?: readonly NamedColumns[]
}

export interface NamedColumns {
  readonly table: TableRef
  readonly columns: readonly string[]
}

function typeOf(dialect: Dialect, { type, native }: ColumnModel): ColumnType {
  const own = (native as { readonly [name: string]: string | undefined } | undefined)?.[dialect.name]
  return own === undefined ? type : dialect.types.fromSql(own)
}

interface TableChange {
  readonly before: TableModel
  readonly after: TableModel
}

function changeOf(
  dialect: Dialect,
  before: SchemaModel,
  operation: OperationOf<'alterColumn' | 'alterTableOptions'>,
): TableChange | undefined {
  const [table, changed] = [before, dialect.model.apply(before, operation)].map((each) =>
    findTable(each, operation.table),
  )
  return table === undefined || changed === undefined ? undefined : { before: table, after: changed }
}

/** What the server's own conversion of a column takes away. */
function convertedByItself(
  dialect: Dialect,
  { before, after }: TableChange,
  column: ColumnModel,
): readonly Destruction[] {
  const next = findColumn(after, column.name)
  if (next === undefined) return []
  const { conversionLoss } = dialect.types
  const location = { table: before.ref, column: column.name } as const
  if (conversionLoss === undefined) return [{ how: 'converted', ...location, rows: () => undefined }]
  const lossOf = (quoted: SqlFragment) =>
    conversionLoss(quoted, typeOf(dialect, column), typeOf(dialect, next), {
      before: before.options,
      after: after.options,
    })
  const loss = lossOf(dialect.sql.quote.identifier(column.name))
  if (loss === undefined) return []
  return [{ how: 'converted', ...location, what: loss.what, rows: (quoted) => lossOf(quoted)?.changed }]
}

function converted(
  dialect: Dialect,
  before: SchemaModel,
  operation: OperationOf<'alterColumn'>,
  column: ColumnModel,
): readonly Destruction[] {
  const { table, column: name, change, using, usingBack } = operation
  const location = { table, column: name } as const
  // An expression may make a value of NULL, too: every row counts.
  if (change.generated !== undefined && change.generated !== null && column.generated === undefined)
    return [{ how: 'converted', ...location, what: 'the column is computed from now on' }]
  if (using !== undefined) {
    const back = usingBack === undefined ? '' : '; a derived downgrade computes them back by `usingBack`'
    return [{ how: 'converted', ...location, what: `\`using\` computes new values${back}` }]
  }
  if (change.type === undefined && change.native === undefined) return []
  const changed = changeOf(dialect, before, operation)
  return changed === undefined ? [] : convertedByItself(dialect, changed, column)
}

/** With options of a table the server may store its values otherwise: SQLite's `strict`. */
function convertedByOptions(
  dialect: Dialect,
  before: SchemaModel | undefined,
  operation: OperationOf<'alterTableOptions'>,
): readonly Destruction[] {
  // Without a rule of the dialect no option converts anything.
  if (before === undefined || dialect.types.conversionLoss === undefined) return []
  const changed = changeOf(dialect, before, operation)
  if (changed === undefined) return []
  const columns = changed.before.columns.filter(({ generated }) => generated === undefined)
  return columns.flatMap((column) => convertedByItself(dialect, changed, column))
}

function replaced(dialect: Dialect, before: SchemaModel, operation: OperationOf<'alterEnum'>): readonly Destruction[] {
  const values = (operation.drop ?? []).filter(({ replaceBy }) => replaceBy !== undefined)
  if (values.length === 0) return []
  // `drop` has the names after `rename`; the rows are counted before it.
  const names = values.map(({ value }) => operation.rename?.find(({ to }) => to === value)?.value ?? value)
  const what = values.map(({ value, replaceBy }) => `'${value}' becomes '${replaceBy}'`).join(', ')
  return [...before.tables.values()].flatMap((table) =>
    table.columns.flatMap((column): readonly Destruction[] => {
      const rows = dialect.types.enumValueRows?.(before, table, column, operation.enum, names)
      return rows === undefined ? [] : [{ how: 'converted', table: table.ref, column: column.name, what, rows }]
    }),
  )
}

/** What one table loses along with deleted rows, in one way. */
interface AlongDeleted {
  readonly location: Pick<Destruction, 'column' | 'what'>
  readonly conditions: SqlFragment[]
  readonly columns: string[]
  readonly targets: string[]
}

/**
 * What the server deletes or empties along with deleted rows; of two foreign keys of a table each row is counted once. Rows further down,
 * which refer to such rows, are only named.
 */
function deletedAlong(
  { sql: { quote } }: Dialect,
  before: SchemaModel,
  { table, key }: OperationOf<'deleteRows'>,
  condition: SqlFragment,
): readonly Destruction[] {
  const names = (list: readonly string[]): SqlFragment => join(list.map((name) => quote.identifier(name)))
  const cause = `with the rows of ${tableKey(table)} that it refers to`
  const referenced = findTable(before, table)
  return [...before.tables.values()].flatMap(({ ref, constraints }): readonly Destruction[] => {
    const found = new Map<string, AlongDeleted>()
    for (const constraint of constraints) {
      if (constraint.kind !== 'foreignKey' || tableKey(constraint.references.table) !== tableKey(table)) continue
      const { columns, references, onDelete = 'noAction', onDeleteColumns } = constraint
      const target = references.columns.length > 0 || !referenced ? references.columns : primaryColumns(referenced)
      if (target.length !== columns.length || onDelete === 'noAction' || onDelete === 'restrict') continue
      const what = onDelete === 'setNull' ? 'becomes NULL' : 'becomes the default'
      for (const location of onDelete === 'cascade'
        ? [{ what: `deleted ${cause}, and so is what refers to them` }]
        : (onDeleteColumns ?? columns).map((column) => ({ column, what: `${what} ${cause}` }))) {
        const name = JSON.stringify(location)
        const entry: AlongDeleted = found.get(name) ?? { location, conditions: [], columns: [], targets: [] }
        entry.conditions.push(
          sql`(${names(columns)}) IN (SELECT ${names(target)} FROM ${quote.table(table)} WHERE ${condition})`,
        )
        entry.columns.push(...columns)
        entry.targets.push(...target)
        found.set(name, entry)
      }
    }
    // Rows that are named themselves are counted as such. NOT is NULL for those with NULL in the key.
    const remaining = tableKey(ref) === tableKey(table) ? sql` AND ${condition} IS NOT TRUE` : sql``
    return [...found.values()].map(({ location, conditions, columns, targets }) => {
      const rows = (): SqlFragment => sql`${anyOf(conditions)}${remaining}`
      const reads = [
        { table: ref, columns },
        { table, columns: [...key, ...targets] },
      ]
      return { how: location.column === undefined ? 'deleted' : 'converted', table: ref, ...location, rows, reads }
    })
  })
}

function deleted(
  dialect: Dialect,
  before: SchemaModel | undefined,
  operation: OperationOf<'deleteRows'>,
): readonly Destruction[] {
  const { table, key } = operation
  const destructions: Destruction[] = []
  for (const condition of deletedRows(dialect, before, operation)) {
    destructions.push({ how: 'deleted', table, rows: () => condition, reads: [{ table, columns: key }] })
    if (before !== undefined) destructions.push(...deletedAlong(dialect, before, operation, condition))
  }
  return destructions
}

interface OperationContext<K extends OperationKind> {
  readonly operation: OperationOf<K>
  /** Undefined: what opaque SQL made of the tables is not known. */
  readonly before: SchemaModel | undefined
}

type DestructionTable = {
  readonly [K in OperationKind]: (dialect: Dialect, around: OperationContext<K>) => readonly Destruction[]
}

const nothing = (): readonly Destruction[] => []

/** A new kind does not compile until it has an answer here. */
const table: DestructionTable = {
  createTable: nothing,
  dropTable: (_dialect, { operation }) => [{ how: 'dropped', table: operation.table }],
  renameTable: nothing,
  alterTableOptions: (dialect, { operation, before }) => convertedByOptions(dialect, before, operation),
  addColumn: nothing,
  dropColumn: (dialect, { operation, before }) => {
    const { table: ref, column } = operation
    const model = before && columnAt(before, ref, column)
    // A generated column computes itself again.
    if (model?.generated !== undefined) return []
    // With the default the column comes back in every row: that there was no value is lost, too.
    if (model?.nullable && model.default !== undefined) return [{ how: 'dropped', table: ref, column }]
    return [{ how: 'dropped', table: ref, column, rows: (quoted) => presence(dialect, quoted) }]
  },
  alterColumn: (dialect, { operation, before }) => {
    const { table: ref, column: name, change, using } = operation
    const column = before && columnAt(before, ref, name)
    if (column !== undefined && before !== undefined) return converted(dialect, before, operation, column)
    if (change.type === undefined && change.native === undefined && using === undefined) return []
    return [{ how: 'converted', table: ref, column: name, rows: () => undefined }]
  },
  renameColumn: nothing,
  addConstraint: nothing,
  dropConstraint: nothing,
  renameConstraint: nothing,
  createIndex: nothing,
  dropIndex: nothing,
  renameIndex: nothing,
  createSchema: nothing,
  dropSchema: nothing,
  setSchema: nothing,
  createEnum: nothing,
  alterEnum: (dialect, { operation, before }) => (before === undefined ? [] : replaced(dialect, before, operation)),
  renameEnum: nothing,
  dropEnum: nothing,
  createView: nothing,
  replaceView: nothing,
  renameView: nothing,
  dropView: nothing,
  createTrigger: nothing,
  dropTrigger: nothing,
  setRowSecurity: nothing,
  createPolicy: nothing,
  alterPolicy: nothing,
  dropPolicy: nothing,
  createSequence: nothing,
  alterSequence: nothing,
  dropSequence: nothing,
  createExtension: nothing,
  dropExtension: nothing,
  setComment: nothing,
  insertRows: nothing,
  deleteRows: (dialect, { operation, before }) => deleted(dialect, before, operation),
  expectNone: nothing,
  sql: (dialect, { operation, before }) =>
    (operation.effects ?? []).flatMap((effect) => destructionsOf(dialect, before, effect)),
  run: nothing,
}

/** What an operation takes away from the rows that are there when it runs. Pure. */
export function destructionsOf<K extends OperationKind>(
  dialect: Dialect,
  before: SchemaModel | undefined,
  operation: OperationOf<K>,
): readonly Destruction[] {
  const destructions = table[operation.kind as K](dialect, { operation, before })
  if (preservingLabel(operation) === undefined) return destructions
  return destructions.map((each) => {
    const { how, table: ref, column = '', rows } = each
    const owner = how === 'converted' && before ? findTable(before, ref) : undefined
    const isCounted = rows?.(dialect.sql.quote.identifier(column)) !== undefined
    return {
      ...each,
      preserve: true,
      ...present({ byHand: owner && onlyKeyChanges(dialect, owner, column, isCounted) }),
    }
  })
}

export const destroyedObject = ({ table, column }: Pick<Destruction, 'table' | 'column'>): string =>
  column === undefined ? `table ${tableKey(table)}` : `column ${tableKey(table)}.${column}`
