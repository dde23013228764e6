import {
  bigint,
  boolean,
  bytes,
  double,
  expression,
  integer,
  native,
  now,
  type OperationRecorder,
  text,
  varchar,
} from '@org/migrate-core'
import type { Change, DefaultChoice, TypeChoice } from './spec.ts'

type AlterTable = Parameters<Parameters<OperationRecorder['alterTable']>[1]>[0]
type Column = Parameters<AlterTable['alterColumn']>[1]

function typeOf(choice: TypeChoice): NonNullable<Column['type']> {
  if ('native' in choice) return native('sqlite', choice.native)
  return { text, integer, bigint, double, bytes, boolean, varchar: () => varchar(30) }[choice.logical]()
}

function defaultOf(choice: DefaultChoice): NonNullable<Column['default']> | null {
  if ('now' in choice) return now()
  return 'expression' in choice ? expression(choice.expression) : choice.literal
}

type InTable = Exclude<Change, { kind: 'renameTable' }>
type Recorders = { readonly [K in InTable['kind']]: (t: AlterTable, change: Extract<Change, { kind: K }>) => void }

const recorders: Recorders = {
  type(t, change) {
    t.alterColumn(change.column, {
      type: typeOf(change.to),
      ...(change.using === undefined ? {} : { using: change.using }),
    })
  },
  nullable(t, change) {
    t.alterColumn(change.column, {
      nullable: change.nullable,
      ...(change.using === undefined ? {} : { using: change.using }),
    })
  },
  default(t, change) {
    // `default: null` takes the default away; DEFAULT NULL is not among the generated changes
    t.alterColumn(change.column, { default: change.to === null ? null : defaultOf(change.to) })
  },
  collation(t, change) {
    t.alterColumn(change.column, { collation: change.to })
  },
  generated(t, change) {
    t.alterColumn(change.column, { generated: { as: expression(change.expression), stored: change.stored } })
  },
  autoincrement(t, change) {
    t.alterColumn(change.column, { identity: change.on ? { mode: 'autoIncrement' } : null })
  },
  addColumn(t, change) {
    t.addColumn(change.column, typeOf(change.type), {
      nullable: change.nullable,
      ...(change.default === undefined ? {} : { default: defaultOf(change.default) }),
      ...(change.collation === undefined ? {} : { collation: change.collation }),
      ...(change.generated === undefined
        ? {}
        : { generated: { as: expression(change.generated.expression), stored: change.generated.stored } }),
    })
  },
  dropColumn(t, change) {
    t.dropColumn(change.column)
  },
  renameColumn(t, change) {
    t.renameColumn(change.column, change.to)
  },
  addUnique(t, change) {
    t.addUnique(change.columns, change.name === undefined ? {} : { name: change.name })
  },
  addPrimaryKey(t, change) {
    t.addPrimaryKey(change.columns, change.name === undefined ? {} : { name: change.name })
  },
  addCheck(t, change) {
    t.addCheck(expression(change.expression), change.name === undefined ? {} : { name: change.name })
  },
  addForeignKey(t, change) {
    t.addForeignKey({
      columns: [change.column],
      references: { table: change.table, columns: [change.key] },
      onDelete: change.onDelete,
      ...(change.name === undefined ? {} : { name: change.name }),
    })
  },
  dropConstraint(t, change) {
    const { name, what, columns, expression: expressionText = '' } = change
    if (name !== undefined) t.dropConstraint(name)
    else if (what === 'check') t.dropConstraint({ kind: 'check', expression: expressionText })
    else if (what === 'primaryKey') t.dropConstraint({ kind: 'primaryKey' })
    else t.dropConstraint({ kind: what, columns })
  },
  options(t, change) {
    t.options({ [change.option]: change.on ? true : null })
  },
  createIndex(t, change) {
    t.createIndex(change.name, change.columns, { unique: change.unique })
  },
  dropIndex(t, change) {
    t.dropIndex(change.name)
  },
}

function apply(t: AlterTable, change: InTable): void {
  const recorder = recorders[change.kind] as (t: AlterTable, change: InTable) => void
  recorder(t, change)
}

/** Records the changes of one revision, the way a revision file would. */
export function record(op: OperationRecorder, table: string, changes: readonly Change[]): void {
  let name = table
  for (const change of changes) {
    if (change.kind === 'renameTable') {
      op.renameTable(name, change.to)
      name = change.to
    } else op.alterTable(name, (t) => apply(t, change))
  }
}
