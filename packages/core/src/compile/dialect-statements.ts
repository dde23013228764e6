import type { CompileTable } from '../dialect/compiler.ts'
import type { DialectRows } from '../dialect/rows.ts'
import { counted } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { BuiltInDialect } from '../model/column-type.ts'
import { findColumn, findTable, refText, tableKey } from '../model/edit.ts'
import type { ColumnModel, SchemaModel, TableModel, TableRef, ViewModel } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'
import type { RowValue } from '../operations/operation.ts'
import { decodeRowValue } from '../operations/recorder/row-values.ts'
import type { SqlGrammar } from '../sql/lexer.ts'
import { partsOfSql } from '../sql/split-statements.ts'
import type { Statement } from '../sql/statement.ts'
import { type SqlFragment, sql } from '../sql/tag.ts'
import { noneExpected, type SqlSyntax } from './expect-none.ts'
import { unsupported } from './unsupported.ts'

/*
 * What the compilers of all dialects have alike.
 */

/** What is said of a statement besides its text and its tables. */
export type StatementExtras = Omit<Statement, 'sql' | 'transaction' | 'tables'>

/** One statement about `tables` that belongs to the transaction it stands in. */
export function statement(
  text: SqlFragment | string,
  tables: readonly TableRef[],
  extra: StatementExtras = {},
): Statement {
  return { sql: typeof text === 'string' ? text : text.text, transaction: 'any', tables, ...extra }
}

/** The error for what `apply` of the model has to have found already. */
export function notInSchema(object: string): MigrateError {
  return new MigrateError('INTERNAL', { where: 'compile' }, `${object} is not in the schema it is compiled against`)
}

export function tableOf(model: SchemaModel, ref: TableRef): TableModel {
  const table = findTable(model, ref)
  if (table !== undefined) return table
  throw notInSchema(`table ${refText(ref)}`)
}

export function columnOf(table: TableModel, name: string): ColumnModel {
  const column = findColumn(table, name)
  if (column !== undefined) return column
  throw notInSchema(`column ${refText(table.ref)}.${name}`)
}

export function viewOf(model: SchemaModel, ref: TableRef): ViewModel {
  const view = model.views.get(tableKey(ref))
  if (view !== undefined) return view
  throw notInSchema(`view ${refText(ref)}`)
}

interface Reason {
  readonly why: string
  readonly remedy?: string
}

/** What a server does not have, and what to do instead. */
export interface MissingObjects {
  readonly dialect: BuiltInDialect
  /** The server for people. */
  readonly server: string
  readonly schemas: Reason
  readonly enums: Reason
  readonly extensions: Reason
}

/** For a server without schemas, enum types, row security and extensions: an error each, never nothing. */
export function missingObjects({ dialect, server, schemas, enums, extensions }: MissingObjects) {
  const refuse = (operation: string, { why, remedy }: Reason): never => {
    throw unsupported(dialect, operation, why, remedy)
  }
  const values: Reason = {
    why: enums.why,
    remedy: 'Change the columns: `alterColumn(name, { type: enumeration([…]) })`.',
  }
  const rows: Reason = {
    why: `${server} has no row security: every user that may read a table sees all of its rows`,
    remedy: 'Leave row security and policies to PostgreSQL with op.on().',
  }
  const statements = {
    createSchema: ({ operation: { schema } }) => refuse(`create schema ${schema}`, schemas),
    dropSchema: ({ operation: { schema } }) => refuse(`drop schema ${schema}`, schemas),
    setSchema: ({ operation: { object, ref } }) => refuse(`move ${object} ${ref.name} to another schema`, schemas),
    createEnum: ({ operation }) => refuse(`create enum ${operation.enum.ref.name}`, enums),
    alterEnum: ({ operation }) => refuse(`change enum ${operation.enum.name}`, values),
    renameEnum: ({ operation }) => refuse(`rename enum ${operation.enum.name}`, enums),
    dropEnum: ({ operation }) => refuse(`drop enum ${operation.enum.name}`, enums),
    setRowSecurity: ({ operation: { table } }) => refuse(`set row security of ${table.name}`, rows),
    createPolicy: ({ operation: { policy, table } }) => refuse(`create policy ${policy.name} of ${table.name}`, rows),
    alterPolicy: ({ operation: { policy, table } }) => refuse(`change policy ${policy} of ${table.name}`, rows),
    dropPolicy: ({ operation: { policy, table } }) => refuse(`drop policy ${policy} of ${table.name}`, rows),
    createExtension: ({ operation: { extension } }) => refuse(`create extension ${extension}`, extensions),
    dropExtension: ({ operation: { extension } }) => refuse(`drop extension ${extension}`, extensions),
  } satisfies Partial<CompileTable>
  return {
    statements,
    /** Throws UNSUPPORTED for a table that is to hide rows. */
    requireNoRowSecurity({ ref, rowSecurity, policies = [] }: TableModel): void {
      if (rowSecurity !== undefined || policies.length > 0) refuse(`row security of ${ref.name}`, rows)
    },
  }
}

