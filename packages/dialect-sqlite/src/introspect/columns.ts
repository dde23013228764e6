import { assign, type ColumnModel, type ColumnType } from '@org/migrate-core/dialect'
import { slice } from '../ddl/cursor.ts'
import { columnNames, expressionText } from '../ddl/quoted-strings.ts'
import type { ColumnPart, ColumnPartKind, ColumnPartOf, ParsedColumn, ParsedTable } from '../ddl/table-tree.ts'
import { isKeyword, nameOf, sameName, significant, tokenize } from '../sql/tokenize.ts'
import { readDefault } from '../types/defaults.ts'
import { checkWord, conflictWord, enumCheck } from '../types/definition-text.ts'
import { fromSql } from '../types/types.ts'

/** The last part of a kind: where SQLite lets a column say a thing twice, the last one holds. */
export function lastPart<K extends ColumnPartKind>(column: ParsedColumn, kind: K): ColumnPartOf<K> | undefined {
  return column.parts.findLast((part): part is ColumnPartOf<K> => part.kind === kind)
}

export function typeTextOf(table: ParsedTable, column: ParsedColumn): string {
  return column.type === undefined ? '' : slice(table.source, column.type)
}

interface KeyOfTable {
  readonly columns: readonly string[]
  readonly autoIncrement: boolean
  readonly descending: boolean
}

function findPrimaryKey(table: ParsedTable): KeyOfTable | undefined {
  for (const column of table.columns) {
    const part = lastPart(column, 'primaryKey')
    if (part === undefined) continue
    const autoIncrement = part.autoIncrement !== undefined
    return { columns: [column.name.name], autoIncrement, descending: part.order === 'desc' }
  }
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'primaryKey') continue
    const columns = constraint.columns.map(({ name }) => name.name)
    return { columns, autoIncrement: constraint.autoIncrement !== undefined, descending: false }
  }
  return undefined
}

/** Each column of a table asks for it. */
const primaryKeys = new WeakMap<ParsedTable, { readonly key: KeyOfTable | undefined }>()

/** The primary key's columns with the part or constraint that makes it. */
export function primaryKeyOf(table: ParsedTable): KeyOfTable | undefined {
  const cached = primaryKeys.get(table) ?? { key: findPrimaryKey(table) }
  primaryKeys.set(table, cached)
  return cached.key
}

export function hasOption(table: ParsedTable, option: 'strict' | 'withoutRowid'): boolean {
  return table.options.some((item) => item.option === option)
}

/**
 * The column that is another name of the rowid: the only column of the primary key, of the type INTEGER to the letter,
 * in a rowid table. `INTEGER PRIMARY KEY DESC` inside the column is not one: an early mistake that SQLite keeps.
 */
export function rowidAlias(table: ParsedTable): string | undefined {
  const key = primaryKeyOf(table)
  if (key === undefined || key.columns.length !== 1 || key.descending || hasOption(table, 'withoutRowid'))
    return undefined
  const column = table.columns.find(({ name }) => sameName(name.name, key.columns[0] ?? ''))
  if (column === undefined) return undefined
  const type = significant(tokenize(typeTextOf(table, column)))
  const only = type[0]
  return type.length === 1 && only !== undefined && (nameOf(only) ?? '').toUpperCase() === 'INTEGER'
    ? column.name.name
    : undefined
}

/** The values of an enum: this package writes one as TEXT with a CHECK of exactly this form. */
export function enumPart(table: ParsedTable, column: ParsedColumn): { part: ColumnPart; values: string[] } | undefined {
  for (const part of column.parts) {
    if (part.kind !== 'check' || part.name !== undefined) continue
    if (typeTextOf(table, column).toUpperCase() !== 'TEXT') return undefined
    const text = slice(table.source, part.expression)
    const values = significant(tokenize(text)).flatMap((token) =>
      token.kind === 'string' ? [nameOf(token) ?? ''] : [],
    )
    if (values.length > 0 && enumCheck(column.name.name, values).text === text) return { part, values }
  }
  return undefined
}

/** A column as the text declares it. */
export function readColumn(table: ParsedTable, column: ParsedColumn): ColumnModel {
  const { source } = table
  const values = enumPart(table, column)?.values
  const type: ColumnType = values === undefined ? fromSql(typeTextOf(table, column)) : { kind: 'enum', values }
  const key = primaryKeyOf(table)
  const inKey = key?.columns.some((name) => sameName(name, column.name.name)) ?? false
  // A rowid is never NULL, and WITHOUT ROWID and STRICT tables make their key NOT NULL by themselves.
  const keyNotNull =
    inKey && (hasOption(table, 'withoutRowid') || hasOption(table, 'strict') || rowidAlias(table) === column.name.name)
  const fallback = lastPart(column, 'default')
  const generated = lastPart(column, 'generated')
  let model: ColumnModel = {
    name: column.name.name,
    type,
    nullable: !keyNotNull && lastPart(column, 'notNull') === undefined,
  }
  model = assign(model, 'default', fallback === undefined ? undefined : readDefault(source, fallback, type))
  if (generated !== undefined) {
    model = {
      ...model,
      generated: {
        expression: expressionText(source, generated.expression, columnNames(table)),
        stored: generated.stored,
      },
    }
  }
  if (inKey && key?.autoIncrement) model = { ...model, identity: { mode: 'autoIncrement' } }
  const conflict = conflictOf(table, column)
  const own = enumPart(table, column)?.part
  const checks = column.parts.filter((part) => part.kind === 'check' && part !== own)
  const extras = [
    ...(conflict === undefined ? [] : [{ what: conflictWord, statements: [[{ text: conflict }]] }]),
    // They go with the column, and come back with it.
    ...checks.map((part) => ({
      what: checkWord,
      statements: [[{ text: slice(source, part) }]],
      isConstraint: true as const,
    })),
  ]
  if (extras.length > 0) model = { ...model, extras }
  return assign(model, 'collation', lastPart(column, 'collate')?.collation.name)
}

/** What becomes of a row whose value is NULL: https://www.sqlite.org/lang_conflict.html */
function conflictOf({ source }: ParsedTable, column: ParsedColumn): string | undefined {
  const part = lastPart(column, 'notNull')
  if (part === undefined) return undefined
  const text = slice(source, part)
  if (!/conflict/i.test(text)) return undefined
  const tokens = significant(tokenize(text))
  const at = tokens.findIndex((token) => isKeyword(token, 'CONFLICT'))
  return at === -1 ? undefined : `ON CONFLICT ${tokens[at + 1]?.text.toUpperCase()}`
}
