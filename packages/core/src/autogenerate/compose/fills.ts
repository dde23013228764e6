import type { ColumnType } from '../../model/column-type.ts'
import { refText } from '../../model/edit.ts'
import type { DefaultValue, TableRef } from '../../model/schema-model.ts'
import type { FillChange } from '../change.ts'
import type { ColumnDifference } from '../table-difference.ts'
import { emit, fillFacts, tableNow, type Work } from './work.ts'

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

export function fill(
  work: Work,
  request: Pick<FillChange, 'table' | 'column' | 'where' | 'why' | 'isNew'>,
  fallback?: string,
): void {
  const { table, column, where } = request
  const value = work.fill({ table, column, where }) ?? fallback
  work.changes.push({
    kind: 'fill',
    ...request,
    ...fillFacts(tableNow(work, table), column),
    ...(value === undefined ? {} : { value }),
  })
}

/** The values of an enum that is no object of its own. */
const inlineValues = ({ dialect }: Work, type: ColumnType): readonly string[] | undefined =>
  type.kind === 'enum' && (type.name === undefined || !dialect.capabilities.schemas) ? type.values : undefined

/** The values of an enum that stands in its column: the new ones come first, rows move to them, then the old ones go. */
function goneValues(work: Work, { found, declared }: ColumnDifference): readonly string[] {
  const [was, is] = [inlineValues(work, found.type), inlineValues(work, declared.type)]
  return was === undefined || is === undefined ? [] : was.filter((value) => !is.includes(value))
}

export function growValues(work: Work, table: TableRef, difference: ColumnDifference): void {
  const [was = [], is = []] = [inlineValues(work, difference.found.type), inlineValues(work, difference.declared.type)]
  const fresh = is.filter((value) => !was.includes(value))
  if (goneValues(work, difference).length === 0 || fresh.length === 0) return
  const type = { kind: 'enum', values: [...was, ...fresh] } as const
  emit(work, { kind: 'alterColumn', table, column: difference.name, change: { type } })
}

export function moveRows(work: Work, table: TableRef, difference: ColumnDifference): void {
  const { name: column } = difference
  const of = `${refText(table)}.${column}`
  for (const value of goneValues(work, difference)) {
    const renamed = work.renamedValues.find(
      (each) => refText(each.table) === refText(table) && each.column === column && each.from === value,
    )
    const where = { is: 'value', value } as const
    if (renamed === undefined) fill(work, { table, column, where, why: `'${value}' goes from ${of}` })
    else {
      const why = `'${value}' of ${of} is called '${renamed.to}' now`
      const about = { value: quoted(renamed.to), renamedTo: renamed.to, why }
      work.changes.push({ kind: 'fill', table, column, where, ...about, ...fillFacts(tableNow(work, table), column) })
    }
  }
  if (turnsNotNull(difference) && !isFilledLate(work, difference)) fillNulls(work, table, difference)
}

const turnsNotNull = ({ facts, found, expected, declared }: ColumnDifference): boolean =>
  facts.has('nullable') && found.nullable && !expected.nullable && declared.generated === undefined

/** What the server computes cannot be written, and a value of the new type does not fit into the old one: the column changes first. */
export const isFilledLate = (work: Work, difference: ColumnDifference): boolean => {
  const { found, declared, facts } = difference
  const isOfValues = inlineValues(work, found.type) !== undefined && inlineValues(work, declared.type) !== undefined
  return turnsNotNull(difference) && (found.generated !== undefined || (facts.has('type') && !isOfValues))
}

export function fillNulls(work: Work, table: TableRef, { name: column, declared }: ColumnDifference): void {
  const why = `${refText(table)}.${column} becomes NOT NULL`
  fill(work, { table, column, where: { is: 'null' }, why }, valueText(declared.default))
}
