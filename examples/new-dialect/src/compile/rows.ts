import { type CompileTable, decodeRowValue, join, type RowValue, sql, verbatim } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { dialectName, unsupported } from '../unsupported.ts'
import { statement } from './statement.ts'

const mostRows = 500

function* chunks(rows: readonly (readonly RowValue[])[]) {
  for (let at = 0; at < rows.length; at += mostRows) yield rows.slice(at, at + mostRows)
}

const valuesOf = (rows: readonly (readonly RowValue[])[]) => rows.flatMap((row) => row.map(decodeRowValue))

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows' | 'sql' | 'run'> = {
  insertRows: ({ operation: { table, columns, rows } }) => {
    const names = join(columns.map(quote.identifier))
    const tuple = verbatim(`(${columns.map(() => '?').join(', ')})`)
    return [...chunks(rows)].map((part) => {
      const tuples = join(part.map(() => tuple))
      return statement(sql`INSERT INTO ${quote.table(table)} (${names}) VALUES ${tuples}`, [table], {
        params: valuesOf(part),
      })
    })
  },
  deleteRows: ({ operation: { table, key, rows } }) => {
    const one = join(
      key.map((column) => sql`${quote.identifier(column)} IS NOT DISTINCT FROM ?`),
      ' AND ',
    )
    return [...chunks(rows)].map((part) => {
      const condition = join(
        part.map(() => sql`(${one})`),
        ' OR ',
      )
      return statement(sql`DELETE FROM ${quote.table(table)} WHERE ${condition}`, [table], { params: valuesOf(part) })
    })
  },
  sql: ({ operation: { text, nonTransactional } }) =>
    typeof text === 'string'
      ? [{ sql: text, transaction: nonTransactional ? 'none' : 'any' }]
      : unsupported('sql', `it has no text for ${dialectName}; record it with op.on() and \`otherwise\``),
  run: () => [],
}
