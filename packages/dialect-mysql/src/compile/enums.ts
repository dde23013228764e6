import {
  type ColumnModel,
  type CompileTable,
  findColumn,
  join,
  type OperationAround,
  type Statement,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { findPart, printColumnText, setPart } from '../ddl/column-text.ts'
import { columnTextOf } from '../ddl/source.ts'
import type { Server } from '../flavour.ts'
import { quote } from '../quote.ts'
import { toSql } from '../types.ts'
import { alterTable, refText, statement } from './statements.ts'

const valuesOf = ({ type }: ColumnModel): readonly string[] => (type.kind === 'enum' ? type.values : [])

/** Old value to new one, of the values that rows have to leave. */
function replaced({ operation }: OperationAround<'alterEnum'>, values: readonly string[]): ReadonlyMap<string, string> {
  const now = new Map(values.map((value) => [value, value]))
  const step = (value: string, to: string): void => {
    for (const [old, current] of now) if (current === value) now.set(old, to)
  }
  for (const { value, to } of operation.rename ?? []) step(value, to)
  for (const { value, replaceBy } of operation.drop ?? []) if (replaceBy !== undefined) step(value, replaceBy)
  return new Map([...now].filter(([old, current]) => old !== current))
}

/** Rows that hold a value which goes and has no other: MODIFY would only say that data was truncated. */
function noneLeft(table: TableModel, column: string, gone: readonly string[]): readonly Statement[] {
  if (gone.length === 0) return []
  const name = quote.identifier(column)
  const list = join(gone.map((value) => quote.literal(value)))
  return [
    statement(
      sql`SELECT DISTINCT ${name} FROM ${quote.table(table.ref)} WHERE ${name} IN (${list}) LIMIT 5`,
      [table.ref],
      {
        expectEmpty: `rows of ${refText(table.ref)} with a value in ${column} that the enum is to lose`,
        remedy: 'Give those rows another value before, or say `replaceBy`.',
      },
    ),
  ]
}

/** A column's values changed: first it has the old ones and the new ones, then the rows move, then the old ones go. */
function columnStatements(
  server: Server,
  at: OperationAround<'alterEnum'>,
  from: TableModel,
  to: TableModel,
  column: ColumnModel,
): readonly Statement[] {
  const old = findColumn(from, column.name)
  if (old === undefined) return []
  const [was, is] = [valuesOf(old), valuesOf(column)]
  const moves = replaced(at, was)
  const name = quote.identifier(column.name)
  const text = columnTextOf(server, to, column.name)
  const modify = (values: readonly string[]): Statement => {
    const type = findPart([{ kind: 'type', text: toSql({ kind: 'enum', values }) }], 'type')
    return alterTable(to.ref, [sql`MODIFY COLUMN ${name} ${verbatim(printColumnText(setPart(text, 'type', type)))}`])
  }
  const gone = was.filter((value) => !is.includes(value) && !moves.has(value))
  const checks = noneLeft(from, column.name, gone)
  if (moves.size === 0) return [...checks, modify(is)]
  // Values that differ in case only are one to a collation that does not see it: the server turns them by itself.
  const union = [...was, ...is.filter((value) => !was.some((each) => each.toLowerCase() === value.toLowerCase()))]
  const turned = [...moves].filter(([value, to]) => value.toLowerCase() !== to.toLowerCase())
  const cases = join(
    turned.map(([value, target]) => sql`WHEN ${quote.literal(value)} THEN ${quote.literal(target)}`),
    ' ',
  )
  const list = join(turned.map(([value]) => quote.literal(value)))
  const update = statement(
    sql`UPDATE ${quote.table(to.ref)} SET ${name} = CASE ${name} ${cases} END WHERE ${name} IN (${list})`,
    [to.ref],
    { note: `give the rows of ${refText(to.ref)} the new values of ${column.name}` },
  )
  const wider = union.length > was.length ? [modify(union)] : []
  return [...checks, ...wider, ...(turned.length === 0 ? [] : [update]), modify(is)]
}

/** An enum has no place of its own: its values stand in the columns. The model alone knows its name. */
export function enumStatements(
  server: Server,
): Pick<CompileTable, 'createEnum' | 'alterEnum' | 'renameEnum' | 'dropEnum'> {
  return {
    createEnum: () => [],
    renameEnum: () => [],
    dropEnum: () => [],
    alterEnum: (at) =>
      [...at.after.tables].flatMap(([key, to]) => {
        const from = at.before.tables.get(key)
        if (from === undefined || from === to) return []
        return to.columns.flatMap((column) => {
          const old = findColumn(from, column.name)
          if (old === undefined || JSON.stringify(valuesOf(old)) === JSON.stringify(valuesOf(column))) return []
          return columnStatements(server, at, from, to, column)
        })
      }),
  }
}
