import { type TableRef, tableKey } from '@org/migrate-core/dialect'
import { coreNames } from '../render/imports.ts'
import { camelCase, capital, javascriptKeywords, untaken } from '../render/names.ts'
import { isIdentifier } from '../render/source-text.ts'

const reserved: ReadonlySet<string> = new Set([...javascriptKeywords, ...coreNames])

/** A name in camel case that can be exported: `date` is the type, so that the table is `dateTable`. */
function exportable(name: string): string {
  const preferred = camelCase(name)
  if (preferred === '') return 'unnamed'
  if (!isIdentifier(preferred)) return `table${capital(preferred)}`
  return reserved.has(preferred) ? `${preferred}Table` : preferred
}

/**
 * What each table is exported as, by its key. A table whose name is taken has its schema before it, else a number behind it, by the order
 * of the tables.
 */
export function exportNames(tables: readonly TableRef[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const { schema, name } of tables) {
    const short = exportable(name)
    const preferred = schema !== undefined && taken.has(short) ? exportable(`${schema} ${name}`) : short
    const free = untaken(preferred, '', '', (each) => taken.has(each))
    taken.add(free)
    names.set(tableKey(schema === undefined ? { name } : { schema, name }), free)
  }
  return names
}
