import {
  type CompileTable,
  type DialectRows,
  decodeRowValue,
  findTable,
  join,
  joinWithSpaces,
  rowParts,
  type SqlFragment,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { inMain, sourceOf, statement } from './statements.ts'

// SQLITE_MAX_VARIABLE_NUMBER is 32,766; an expression may be 1,000 levels deep, and each OR is one.
const maxValues = 30_000

/**
 * OR ABORT overrides the ON CONFLICT clauses of constraints: https://www.sqlite.org/lang_conflict.html. Only where there may be one: it
 * also overrides INSERT OR REPLACE in the triggers that it fires (https://www.sqlite.org/lang_createtrigger.html), which then fail.
 */
export const refusing: NonNullable<DialectRows['refusing']> = (table) =>
  table === undefined || conflictClause.test(sourceOf(table)) ? sql`OR ABORT` : undefined

const conflictClause = /\bon(?:\s|\/\*[\s\S]*?\*\/|--[^\n]*\n)+conflict\b/i

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows'> = {
  insertRows: ({ operation: { table, columns, rows }, before }) => {
    const verb = joinWithSpaces(sql`INSERT`, refusing(findTable(before, table)))
    const placeholders = verbatim(`(${columns.map(() => '?').join(', ')})`)
    const names = join(columns.map(quote.identifier))
    return rowParts(rows, columns.length, maxValues).map(({ part, count }) => {
      const text = sql`${verb} INTO ${inMain(table)} (${names}) VALUES ${join(part.map(() => placeholders))}`
      return statement(text, [table], {
        params: part.flat().map(decodeRowValue),
        note: `insert ${count} into ${table.name}`,
        inserts: part.length,
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
        deletes: part.length,
      })
    })
  },
}
