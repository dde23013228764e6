import type { Dialect } from '../dialect/dialect.ts'
import type { ColumnType } from '../model/column-type.ts'
import { findColumn } from '../model/edit.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import type { UpdatedRow } from '../operations/step-database.ts'
import { join, type SqlFragment, sql, verbatim } from '../sql/tag.ts'
import { valueText } from './preserved/encode.ts'
import { valuesCondition } from './preserved/rows.ts'

export interface UpdateStatement {
  readonly text: SqlFragment
  readonly params: readonly SqlValue[]
}

/** Of a statement in which each row goes through the cases before its own. */
export const keysAtOnce = 100

/** Of columns whose values are compared as texts. */
export const textKinds: ReadonlySet<ColumnType['kind'] | ''> = new Set(['text', 'varchar', 'char', 'enum', ''] as const)

/** Values that a server may find to be one have one print; undefined: that can't be told by their characters. */
function print(value: SqlValue, kind: ColumnType['kind'] | ''): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value !== 'string') return String(value)
  if (!/^[\x20-\x7e]*$/.test(value)) return undefined
  // Collations ignore case and the blanks at the end, no other printable character of ASCII.
  const folded = value.toLowerCase().trimEnd()
  if (textKinds.has(kind)) return folded
  if (kind === 'uuid') return folded.replaceAll(/[{}-]/g, '')
  // 1.0 and 1.00; a day and its first second.
  if (!/^[\d .:t-]+$/.test(folded)) return undefined
  const groups = folded.match(/\d+/g) ?? []
  // Behind a point zeros say nothing at the end, elsewhere at the beginning.
  return groups
    .map((digits) => digits.replaceAll(/^0+|0+$/g, ''))
    .join(' ')
    .trimEnd()
}

/** The rows whose keys the server could find to be the same as that of another row. Usually none. */
function rowsToCompare(table: TableModel, rows: readonly UpdatedRow[]): readonly UpdatedRow[] {
  const byPrint = new Map<string, UpdatedRow[]>()
  const unclear: UpdatedRow[] = []
  const types = new Map<string, string>()
  let areMixed = false
  for (const row of rows) {
    const prints = Object.entries(row.key).map(([name, value]) => {
      const type = value instanceof Uint8Array ? 'bytes' : typeof value === 'string' ? 'text' : 'number'
      areMixed ||= (types.get(name) ?? type) !== type
      types.set(name, type)
      return print(value, findColumn(table, name)?.type.kind ?? '')
    })
    if (prints.includes(undefined)) unclear.push(row)
    else {
      const key = JSON.stringify(prints)
      const same = byPrint.get(key)
      if (same === undefined) byPrint.set(key, [row])
      else same.push(row)
    }
  }
  // Where one is unclear it may be the same as any; a text and a number of one digits, too.
  if (areMixed || unclear.length > 0) return rows
  return [...byPrint.values()].filter((same) => same.length > 1).flat()
}

/** Whether the server takes the keys of two rows for one, which is asked of it: else one of the two would win, in silence. */
export async function haveSameKeys(
  { dialect, table, key }: { readonly dialect: Dialect; readonly table: TableModel; readonly key: readonly string[] },
  rows: readonly UpdatedRow[],
  query: (statement: UpdateStatement) => Promise<readonly Row[]>,
): Promise<boolean> {
  const { identifier, table: quoteTable } = dialect.sql.quote
  const names = join(key.map((name) => identifier(name)))
  const owners = new Map<string, number>()
  const compared = rowsToCompare(table, rows)
  for (let from = 0; from < compared.length; from += keysAtOnce) {
    const parts = compared.slice(from, from + keysAtOnce).map((row, at) => {
      const values = new Map(key.map((name) => [name, row.key[name] ?? null] as const))
      const { where, params } = valuesCondition(dialect, table, [values])
      const index = verbatim(String(from + at))
      return {
        params,
        text: sql`SELECT ${names}, ${index} AS ${identifier('$row')} FROM ${quoteTable(table.ref)} WHERE ${where}`,
      }
    })
    const text = join(
      parts.map((part) => part.text),
      ' UNION ALL ',
    )
    for (const found of await query({ text, params: parts.flatMap((part) => part.params) })) {
      const stored = JSON.stringify(key.map((name) => valueText(found[name] ?? null)))
      const row = Number(found.$row)
      if ((owners.get(stored) ?? row) !== row) return true
      owners.set(stored, row)
    }
  }
  return false
}
