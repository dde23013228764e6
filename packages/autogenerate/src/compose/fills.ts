import { type ColumnType, type DefaultValue, refText, type TableRef } from '@org/migrate-core/dialect'
import type { FillChange } from '../differences/change.ts'
import type { ColumnDifference } from '../differences/table-difference.ts'
import { type Composition, fillFacts, type Steps, tableNow } from './composition.ts'

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

export function* fill(
  composition: Composition,
  request: Pick<FillChange, 'table' | 'column' | 'where' | 'why' | 'isNew'>,
  fallback?: string,
): Steps {
  const { table, column, where } = request
  const value = composition.fill({ table, column, where }) ?? fallback
  yield {
    kind: 'fill',
    ...request,
    ...fillFacts(tableNow(composition, table), column),
    ...(value === undefined ? {} : { value }),
  }
}

/** The values of an enum that is no object of its own. */
const inlineValues = ({ dialect }: Composition, type: ColumnType): readonly string[] | undefined =>
  type.kind === 'enum' && (type.name === undefined || !dialect.capabilities.schemas) ? type.values : undefined

/** The values of an enum that stands in its column: the new ones come first, rows move to them, then the old ones go. */
function removedValues(composition: Composition, { actual, declared }: ColumnDifference): readonly string[] {
  const [before, after] = [inlineValues(composition, actual.type), inlineValues(composition, declared.type)]
  return before === undefined || after === undefined ? [] : before.filter((value) => !after.includes(value))
}

export function* growValues(composition: Composition, table: TableRef, difference: ColumnDifference): Steps {
  const [before = [], after = []] = [
    inlineValues(composition, difference.actual.type),
    inlineValues(composition, difference.declared.type),
  ]
  const added = after.filter((value) => !before.includes(value))
  if (removedValues(composition, difference).length === 0 || added.length === 0) return
  const type = { kind: 'enum', values: [...before, ...added] } as const
  yield { kind: 'alterColumn', table, column: difference.name, change: { type } }
}

export function* moveRows(composition: Composition, table: TableRef, difference: ColumnDifference): Steps {
  const { name: column } = difference
  const of = `${refText(table)}.${column}`
  for (const value of removedValues(composition, difference)) {
    const renamed = composition.renamedValues.find(
      (each) => refText(each.table) === refText(table) && each.column === column && each.from === value,
    )
    const where = { kind: 'value', value } as const
    if (renamed === undefined) yield* fill(composition, { table, column, where, why: `'${value}' goes from ${of}` })
    else {
      const why = `'${value}' of ${of} is called '${renamed.to}' now`
      const about = { value: quoted(renamed.to), renamedTo: renamed.to, why }
      yield { kind: 'fill', table, column, where, ...about, ...fillFacts(tableNow(composition, table), column) }
    }
  }
  if (turnsNotNull(difference) && !isFilledLate(composition, difference))
    yield* fillNulls(composition, table, difference)
}

const turnsNotNull = ({ facts, actual, expected, declared }: ColumnDifference): boolean =>
  facts.has('nullable') && actual.nullable && !expected.nullable && declared.generated === undefined

/** What the server computes cannot be written, and a value of the new type does not fit into the old one: the column changes first. */
export const isFilledLate = (composition: Composition, difference: ColumnDifference): boolean => {
  const { actual, declared, facts } = difference
  const isOfValues =
    inlineValues(composition, actual.type) !== undefined && inlineValues(composition, declared.type) !== undefined
  return turnsNotNull(difference) && (actual.generated !== undefined || (facts.has('type') && !isOfValues))
}

export function* fillNulls(
  composition: Composition,
  table: TableRef,
  { name: column, declared }: ColumnDifference,
): Steps {
  const why = `${refText(table)}.${column} becomes NOT NULL`
  yield* fill(composition, { table, column, where: { kind: 'null' }, why }, valueText(declared.default))
}
