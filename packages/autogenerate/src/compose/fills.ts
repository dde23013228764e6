import {
  type ColumnType,
  type DefaultValue,
  type Dialect,
  isSignificant,
  lexSql,
  refText,
  type SqlToken,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { primaryColumns } from '@org/migrate-core/internal'
import type { FillChange } from '../differences/change.ts'
import type { ColumnDifference } from '../differences/table-difference.ts'
import type { Composition, Steps, TableChange } from './composition.ts'
import { originalTable } from './originals.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A default as a value for rows that are there; undefined where it is SQL of one database. */
function valueText(value: DefaultValue | undefined): string | undefined {
  if (value === undefined || (value.kind === 'literal' && value.value === null)) return undefined
  if (value.kind === 'now') return 'CURRENT_TIMESTAMP'
  if (value.kind === 'expression') return value.sql
  return typeof value.value === 'string' ? quoted(value.value) : String(value.value)
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

/** Functions of every server that compute from their arguments only. */
const pureFunctions: ReadonlySet<string> = new Set(
  'abs cast coalesce concat length lower ltrim nullif replace round rtrim substr substring trim upper'.split(' '),
)
const keywords: ReadonlySet<string> = new Set(
  'and as between case current_date current_time current_timestamp else end false in is like not null or then true when'.split(
    ' ',
  ),
)

/** A type behind the AS of a cast. */
const isType = (before: SqlToken | undefined): boolean => before?.text.toLowerCase() === 'as'

/**
 * The columns that a value of a table's rows is computed from, by their names before the revision. Undefined where that is not certain: the
 * expression has a subquery, a function or a name that is not known here, or a column that comes with the revision.
 */
function sourcesOf(composition: Composition, ref: TableRef, value: string): readonly string[] | undefined {
  const original = originalTable(composition, ref)
  if (original === undefined || tableKey(original.ref) !== tableKey(ref)) return undefined
  const current = composition.model.tables.get(tableKey(ref))?.columns.map(({ name }) => name) ?? []
  const tokens = lexSql(value, {}).filter(isSignificant)
  const sources = new Set<string>()
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind === 'placeholder') return undefined
    if (kind !== 'word' && kind !== 'quoted') continue
    const word = text.toLowerCase()
    const isCall = tokens[at + 1]?.text === '('
    if (kind === 'word' && (isCall ? pureFunctions : keywords).has(word)) continue
    if (isType(tokens[at - 1])) continue
    const names = current.filter((name) =>
      kind === 'word' ? name.toLowerCase() === word : name === text.slice(1, -1).replaceAll('""', '"'),
    )
    const [name, ...ambiguous] = names
    const before = name === undefined ? undefined : original.columnOf(name)
    if (before === undefined || isCall || ambiguous.length > 0) return undefined
    sources.add(before)
  }
  return [...sources]
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
  if (turnsNotNull(change, difference) && !isFilledLate(change, difference)) yield* fillNulls(change, difference)
}

/** The column may be nullable only for the time being: the rowid of SQLite is NOT NULL by itself, until it gets another type. */
function turnsNotNull({ composition, difference: { ref } }: TableChange, difference: ColumnDifference): boolean {
  const { name, facts, actual, expected, declared } = difference
  if (!facts.has('nullable') || !actual.nullable || expected.nullable || declared.generated !== undefined) return false
  const original = originalTable(composition, ref)
  const before = original?.columnOf(name)
  return (
    before === undefined || original?.table.columns.some((column) => column.name === before && column.nullable) === true
  )
}

/** What the server computes cannot be written, and a value of the new type does not fit into the old one: the column changes first. */
export function isFilledLate(change: TableChange, difference: ColumnDifference): boolean {
  const { dialect } = change.composition
  const { actual, declared, facts } = difference
  const isOfValues =
    inlineValues(dialect, actual.type) !== undefined && inlineValues(dialect, declared.type) !== undefined
  return turnsNotNull(change, difference) && (actual.generated !== undefined || (facts.has('type') && !isOfValues))
}

export function* fillNulls(change: TableChange, { name: column, declared }: ColumnDifference): Steps {
  const why = `${refText(change.difference.ref)}.${column} becomes NOT NULL`
  yield* fill(change, { column, where: { kind: 'null' }, why }, valueText(declared.default))
}
