import {
  type ColumnModel,
  type ConstraintModel,
  findColumn,
  type IndexModel,
  type Operation,
  type OperationOf,
  type SchemaModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { foldName, nameOf, tokenize } from '../sql/tokenize.ts'
import { affinityOf, toSql } from '../types/types.ts'
import { selects } from './ddl/edit-table.ts'
import { sqliteText, tableOf } from './statements.ts'

/** Changes of one table that one rebuild can make together. */
export type Mergeable =
  | 'addColumn'
  | 'dropColumn'
  | 'alterColumn'
  | 'renameColumn'
  | 'addConstraint'
  | 'dropConstraint'
  | 'renameConstraint'
  | 'alterTableOptions'
  | 'createIndex'
  | 'dropIndex'
  | 'renameIndex'

/** An operation with the schema on both sides of it. */
export interface OperationInContext<O extends Operation = Operation> {
  readonly operation: O
  readonly before: SchemaModel
  readonly after: SchemaModel
}

type Names = ReadonlySet<string>

/** What a change does to the rows and to what refuses rows, by folded names of columns. */
interface Effect {
  /** Their values become others, or compare otherwise. */
  readonly touches?: Names
  /** Rows are refused from now on by what they hold. */
  readonly restricts?: Names
  /** Rows are no longer refused by what they hold. */
  readonly relaxes?: Names
  /** Their values as they are at this point go into others. */
  readonly reads?: Names
  /** Words of expressions that begin: one that is no column yet must not become one later. */
  readonly mentions?: Names
  /** Names that columns have from now on. */
  readonly names?: Names
  /** They become the key: an INTEGER PRIMARY KEY that nothing is copied into would take the rowids for its values. */
  readonly keys?: Names
}

/** One change of a table with the table on both sides of it. */
interface Change<O extends Operation = OperationOf<Mergeable>> {
  readonly operation: O
  readonly before: TableModel
  readonly after: TableModel
}

type Effects = { readonly [K in Mergeable]: (change: Change<OperationOf<K>>) => Effect }

const none: Names = new Set()
const fold = (names: readonly string[]): Names => new Set(names.map(foldName))
const intersects = (a: Names, b: Names): boolean => [...a].some((name) => b.has(name))
const allOf = (table: TableModel): Names => fold(table.columns.map(({ name }) => name))

/** The words of an expression: the columns among them are all that it can depend on. */
function namesInExpression(expression: string): Names {
  return fold(tokenize(expression).flatMap((token) => nameOf(token) ?? []))
}

/** Words by which an expression reads rows without naming their columns. */
const indirect = fold(['select', 'rowid', 'oid', '_rowid_'])

function namesOfConstraint(constraint: ConstraintModel): Names {
  if (constraint.kind === 'check') return namesInExpression(constraint.expression)
  // Foreign keys are proven when the transaction ends: nothing between the changes refuses rows.
  return 'columns' in constraint && constraint.kind !== 'foreignKey' ? fold(constraint.columns) : none
}

/** What can refuse a row when the index is built: two rows of one key, or an expression that fails. */
function namesOfIndex({ unique, elements, where = '' }: IndexModel): Names {
  const isPlain = where === '' && elements.every(({ expression }) => expression === undefined)
  if (!unique && isPlain) return none
  return new Set(
    elements
      .flatMap(({ column, expression = '' }) => [
        ...namesInExpression(expression),
        ...(column === undefined ? [] : [foldName(column)]),
      ])
      .concat([...namesInExpression(where)]),
  )
}

/** Each thing that can refuse a row of the table, by the columns that it looks at together. */
function rulesOf(table: TableModel): readonly Names[] {
  return [...table.constraints.map(namesOfConstraint), ...table.indexes.map(namesOfIndex)]
}

/** The columns and the generated ones that are computed from them. */
function withGenerated(table: TableModel, names: Names): Names {
  const all = new Set(names)
  for (let size = -1; size !== all.size; ) {
    size = all.size
    for (const { name, generated } of table.columns) {
      if (generated !== undefined && intersects(namesInExpression(generated.expression), all)) all.add(foldName(name))
    }
  }
  return all
}

const isKey = (table: TableModel, column: string): boolean =>
  table.constraints.some((one) => one.kind === 'primaryKey' && one.columns.includes(column))

/** Whether SQLite would store a value otherwise than before. A key column may become the rowid, or cease to be it. */
function convertsValues({ before, after }: Change, from: ColumnModel, to: ColumnModel): boolean {
  const [oldType, newType] = [toSql(from.type), toSql(to.type)]
  if (from.type.kind === 'enum' || to.type.kind === 'enum') return JSON.stringify(from.type) !== JSON.stringify(to.type)
  if (oldType === newType) return false
  if (affinityOf(oldType) !== affinityOf(newType)) return true
  return after.options.strict === true || isKey(before, from.name)
}

function alterColumn(change: Change<OperationOf<'alterColumn'>>): Effect {
  const { operation, before, after } = change
  const [from, to] = [findColumn(before, operation.column), findColumn(after, operation.column)]
  if (from === undefined || to === undefined) return {}
  const itself = fold([operation.column])
  const touches =
    operation.using !== undefined ||
    convertsValues(change, from, to) ||
    from.collation !== to.collation ||
    JSON.stringify([from.generated, from.identity]) !== JSON.stringify([to.generated, to.identity])
  const isLess = from.type.kind === 'enum' && touches
  const isMore = to.type.kind === 'enum' && touches
  return {
    mentions: namesInExpression(operation.change.generated?.expression ?? ''),
    ...(touches ? { touches: itself } : {}),
    ...(isMore || (from.nullable && !to.nullable) ? { restricts: itself } : {}),
    ...(isLess || (!from.nullable && to.nullable) ? { relaxes: itself } : {}),
    ...(operation.using === undefined ? {} : { reads: namesInExpression(sqliteText(operation.using)) }),
  }
}

const effects: Effects = {
  addColumn: ({ operation: { column }, after }) => ({
    touches: fold([column.name]),
    restricts: withGenerated(after, fold([column.name])),
    mentions: namesInExpression(column.generated?.expression ?? ''),
    names: fold([column.name]),
  }),
  // What stands in the column's own definition goes along.
  dropColumn: ({ operation: { column }, before }) => ({
    relaxes: new Set([
      foldName(column),
      ...rulesOf(before).flatMap((rule) => (rule.has(foldName(column)) ? [...rule] : [])),
    ]),
  }),
  alterColumn,
  renameColumn: ({ operation: { to } }) => ({ names: fold([to]) }),
  addConstraint: ({ operation: { constraint } }) => ({
    restricts: namesOfConstraint(constraint),
    mentions: namesOfConstraint(constraint),
    ...(constraint.kind === 'primaryKey' ? { keys: namesOfConstraint(constraint) } : {}),
  }),
  dropConstraint: ({ operation: { constraint: selector }, before }) => ({
    relaxes: new Set(before.constraints.flatMap((one) => (selects(selector, one) ? [...namesOfConstraint(one)] : []))),
  }),
  renameConstraint: () => ({}),
  // STRICT converts and refuses values of all columns, and WITHOUT ROWID gives the rowids up.
  alterTableOptions: ({ before }) => ({ touches: allOf(before), relaxes: allOf(before) }),
  createIndex: ({ operation: { index } }) => ({ restricts: namesOfIndex(index), mentions: namesOfIndex(index) }),
  dropIndex: ({ operation: { index: name }, before }) => ({
    relaxes: new Set(before.indexes.flatMap((one) => (one.name === name ? [...namesOfIndex(one)] : []))),
  }),
  renameIndex: () => ({}),
}

/**
 * Whether one rebuild gives what the changes of a group give one after the other. It copies each row once, from the table
 * before the first change into the table after the last one, so nothing may depend on how a row looked in between:
 * no value is changed twice or read after it was changed, and nothing that refuses rows comes and goes, or begins before a
 * change of what it looks at, or ends after one.
 */
export class MergeRules {
  readonly #touched = new Set<string>()
  readonly #restricted = new Set<string>()
  readonly #mentioned = new Set<string>()
  /** Columns that were added with a value for each row: the default, or none. One that counts by itself numbers the rows. */
  readonly #filled = new Set<string>()
  /** Names of columns that were dropped: an expression that says one means nothing that is still there. */
  readonly #dropped = new Set<string>()

  /** Takes one change in; false where it cannot be made together with those before. */
  take({ operation, before, after }: OperationInContext<OperationOf<Mergeable>>): boolean {
    const change = { operation, before: tableOf(before, operation.table), after: tableOf(after, operation.table) }
    const effect = (effects[operation.kind] as (change: Change) => Effect)(change)
    const touches = withGenerated(change.before, effect.touches ?? none)
    if (this.#isBarred(change.before, { ...effect, touches })) return false
    for (const name of touches) this.#touched.add(name)
    for (const name of effect.restricts ?? none) this.#restricted.add(name)
    for (const name of effect.mentions ?? none) this.#mentioned.add(name)
    this.#follow(operation)
    return true
  }

  #isBarred(before: TableModel, effect: Effect): boolean {
    const { touches = none, relaxes = none, reads = none, names = none, keys = none } = effect
    if (intersects(keys, this.#filled) || intersects(names, this.#mentioned)) return true
    const [touched, restricted] = [this.#touched, this.#restricted]
    if (intersects(touches, touched) || intersects(touches, restricted)) return true
    if (intersects(relaxes, touched) || intersects(relaxes, restricted)) return true
    if (intersects(reads, touched) || intersects(reads, this.#dropped)) return true
    if (intersects(reads, indirect) && touched.size + this.#dropped.size > 0) return true
    return rulesOf(before).some((rule) => intersects(rule, touches) && intersects(rule, touched))
  }

  #follow(operation: Operation): void {
    if (operation.kind === 'addColumn' && operation.column.identity === undefined) {
      this.#filled.add(foldName(operation.column.name))
    }
    if (operation.kind === 'dropColumn') {
      const name = foldName(operation.column)
      this.#touched.delete(name)
      this.#restricted.delete(name)
      this.#filled.delete(name)
      this.#dropped.add(name)
    }
    if (operation.kind !== 'renameColumn') return
    const [from, to] = [foldName(operation.column), foldName(operation.to)]
    for (const names of [this.#touched, this.#restricted, this.#filled]) if (names.delete(from)) names.add(to)
  }
}
