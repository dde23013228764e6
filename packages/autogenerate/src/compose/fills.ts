import {
  type ColumnType,
  type DefaultValue,
  type Dialect,
  refText,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { primaryColumns } from '@org/migrate-core/internal'
import type { FillChange } from '../differences/change.ts'
import type { ColumnDifference } from '../differences/table-difference.ts'
import type { Composition, Steps, TableChange } from './composition.ts'
import { sourcesOf } from './fill-sources.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A default as a value for rows that are there; undefined where it is SQL of one database. */
function valueText(value: DefaultValue | undefined): string | undefined {
  if (value === undefined || (value.kind === 'literal' && value.value === null)) return undefined
  if (value.kind === 'now') return 'CURRENT_TIMESTAMP'
  if (value.kind === 'expression') return value.sql
  return typeof value.value === 'string' ? quoted(value.value) : String(value.value)
}

/** A value that needs no row to be known: one that a default can be. Of a number only what JavaScript writes the same way. */
export function constantOf(sql: string | undefined): DefaultValue | undefined {
  const text = sql?.trim() ?? ''
  if (/^'(?:[^']|'')*'$/.test(text)) return { kind: 'literal', value: text.slice(1, -1).replaceAll("''", "'") }
  if (/^(?:true|false)$/i.test(text)) return { kind: 'literal', value: text.toLowerCase() === 'true' }
  return text !== '' && String(Number(text)) === text ? { kind: 'literal', value: Number(text) } : undefined
}

/** What a fill has to know of the table: how to go through its rows, and what it must not touch. */
export function fillFacts(table: TableModel, column: string): Pick<FillChange, 'key' | 'unchangedColumns'> {
  const key = primaryColumns(table)
  const unchangedColumns = table.columns.flatMap(({ name, onUpdate }) =>
    onUpdate === undefined || name === column ? [] : [name],
  )
  return {
    ...(key.length === 0 || key.includes(column) ? {} : { key }),
    ...(unchangedColumns.length === 0 ? {} : { unchangedColumns }),
  }
}

function withSources(composition: Composition, table: TableRef, value: string): Pick<FillChange, 'sources'> {
  const sources = sourcesOf(composition, table, value)
  return sources === undefined ? {} : { sources }
}

export function* fill(
  { composition, now, difference: { ref: table } }: TableChange,
  request: Pick<FillChange, 'column' | 'where' | 'why' | 'isNew'>,
  fallback?: string,
): Steps {
  const { column, where } = request
  const value = composition.fill({ table, column, where }) ?? fallback
  yield {
    kind: 'fill',
    table,
    ...request,
    ...fillFacts(now, column),
    ...(value === undefined ? {} : { value, ...withSources(composition, table, value) }),
  }
}

/** The values of an enum that is no object of its own. */
const inlineValues = ({ capabilities }: Dialect, type: ColumnType): readonly string[] | undefined =>
  type.kind === 'enum' && (type.name === undefined || !capabilities.enumTypes) ? type.values : undefined

/** The values of an enum that stands in its column: the new ones come first, rows move to them, then the old ones go. */
function removedValues(dialect: Dialect, { actual, declared }: ColumnDifference): readonly string[] {
  const [before, after] = [inlineValues(dialect, actual.type), inlineValues(dialect, declared.type)]
  return before === undefined || after === undefined ? [] : before.filter((value) => !after.includes(value))
}

export function* growValues({ composition: { dialect }, now }: TableChange, difference: ColumnDifference): Steps {
  const [before = [], after = []] = [
    inlineValues(dialect, difference.actual.type),
    inlineValues(dialect, difference.declared.type),
  ]
  const added = after.filter((value) => !before.includes(value))
  if (removedValues(dialect, difference).length === 0 || added.length === 0) return
  const type = { kind: 'enum', values: [...before, ...added] } as const
  yield { kind: 'alterColumn', table: now.ref, column: difference.name, change: { type } }
}

export function* moveRows(change: TableChange, difference: ColumnDifference): Steps {
  const { dialect, renamedValues } = change.composition
  const { name: column } = difference
  const table = change.difference.ref
  const of = `${refText(table)}.${column}`
  for (const value of removedValues(dialect, difference)) {
    const renamed = renamedValues.find(
      (each) => refText(each.table) === refText(table) && each.column === column && each.from === value,
    )
    const where = { kind: 'value', value } as const
    if (renamed === undefined) yield* fill(change, { column, where, why: `'${value}' goes from ${of}` })
    else {
      const why = `'${value}' of ${of} is called '${renamed.to}' now`
      const about = { value: quoted(renamed.to), sources: [], renamedTo: renamed.to, why }
      yield { kind: 'fill', table, column, where, ...about, ...fillFacts(change.now, column) }
    }
  }
  if (turnsNotNull(difference) && !isFilledLate(dialect, difference)) yield* fillNulls(change, difference)
}

const turnsNotNull = ({ facts, actual, expected, declared }: ColumnDifference): boolean =>
  facts.has('nullable') && actual.nullable && !expected.nullable && declared.generated === undefined

/** What the server computes cannot be written, and a value of the new type does not fit into the old one: the column changes first. */
export const isFilledLate = (dialect: Dialect, difference: ColumnDifference): boolean => {
  const { actual, declared, facts } = difference
  const isOfValues =
    inlineValues(dialect, actual.type) !== undefined && inlineValues(dialect, declared.type) !== undefined
  return turnsNotNull(difference) && (actual.generated !== undefined || (facts.has('type') && !isOfValues))
}

export function* fillNulls(change: TableChange, { name: column, declared }: ColumnDifference): Steps {
  const why = `${refText(change.difference.ref)}.${column} becomes NOT NULL`
  yield* fill(change, { column, where: { kind: 'null' }, why }, valueText(declared.default))
}
