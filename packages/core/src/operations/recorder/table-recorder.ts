import type { Expression } from '../../declare/column.ts'
import { columnModel, indexModel, policyModel, tableRef, textOf } from '../../declare/to-model.ts'
import { refText } from '../../model/edit.ts'
import type {
  ColumnModel,
  ConstraintModel,
  IndexModel,
  PolicyModel,
  RowSecurity,
  TableModel,
  TableRef,
} from '../../model/schema-model.ts'
import type { ForeignKeyInput, TableRecorder } from '../recorder-types.ts'
import { checkRef, constraintText, firstRepeated, invalid } from '../traits/objects.ts'
import { checkTable } from '../traits/tables.ts'
import { plain } from './plain.ts'
import { during, type RecordingState, recorderOf } from './scope.ts'
import { checkConstraintShape } from './shape/operations.ts'

/** A reference to a table, without what else the object may carry. */
export function refOf(name: Parameters<typeof tableRef>[0]): TableRef {
  const { schema, name: own } = tableRef(name)
  return schema === undefined ? { name: own } : { schema, name: own }
}

/** The same of a name that can be used. Throws INVALID_NAME. */
export function checkedRef(name: Parameters<typeof tableRef>[0], what: string): TableRef {
  const ref = refOf(name)
  checkRef(ref, what)
  return ref
}

/** Other tools write the name of a check before its expression: the form of the call is the answer to a TypeError. */
export function checkText(expression: Expression | undefined, options: unknown): string {
  const isExpression = typeof options === 'object' && options !== null && 'sql' in options
  if (typeof options === 'string' || isExpression) throw new TypeError('the name of a check is an option')
  return textOf('a check', expression)
}

export function foreignKey({ references, ...key }: ForeignKeyInput): ConstraintModel {
  return { kind: 'foreignKey', ...key, references: { table: refOf(references.table), columns: references.columns } }
}

/** What any new table has to keep, however it was described. */
export function checkNewTable(table: TableModel): TableModel {
  const line = `create table ${refText(table.ref)}`
  checkTable(table, line)
  const texts = table.constraints.flatMap((each) => (each.name === undefined ? [] : [constraintText(each)]))
  const repeated = firstRepeated(texts)
  if (repeated !== undefined) throw invalid(line, `two constraints are called so: ${repeated}`)
  return table
}

/** The table that createTable's callback describes. */
export function describedTable(
  recording: RecordingState,
  ref: TableRef,
  define: (t: TableRecorder) => void,
): TableModel {
  const columns: ColumnModel[] = []
  const constraints: ConstraintModel[] = []
  const indexes: IndexModel[] = []
  const options = new Map<string, string | boolean>()
  const policies: PolicyModel[] = []
  const about: { comment?: string; rowSecurity?: RowSecurity } = {}
  const line = `create table ${refText(ref)}`

  const constraint = (item: ConstraintModel): void => {
    checkConstraintShape(plain(item, item.kind), item.kind)
    if (item.kind === 'primaryKey' && constraints.some(({ kind }) => kind === 'primaryKey')) {
      throw invalid(line, 'the table has two primary keys')
    }
    // Where those of several kinds may have one name is for the dialect to say.
    if (item.name !== undefined && constraints.some(({ name, kind }) => name === item.name && kind === item.kind)) {
      throw invalid(line, `two constraints are called so: ${constraintText(item)}`)
    }
    constraints.push(item)
  }
  const bodies: { readonly [K in keyof TableRecorder]: (...args: Parameters<TableRecorder[K]>) => void } = {
    column: (name, type, settings) => {
      if (columns.some((column) => column.name === name)) throw invalid(line, `the column ${name} is there twice`)
      columns.push(columnModel(name, type, settings))
    },
    primaryKey: (names, settings) => constraint({ kind: 'primaryKey', columns: names, ...settings }),
    unique: (names, settings) => constraint({ kind: 'unique', columns: names, ...settings }),
    check: (expression, settings) =>
      constraint({ kind: 'check', expression: checkText(expression, settings), ...settings }),
    foreignKey: (key) => constraint(foreignKey(key)),
    exclude: (item) => constraint({ kind: 'exclude', ...item }),
    index: (name, elements, settings) => {
      if (indexes.some((index) => index.name === name)) throw invalid(line, `the index ${name} is there twice`)
      indexes.push(indexModel(name, elements, settings))
    },
    options: (values) => {
      for (const [option, value] of Object.entries(values)) options.set(option, value)
    },
    comment: (text) => {
      about.comment = text
    },
    rowSecurity: (state) => {
      about.rowSecurity = { enabled: false, forced: false, ...state }
    },
    policy: (name, input) => {
      policies.push(policyModel(name, input))
    },
  }
  during(recording, (scope): TableRecorder => recorderOf(scope, 'createTable', [{ bodies }]), define)
  return checkNewTable({
    ref,
    columns,
    constraints,
    indexes,
    options: Object.fromEntries(options),
    ...about,
    ...(policies.length === 0 ? {} : { policies }),
  })
}
