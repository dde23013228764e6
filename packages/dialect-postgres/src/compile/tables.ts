import {
  type CompileTable,
  type ConstraintModel,
  join,
  joinWithSpaces,
  type RowSecurity,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Features } from '../sql/version.ts'
import { typeOf } from '../types/canonicalise.ts'
import { enumCheckName, enumValues } from '../types/enum-check.ts'
import { commentsOf } from './comments.ts'
import { addConstraint, dropNamed, keysTo } from './constraints.ts'
import { columnDefinition, constraintDefinition } from './definitions/definitions.ts'
import { extraStatements, requireRestorable } from './dependants/extras.ts'
import { createIndex } from './indexes.ts'
import { isTableKeyword, parameterName, storageParameters, tableSuffix } from './options.ts'
import { createPolicy, rowSecurity } from './policies.ts'
import { renameSequences } from './sequences.ts'
import { alterTable, refText, sameRef, statement, tableOf } from './statements.ts'

/**
 * Constraints that CREATE TABLE would not make as they are said: NOT VALID is taken without a word and the constraint is
 * valid, and of keys over the same columns only the first is made.
 */
function isLater(constraint: ConstraintModel, at: number, all: readonly ConstraintModel[]): boolean {
  if ('notValid' in constraint && constraint.notValid === true) return true
  const columns = JSON.stringify('columns' in constraint ? constraint.columns : [])
  return (
    constraint.kind === 'unique' &&
    all.some(
      (other, index) =>
        (other.kind === 'primaryKey' || (other.kind === 'unique' && index < at)) &&
        JSON.stringify(other.columns) === columns,
    )
  )
}

/** A key of the table to itself that stands on a unique index alone, which is made behind CREATE TABLE. */
function needsIndex({ ref, constraints }: TableModel, constraint: ConstraintModel): boolean {
  if (constraint.kind !== 'foreignKey' || !sameRef(constraint.references.table, ref)) return false
  // In any order: https://www.postgresql.org/docs/current/sql-createtable.html
  const columns = [...constraint.references.columns].sort()
  if (columns.length === 0) return false
  return !constraints.some(
    (one) =>
      (one.kind === 'primaryKey' || one.kind === 'unique') &&
      JSON.stringify([...one.columns].sort()) === JSON.stringify(columns),
  )
}

const onlySet = ({ enabled, forced }: RowSecurity): Partial<RowSecurity> => ({
  ...(enabled ? { enabled } : {}),
  ...(forced ? { forced } : {}),
})

function createTable(table: TableModel, features: Features): readonly Statement[] {
  const { ref } = table
  for (const each of [table, ...table.columns, ...table.constraints]) requireRestorable(`table ${refText(ref)}`, each)
  const behind = table.constraints.filter((one, at, all) => isLater(one, at, all) || needsIndex(table, one))
  const [keys, rest] = [
    behind.filter(({ kind }) => kind === 'foreignKey'),
    behind.filter(({ kind }) => kind !== 'foreignKey'),
  ]
  const lines = [
    ...table.columns.map((column) => columnDefinition(ref, column, features)),
    ...table.constraints.filter((one) => !behind.includes(one)).map((one) => constraintDefinition(one, features)),
  ]
  const text = joinWithSpaces(
    sql`CREATE`,
    table.options.unlogged === true && sql`UNLOGGED`,
    sql`TABLE ${quote.table(ref)} (\n  ${join(lines, ',\n  ')}\n)`,
    tableSuffix(table.options),
  )
  return [
    statement(text.text.trimEnd(), [ref]),
    ...rest.map((one) => addConstraint(ref, one, features)),
    ...table.indexes.flatMap((index) => createIndex({ table: ref, index }, features)),
    ...keys.map((one) => addConstraint(ref, one, features)),
    ...commentsOf(table),
    ...(table.rowSecurity === undefined ? [] : rowSecurity(ref, onlySet(table.rowSecurity))),
    ...(table.policies ?? []).flatMap((policy) => createPolicy(ref, policy)),
    ...table.constraints.flatMap(({ extras, name }) => extraStatements(extras, { table: ref, name })),
    ...extraStatements(table.extras, { table: ref }),
    // What is revoked of a table is revoked of its columns: their own privileges come after.
    ...table.columns.flatMap(({ extras }) => extraStatements(extras, { table: ref })),
  ]
}

/** The CHECK of an enum without a type is known by its name, which holds the table's and the column's. */
export function renameEnumChecks(
  table: TableModel,
  at: TableRef,
  rename: (column: string) => { readonly table: string; readonly column: string },
): readonly Statement[] {
  return table.columns.flatMap((column) => {
    if (enumValues(typeOf(column)) === undefined) return []
    const now = rename(column.name)
    const from = quote.identifier(enumCheckName(table.ref.name, column.name))
    const to = quote.identifier(enumCheckName(now.table, now.column))
    return from.text === to.text ? [] : [alterTable(at, sql`RENAME CONSTRAINT ${from} TO ${to}`)]
  })
}

function alterOption(table: TableRef, option: string, value: string | boolean | null): Statement {
  if (option === 'unlogged') {
    return alterTable(table, value === true ? sql`SET UNLOGGED` : sql`SET LOGGED`, { note: `rewrite ${table.name}` })
  }
  if (isTableKeyword(option)) {
    unsupported(
      `option ${option} of ${refText(table)}`,
      'it is decided when the table is created',
      'In a revision, create a table of another name as it should be, copy the rows, drop the old table, and rename the new one.',
    )
  }
  return value === null
    ? alterTable(table, sql`RESET (${parameterName(option)})`)
    : alterTable(table, sql`SET (${storageParameters([[option, value]])})`)
}

export function tableStatements(
  features: Features,
): Pick<CompileTable, 'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> {
  return {
    createTable: ({ operation: { table } }) => createTable(table, features),
    dropTable: ({ operation: { table, cascade }, before }) => [
      // CASCADE would take views along without a word: only the foreign keys were meant.
      ...(cascade ? keysTo(before, table).map(({ table: from, key }) => dropNamed(from, key)) : []),
      statement(sql`DROP TABLE ${quote.table(table)}`, [table]),
    ],
    renameTable: ({ operation: { table, to }, before }) => {
      const target = { ...table, name: to }
      return [
        { ...alterTable(table, sql`RENAME TO ${quote.identifier(to)}`), tables: [table, target] },
        ...renameSequences(before, { table, to: target }),
        ...renameEnumChecks(tableOf(before, table), target, (column) => ({ table: to, column })),
      ]
    },
    alterTableOptions: ({ operation: { table, options } }) =>
      Object.entries(options).map(([option, value]) => alterOption(table, option, value)),
  }
}
