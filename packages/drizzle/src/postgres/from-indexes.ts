import type { IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { grammar, readIndexElement } from '@org/migrate-dialect-postgres/internal'
import { is, SQL } from 'drizzle-orm'
import type { getTableConfig, IndexedColumn } from 'drizzle-orm/pg-core'
import { bareText } from '../read/default-text.ts'
import { indexName, type TableReading } from '../read/table.ts'

export type Config = ReturnType<typeof getTableConfig>

interface Options {
  readonly order?: string | undefined
  readonly nulls?: string | undefined
}

/** The server's own rule: NULLs are the largest. What follows from the order is not said. */
function ordered({ order, nulls }: Options): Pick<IndexElement, 'order' | 'nulls'> {
  const usual = order === 'desc' ? 'first' : 'last'
  return {
    ...(order === 'desc' ? { order } : {}),
    ...(nulls === undefined || nulls === usual ? {} : { nulls: nulls as 'first' | 'last' }),
  }
}

/** Drizzle copies a column's name and options into an object of its own; casing has to go by the column itself. */
function fromColumn(part: IndexedColumn, config: Config, reading: TableReading): IndexElement {
  const column = config.columns.find(({ name, keyAsName }) => name === part.name && keyAsName === part.keyAsName)
  const options = part.indexConfig as Options & { readonly opClass?: string }
  return {
    column: column === undefined ? (part.name ?? '') : reading.nameOf(column),
    // Drizzle's desc() says `NULLS LAST`, where the server would have them first.
    ...ordered(options),
    ...(options.opClass === undefined ? {} : { operatorClass: options.opClass }),
  }
}

/** Drizzle has no word for the collation of an element, and none for the order of an expression, so people write them as SQL. */
function fromText(text: string, columns: readonly string[]): IndexElement {
  const { term, isColumn, collation, operatorClass, ...options } = readIndexElement(text) ?? {
    term: bareText(text, grammar),
    isColumn: false,
  }
  return {
    ...(isColumn && columns.includes(term) ? { column: term } : { expression: term }),
    ...(collation === undefined ? {} : { collation }),
    ...(operatorClass === undefined ? {} : { operatorClass }),
    ...ordered(options),
  }
}

/** Storage parameters are texts to the server, whatever was written. */
function storageFrom(storage: { readonly [parameter: string]: unknown }): { readonly [parameter: string]: string } {
  return Object.fromEntries(Object.entries(storage).map(([parameter, value]) => [parameter, String(value)]))
}

export function indexesFrom(config: Config, reading: TableReading): readonly IndexModel[] {
  const names = config.columns.map((column) => reading.nameOf(column))
  return config.indexes.map(
    ({ config: { name: given, columns, unique, where, method, with: storage } }): IndexModel => {
      const object = `index ${given ?? `of ${reading.ref.name}`}`
      const elements = columns.map((part) =>
        is(part, SQL)
          ? fromText(reading.text(part, object), names)
          : fromColumn(part as IndexedColumn, config, reading),
      )
      return {
        name: indexName(given, elements, reading),
        unique,
        elements,
        ...(where === undefined ? {} : { where: reading.text(where, object) }),
        // Drizzle writes the usual one out.
        ...(method === undefined || method === 'btree' ? {} : { method }),
        ...(storage === undefined ? {} : { options: storageFrom(storage) }),
      }
    },
  )
}
