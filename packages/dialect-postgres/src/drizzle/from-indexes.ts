import { bareText, type IndexElement, type IndexModel, indexName, type Reading } from '@org/migrate-core/dialect'
import { type Column, is, SQL } from 'drizzle-orm'
import type { getTableConfig, IndexedColumn } from 'drizzle-orm/pg-core'
import { grammar } from '../grammar.ts'

export type Config = ReturnType<typeof getTableConfig>

const quoted = '"(?:[^"]|"")+"'
const columnElement = new RegExp(
  `^(${quoted})(?:\\s+collate\\s+(${quoted}|\\w+))?(?:\\s+(?!asc\\b|desc\\b|nulls\\b)([\\w.]+))?(?:\\s+(asc|desc))?(?:\\s+nulls\\s+(first|last))?$`,
  'i',
)
const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)

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
function fromColumn(part: IndexedColumn, config: Config, reading: Reading<Column, SQL>): IndexElement {
  const column = config.columns.find(({ name, keyAsName }) => name === part.name && keyAsName === part.keyAsName)
  const options = part.indexConfig as Options & { readonly opClass?: string }
  return {
    column: column === undefined ? (part.name ?? '') : reading.nameOf(column),
    // Drizzle's desc() says `NULLS LAST`, where the server would have them first.
    ...ordered(options),
    ...(options.opClass === undefined ? {} : { operatorClass: options.opClass }),
  }
}

/** Drizzle has no word for the collation of an element, so people write it as SQL. */
function fromText(text: string): IndexElement {
  const [, column, collation, operatorClass, order, nulls] = columnElement.exec(text.trim()) ?? []
  if (column === undefined) return { expression: bareText(text, grammar) }
  return {
    column: unquoted(column),
    ...(collation === undefined ? {} : { collation: unquoted(collation) }),
    ...(operatorClass === undefined ? {} : { operatorClass }),
    ...ordered({ order: order?.toLowerCase(), nulls: nulls?.toLowerCase() }),
  }
}

export function indexesFrom(config: Config, reading: Reading<Column, SQL>): readonly IndexModel[] {
  return config.indexes.map(({ config: { name: given, columns, unique, where, method } }): IndexModel => {
    const object = `index ${given ?? `of ${reading.ref.name}`}`
    const elements = columns.map((part) =>
      is(part, SQL) ? fromText(reading.text(part, object)) : fromColumn(part as IndexedColumn, config, reading),
    )
    return {
      name: indexName(given, elements, reading.ref),
      unique,
      elements,
      ...(where === undefined ? {} : { where: reading.text(where, object) }),
      // Drizzle writes the usual one out.
      ...(method === undefined || method === 'btree' ? {} : { method }),
    }
  })
}
