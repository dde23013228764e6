import type { Dialect } from '../../../dialect/dialect.ts'
import type { DialectPreserving, PreservedForm } from '../../../dialect/preserving.ts'
import { findColumn } from '../../../model/edit.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { namePrint, nothing, valueLength } from '../row-print.ts'

/** A column of a table with the form of its preserved values. */
export interface FormedColumn {
  readonly name: string
  readonly form: PreservedForm
}

/** What a server computes of the rows of one table by itself: the same texts as core makes of what it reads. */
export interface TableForm {
  readonly dialect: Dialect
  readonly preserving: DialectPreserving
  readonly table: TableModel
}

/** Undefined where only core preserves values. */
export async function tableForm(dialect: Dialect, table: TableModel | undefined): Promise<TableForm | undefined> {
  const preserving = await dialect.preserving?.()
  // Of several rows with one key SQL would take any.
  if (preserving === undefined || table === undefined || table.hasHeirs === true) return undefined
  return { dialect, preserving, table }
}

/** Undefined where the server has no form of one of the columns. */
export function formed(
  { preserving, table }: TableForm,
  names: readonly string[],
): readonly FormedColumn[] | undefined {
  const columns = names.flatMap((name) => {
    const column = findColumn(table, name)
    const form = column && preserving.form(column)
    return form === undefined ? [] : [{ name, form }]
  })
  return columns.length < names.length ? undefined : columns
}

/** The alias of the table whose values are preserved. */
export const rowAlias = '$row'

export function columnOf({ dialect }: TableForm, name: string): SqlFragment {
  return sql`${dialect.sql.quote.identifier(rowAlias)}.${dialect.sql.quote.identifier(name)}`
}

/** The text that `encodeCells` gives of a row. Columns are sorted by their names. */
export function cellsText(of: TableForm, columns: readonly FormedColumn[]): SqlFragment {
  const { dialect, preserving } = of
  const { literal } = dialect.sql.quote
  const parts = columns.flatMap(({ name, form }, at) => {
    const value = columnOf(of, name)
    const text = form.write(value)
    const quoted =
      form.encoding === 'int' ? preserving.concat([literal('"'), text, literal('"')]) : preserving.jsonString(text)
    const cell = preserving.concat([literal(`["${form.encoding}",`), quoted, literal(']')])
    return [
      literal(`${at === 0 ? '[' : ','}[${JSON.stringify(name)},`),
      sql`CASE WHEN ${value} IS NULL THEN ${literal('["json",null]')} ELSE ${cell} END`,
      literal(at === columns.length - 1 ? ']]' : ']'),
    ]
  })
  return preserving.concat(parts)
}

/** Whether a value is that of a preserved text, byte for byte. */
export const isText = (
  { dialect }: TableForm,
  form: PreservedForm,
  value: SqlFragment,
  text: SqlFragment,
): SqlFragment => dialect.values.sameText((form.compared ?? form.write)(value), text)

/**
 * Whether a row is the one that a preserved key names, and the key is of these columns.
 *
 * @param names what the columns are called in the key
 */
export function isRowOf(
  of: TableForm,
  columns: readonly FormedColumn[],
  key: SqlFragment,
  names: readonly string[] = columns.map(({ name }) => name),
): SqlFragment {
  const { dialect, preserving } = of
  const { literal } = dialect.sql.quote
  const [first, ...following] = columns
  const beginning = `[[${JSON.stringify(names[0])},["${first?.form.encoding}",`
  // Core writes what SQL can't under another encoding, and its text read as of this one may be the key of another row. Not from the first
  // character, which each key has: MariaDB 11.8 takes that for a range of an index, and ends by signal 11 where the key is of an outer row.
  const isOfColumns = [
    sql`SUBSTR(${key}, 2, ${[...beginning].length - 1}) = ${literal(beginning.slice(1))}`,
    ...following.flatMap(({ form }, at) => [
      sql`${preserving.jsonItem(key, [at + 1, 0])} = ${literal(names[at + 1] ?? '')}`,
      sql`${preserving.jsonItem(key, [at + 1, 1, 0])} = ${literal(form.encoding)}`,
    ]),
  ]
  const isEqual = columns.flatMap(({ name, form }, at) => {
    const item = preserving.jsonItem(key, [at, 1, 1])
    const value = columnOf(of, name)
    const equal = sql`${value} = ${form.read(item)}`
    // Collations may find other texts to be equal.
    return form.encoding === 'text' ? [equal, isText(of, form, value, item)] : [equal]
  })
  return join(
    [...isOfColumns, ...isEqual].map((each) => sql`(${each})`),
    ' AND ',
  )
}

/** The print of a row (`printRow`); undefined where only core can tell it. */
export function printText(of: TableForm, names: readonly string[]): SqlFragment | undefined {
  const { dialect, preserving } = of
  const { literal } = dialect.sql.quote
  const columns = formed(of, names)
  if (columns === undefined) return undefined
  const printed = columns
    .map((column) => ({ ...column, print: namePrint(column.name) }))
    .sort((a, b) => (a.print < b.print ? -1 : 1))
  if (new Set(printed.map(({ print }) => print)).size < printed.length) return undefined
  return preserving.concat([
    literal(''),
    ...printed.flatMap(({ name, form, print }) => {
      const value = columnOf(of, name)
      const { encoding, text } = form.hashed?.(value) ?? { encoding: form.encoding, text: form.write(value) }
      const hash = preserving.sha256(preserving.concat([literal(`${encoding}:`), text]))
      return [
        literal(print),
        sql`CASE WHEN ${value} IS NULL THEN ${literal(nothing)} ELSE SUBSTR(${hash}, 1, ${valueLength}) END`,
      ]
    }),
  ])
}

export const aliased = ({ dialect, table }: TableForm): SqlFragment =>
  sql`${dialect.sql.quote.table(table.ref)} AS ${dialect.sql.quote.identifier(rowAlias)}`
