import {
  type CompileTable,
  decodeRowValue,
  join,
  type RowValue,
  type Statement,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

// The client puts the values into the text: what counts is max_allowed_packet, 16 MB by default.
const maxRows = 500

type Rows = readonly (readonly RowValue[])[]

function inParts(rows: Rows, statementOf: (part: Rows, count: string) => Statement): readonly Statement[] {
  const statements: Statement[] = []
  for (let at = 0; at < rows.length; at += maxRows) {
    const part = rows.slice(at, at + maxRows)
    statements.push(statementOf(part, part.length === 1 ? '1 row' : `${part.length} rows`))
  }
  return statements
}

const repeated = (text: string, part: Rows, separator: string) =>
  join(
    part.map(() => verbatim(text)),
    separator,
  )

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows'> = {
  insertRows: ({ operation: { table, columns, rows } }) => {
    const head = sql`INSERT INTO ${quote.table(table)} (${join(columns.map(quote.identifier))}) VALUES`
    const placeholders = `(${columns.map(() => '?').join(', ')})`
    return inParts(rows, (part, count) =>
      statement(sql`${head} ${repeated(placeholders, part, ', ')}`, [table], {
        params: part.flat().map(decodeRowValue),
        note: `insert ${count} into ${table.name}`,
      }),
    )
  },
  deleteRows: ({ operation: { table, key, rows } }) => {
    // <=> also finds NULL, and uses an index as = does.
    const one = `(${key.map((column) => `${quote.identifier(column).text} <=> ?`).join(' AND ')})`
    return inParts(rows, (part, count) =>
      statement(sql`DELETE FROM ${quote.table(table)} WHERE ${repeated(one, part, ' OR ')}`, [table], {
        params: part.flat().map(decodeRowValue),
        note: `delete ${count} from ${table.name}`,
      }),
    )
  },
}
