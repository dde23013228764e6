import {
  bigint,
  boolean,
  bytes,
  double,
  expression,
  integer,
  native,
  now,
  text,
  varchar,
  type OperationRecorder,
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

function apply(t: AlterTable, change: Exclude<Change, { kind: 'renameTable' }>): void {
  switch (change.kind) {
    case 'type':
      return t.alterColumn(change.column, { type: typeOf(change.to), ...(change.using === undefined ? {} : { using: change.using }) })
    case 'nullable':
      return t.alterColumn(change.column, { nullable: change.nullable, ...(change.using === undefined ? {} : { using: change.using }) })
    case 'default':
      // `default: null` takes the default away; DEFAULT NULL is not among the generated changes
      return t.alterColumn(change.column, { default: change.to === null ? null : defaultOf(change.to) })
    case 'collation':
      return t.alterColumn(change.column, { collation: change.to })
    case 'generated':
      return t.alterColumn(change.column, { generated: { as: expression(change.expression), stored: change.stored } })
    case 'autoincrement':
      return t.alterColumn(change.column, { identity: change.on ? { mode: 'autoIncrement' } : null })
    case 'addColumn':
      return t.addColumn(change.column, typeOf(change.type), {
        nullable: change.nullable,
        ...(change.default === undefined ? {} : { default: defaultOf(change.default) }),
        ...(change.collation === undefined ? {} : { collation: change.collation }),
        ...(change.generated === undefined
          ? {}
          : { generated: { as: expression(change.generated.expression), stored: change.generated.stored } }),
      })
    case 'dropColumn':
      return t.dropColumn(change.column)
    case 'renameColumn':
      return t.renameColumn(change.column, change.to)
    case 'addUnique':
      return t.addUnique(change.columns, change.name === undefined ? {} : { name: change.name })
    case 'addPrimaryKey':
      return t.addPrimaryKey(change.columns, change.name === undefined ? {} : { name: change.name })
    case 'addCheck':
      return t.addCheck(expression(change.expression), change.name === undefined ? {} : { name: change.name })
    case 'addForeignKey':
      return t.addForeignKey({
        columns: [change.column],
        references: { table: change.table, columns: [change.key] },
        onDelete: change.onDelete,
        ...(change.name === undefined ? {} : { name: change.name }),
      })
    case 'dropConstraint': {
      if (change.name !== undefined) return t.dropConstraint(change.name)
      if (change.what === 'check') return t.dropConstraint({ kind: 'check', expression: change.expression ?? '' })
      if (change.what === 'primaryKey') return t.dropConstraint({ kind: 'primaryKey' })
      return t.dropConstraint({ kind: change.what, columns: change.columns })
    }
    case 'options':
      return t.options({ [change.option]: change.on ? true : null })
    case 'createIndex':
      return t.createIndex(change.name, change.columns, { unique: change.unique })
    case 'dropIndex':
      return t.dropIndex(change.name)
  }
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