const programs = /\b(?:trigger|procedure|function|event|package|begin|declare)\b/i

/** For a server that is sent one statement at a time. Programs, whose bodies have several, are left to it. Throws INVALID_OPERATION. */
export function requireOneStatement(text: string, grammar: SqlGrammar): void {
  if (!/;\s*\S/.test(text) || programs.test(text)) return
  const { length } = partsOfSql(text, grammar).flatMap(({ statements }) => statements)
  if (length < 2) return
  const [operation, why] = ['sql', `its text is ${length} statements, and the server takes one at a time`]
  throw new MigrateError('INVALID_OPERATION', { operation, why }, `${operation}: ${why}`, {
    remedy: 'Call op.sql once for each statement.',
  })
}

/** What authors write in SQL. `extra`: what the server needs to know of a statement that may stand in a transaction. */
export function authoredStatements(
  dialect: BuiltInDialect,
  syntax: SqlSyntax,
  extra: (sql: string, nonTransactional: boolean) => StatementExtras,
): Pick<CompileTable, 'sql' | 'run' | 'expectNone'> {
  return {
    sql: ({ operation: { text, nonTransactional = false } }) => {
      const sql = typeof text === 'string' ? text : text[dialect]
      return [{ sql, transaction: nonTransactional ? 'none' : 'any', ...extra(sql, nonTransactional) }]
    },
    // Data work is a function of the revision: it has no text.
    run: () => [],
    expectNone: ({ operation: { what, query } }) => [
      noneExpected(what, typeof query === 'string' ? query : query[dialect], syntax),
    ],
  }
}

const mostRows = 500

/** Rows as they go into one statement each, with their number for people. `mostValues`: how many values a statement may have. */
export function rowParts(
  rows: readonly (readonly RowValue[])[],
  width: number,
  mostValues: number,
): readonly { readonly part: readonly (readonly RowValue[])[]; readonly count: string }[] {
  const size = Math.max(1, Math.min(mostRows, Math.floor(mostValues / Math.max(1, width))))
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => {
    const part = rows.slice(at * size, (at + 1) * size)
    return { part, count: counted(part.length, 'row') }
  })
}

/** `"a" = 1`, where the column of that name has what the server stores for the value. */
export function equals(
  { quote, stored }: Pick<DialectRows, 'stored'> & { readonly quote: { identifier(name: string): SqlFragment } },
  table: TableModel | undefined,
  name: string,
  value: SqlFragment,
): SqlFragment {
  const column = table && findColumn(table, name)
  return sql`${quote.identifier(name)} = ${(column && stored?.(value, column)) ?? value}`
}

/** What gives the values of a row as the columns of these names take them, as far as the schema is known. */
export function fittedTo(
  fitted: DialectRows['fitted'],
  model: SchemaModel | undefined,
  ref: TableRef,
  names: readonly string[],
): (row: readonly RowValue[]) => readonly SqlValue[] {
  const table = model && findTable(model, ref)
  const columns = names.map((name) => table && findColumn(table, name))
  return (row) =>
    columns.map((column, at) => {
      const value = decodeRowValue(row[at] ?? null)
      return column === undefined ? value : (fitted?.(value, column) ?? value)
    })
}
