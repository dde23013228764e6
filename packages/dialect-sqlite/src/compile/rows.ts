import {
  type CompileTable,
  decodeRowValue,
  join,
  type RowValue,
  type SqlFragment,
  type SqlValue,
  type Statement,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { inMain, statement } from './statements.ts'

// SQLITE_MAX_VARIABLE_NUMBER is 32,766; an expression may be 1,000 levels deep, and each OR is one.
const maxValues = 30_000
const maxRows = 500

type Rows = readonly (readonly RowValue[])[]

function chunks(rows: Rows, width: number): Rows[] {
  const size = Math.max(1, Math.min(maxRows, Math.floor(maxValues / Math.max(1, width))))
  const parts: Rows[] = []
  for (let at = 0; at < rows.length; at += size) parts.push(rows.slice(at, at + size))
  return parts
}

const values = (rows: Rows): SqlValue[] => rows.flatMap((row) => row.map(decodeRowValue))

function counted(rows: Rows): string {
  return rows.length === 1 ? '1 row' : `${rows.length} rows`
}

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows'> = {
  insertRows: ({ operation: { table, columns, rows } }) => {
    const placeholders = verbatim(`(${columns.map(() => '?').join(', ')})`)
    const names = join(columns.map(quote.identifier))
    return chunks(rows, columns.length).map((part): Statement => {
      const text = sql`INSERT INTO ${inMain(table)} (${names}) VALUES ${join(part.map(() => placeholders))}`
      return statement(text, [table], { params: values(part), note: `insert ${counted(part)} into ${table.name}` })
    })
  },
  deleteRows: ({ operation: { table, key, rows } }) => {
    // IS also finds NULL, and uses an index as = does.
    const one = sql`(${join(
      key.map((column): SqlFragment => sql`${quote.identifier(column)} IS ?`),
      ' AND ',
    )})`
    return chunks(rows, key.length).map((part): Statement => {
      const text = sql`DELETE FROM ${inMain(table)} WHERE ${join(
        part.map(() => one),
        ' OR ',
      )}`
      return statement(text, [table], { params: values(part), note: `delete ${counted(part)} from ${table.name}` })
    })
  },
}
