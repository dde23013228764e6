import {
  type CompileTable,
  decodeRowValue,
  join,
  rowParts,
  type SqlFragment,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { inMain, statement } from './statements.ts'

// SQLITE_MAX_VARIABLE_NUMBER is 32,766; an expression may be 1,000 levels deep, and each OR is one.
const maxValues = 30_000

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows'> = {
  insertRows: ({ operation: { table, columns, rows } }) => {
    const placeholders = verbatim(`(${columns.map(() => '?').join(', ')})`)
    const names = join(columns.map(quote.identifier))
    return rowParts(rows, columns.length, maxValues).map(({ part, count }) => {
      const text = sql`INSERT INTO ${inMain(table)} (${names}) VALUES ${join(part.map(() => placeholders))}`
      return statement(text, [table], {
        params: part.flat().map(decodeRowValue),
        note: `insert ${count} into ${table.name}`,
      })
    })
  },
  deleteRows: ({ operation: { table, key, rows } }) => {
    // IS also finds NULL, and uses an index as = does.
    const one = sql`(${join(
      key.map((column): SqlFragment => sql`${quote.identifier(column)} IS ?`),
      ' AND ',
    )})`
    return rowParts(rows, key.length, maxValues).map(({ part, count }) => {
      const text = sql`DELETE FROM ${inMain(table)} WHERE ${join(
        part.map(() => one),
        ' OR ',
      )}`
      return statement(text, [table], {
        params: part.flat().map(decodeRowValue),
        note: `delete ${count} from ${table.name}`,
      })
    })
  },
}
