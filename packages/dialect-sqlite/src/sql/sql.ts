import { touchedObjects } from '@org/migrate-core/connection'
import type { DialectSql } from '@org/migrate-core/dialect'
import { classify, grammar } from './classify.ts'
import { quote } from './quote.ts'

/** The tables of a virtual table are dropped and renamed with it, and their names are its module's. */
const takesMore = /\bdrop\s|\brename\s+to\b|\bsqlite_(?:master|schema)\b/i

/** No trigger runs DDL here, and a function can't while a statement runs. */
function touchedTables(text: string): readonly string[] | undefined {
  const touched = takesMore.test(text) ? undefined : touchedObjects(text, grammar)
  if (touched === undefined) return undefined
  return touched.kind === 'table' ? touched.names : []
}

export const dialectSql: DialectSql = { quote, grammar, classify, touchedTables, portable: (text) => text }
