import type { IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { Column, is, type SQL } from 'drizzle-orm'
import type { getTableConfig } from 'drizzle-orm/mysql-core'
import { indexName } from '../read/table.ts'
import { bare, type Reader } from './from-columns.ts'

export type Config = ReturnType<typeof getTableConfig>

const columnElement = /^(?:`((?:[^`]|``)+)`|([\p{L}\p{N}_$]+))\s*(?:\((\d+)\))?$/u

/** Drizzle has no words for order and length of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementFrom(part: unknown, index: string, columns: readonly string[], reading: Reader): IndexElement {
  if (is(part, Column)) return { column: reading.nameOf(part) }
  const text = reading.text(part as SQL, `index ${index}`).trim()
  const [, term = text, order] = /^([\s\S]+?[\s)`])\s*(asc|desc)$/i.exec(text) ?? []
  const [, quoted, plain, length] = columnElement.exec(term.trim()) ?? []
  const column = quoted?.replaceAll('``', '`') ?? columns.find((name) => name === plain)
  return {
    ...(column === undefined ? { expression: bare(term.trim()) } : { column }),
    ...(column === undefined || length === undefined ? {} : { prefixLength: Number(length) }),
    ...(order === undefined ? {} : { order: order.toLowerCase() as 'asc' | 'desc' }),
  }
}

/** ALGORITHM and LOCK are how an index is built, and nothing of what is there then. */
export function indexesFrom(config: Config, reading: Reader): readonly IndexModel[] {
  const names = config.columns.map((column) => reading.nameOf(column))
  return config.indexes.map(({ config: { name: given, columns, unique, using } }): IndexModel => {
    const elements = columns.map((part) => elementFrom(part, given ?? `of ${reading.ref.name}`, names, reading))
    const name = indexName(given, elements, reading)
    return { name, unique: unique ?? false, elements, ...(using === undefined ? {} : { method: using }) }
  })
}
