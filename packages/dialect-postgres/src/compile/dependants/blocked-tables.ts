import {
  type BlockedTable,
  findTable,
  type Operation,
  type OperationKind,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'

type OperationOf<K extends OperationKind> = Extract<Operation, { readonly kind: K }>
type ForTable<K extends OperationKind> = (operation: OperationOf<K>, before: SchemaModel) => readonly BlockedTable[]
type Answers = { readonly [K in OperationKind]: ForTable<K> }

const none = (): readonly BlockedTable[] => []
const all = (...tables: readonly TableRef[]): readonly BlockedTable[] => tables.map((table) => ({ table, who: 'all' }))
const writers = (...tables: readonly TableRef[]): readonly BlockedTable[] =>
  tables.map((table) => ({ table, who: 'writers' }))
const own = ({ table }: { readonly table: TableRef }): readonly BlockedTable[] => all(table)

/** The other tables that foreign keys of a table refer to. */
function referencedBy(table: TableModel | undefined, concerns: (columns: readonly string[]) => boolean): TableRef[] {
  return (table?.constraints ?? []).flatMap((each) =>
    each.kind === 'foreignKey' && concerns(each.columns) ? [each.references.table] : [],
  )
}

/** The tables whose foreign keys refer to a table. */
const referrersOf = (before: SchemaModel, to: TableRef): TableRef[] =>
  [...before.tables.values()]
    .filter((table) => referencedBy(table, () => true).some((ref) => tableKey(ref) === tableKey(to)))
    .map(({ ref }) => ref)

const withType = (before: SchemaModel, type: TableRef): TableRef[] =>
  [...before.tables.values()]
    .filter(({ columns }) =>
      columns.some(({ type: of }) => of.kind === 'enum' && of.name === type.name && of.schema === type.schema),
    )
    .map(({ ref }) => ref)

/** The lock of each statement: https://www.postgresql.org/docs/current/explicit-locking.html and the page of the command. */
const answers: Answers = {
  createTable: ({ table }) => writers(...referencedBy(table, () => true)),
  dropTable: ({ table }, before) =>
    all(table, ...referencedBy(findTable(before, table), () => true), ...referrersOf(before, table)),
  renameTable: own,
  // Storage parameters take SHARE UPDATE EXCLUSIVE; the words of CREATE TABLE rewrite the table.
  alterTableOptions: ({ table, options }) =>
    Object.keys(options).some((name) => name === 'unlogged') ? all(table) : [],
  addColumn: own,
  dropColumn: ({ table, column }, before) =>
    all(table, ...referencedBy(findTable(before, table), (columns) => columns.includes(column))),
  // A comment takes SHARE UPDATE EXCLUSIVE.
  alterColumn: ({ table, change }) => (Object.keys(change).every((what) => what === 'comment') ? [] : all(table)),
  renameColumn: own,
  addConstraint: ({ table, constraint }) =>
    constraint.kind === 'foreignKey' ? writers(table, constraint.references.table) : all(table),
  dropConstraint: ({ table, constraint: dropped }, before) =>
    all(
      table,
      ...(findTable(before, table)?.constraints ?? []).flatMap((each) =>
        each.kind === 'foreignKey' &&
        ('name' in dropped
          ? each.name === dropped.name
          : dropped.kind === 'foreignKey' && String(dropped.columns) === String(each.columns))
          ? [each.references.table]
          : [],
      ),
    ),
  renameConstraint: own,
  createIndex: (operation) => (operation.concurrently ? [] : writers(operation.table)),
  dropIndex: (operation) => (operation.concurrently ? [] : all(operation.table)),
  renameIndex: none,
  createSchema: none,
  dropSchema: none,
  setSchema: ({ object, ref }) => (object === 'table' ? all(ref) : []),
  createEnum: none,
  // A value is added or renamed in the catalog; else the columns get another type.
  alterEnum: ({ enum: type, drop, order }, before) =>
    drop === undefined && order === undefined ? [] : all(...withType(before, type)),
  renameEnum: none,
  dropEnum: none,
  createView: none,
  replaceView: none,
  renameView: none,
  dropView: none,
  createTrigger: ({ trigger }) => writers(trigger.table),
  dropTrigger: own,
  setRowSecurity: own,
  // ACCESS EXCLUSIVE, all of them: https://www.postgresql.org/docs/current/sql-createpolicy.html
  createPolicy: own,
  alterPolicy: own,
  dropPolicy: own,
  createSequence: none,
  alterSequence: none,
  dropSequence: none,
  createExtension: none,
  dropExtension: none,
  setComment: none,
  insertRows: none,
  deleteRows: none,
  expectNone: none,
  sql: ({ effects = [] }, before) => effects.flatMap((effect) => blocked(before, effect)),
  run: none,
}

/** Whose statements wait for the end of the transaction, from an operation on. */
export function blocked<K extends OperationKind>(
  before: SchemaModel,
  operation: Extract<Operation, { readonly kind: K }>,
): readonly BlockedTable[] {
  return (answers[operation.kind as K] as ForTable<K>)(operation, before)
}
