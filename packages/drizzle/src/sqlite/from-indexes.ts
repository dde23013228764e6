import type { IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { readElements } from '@org/migrate-dialect-sqlite/internal'
import { Column, is, type SQL } from 'drizzle-orm'
import type { getTableConfig } from 'drizzle-orm/sqlite-core'
import { indexName, uniquesFrom } from '../read/table.ts'
import type { Reader } from './from-columns.ts'

export type Config = ReturnType<typeof getTableConfig>

/** Drizzle has no words for order and collation of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementsFrom(
  part: unknown,
  index: string,
  columns: readonly string[],
  reading: Reader,
): readonly IndexElement[] {
  if (is(part, Column)) return [{ column: reading.nameOf(part) }]
  return readElements(reading.text(part as SQL, `index ${index}`), columns)
}

export function indexesFrom(config: Config, reading: Reader): readonly IndexModel[] {
  const names = config.columns.map((column) => reading.nameOf(column))
  return [
    ...config.indexes.map(({ config: { name: given, columns, unique, where } }): IndexModel => {
      const elements = columns.flatMap((part) => elementsFrom(part, given ?? `of ${reading.ref.name}`, names, reading))
      const name = indexName(given, elements, reading)
      return {
        name,
        unique,
        elements,
        ...(where === undefined ? {} : { where: reading.text(where, `index ${name}`) }),
      }
    }),
    // Drizzle makes a unique index of unique(), never a constraint, and databases that it made have that.
    ...uniquesFrom<Column, SQL>(config, reading).map(({ name, columns }) => ({
      name,
      unique: true,
      elements: columns.map((column) => ({ column })),
    })),
  ]
}
