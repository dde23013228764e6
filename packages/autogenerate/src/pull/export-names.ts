import { type TableRef, tableKey } from '@org/migrate-core/dialect'
import { coreNames } from '../render/imports.ts'
import { camelCase, capital, javascriptKeywords, untaken } from '../render/names.ts'
import { isIdentifier } from '../render/source-text.ts'

/** A name in camel case that is an identifier: `1st` is `table1st`. Reserved ones have the kind behind them: `dateTable`. */
function exportable(name: string, reserved: ReadonlySet<string>, kind: string): string {
  const preferred = camelCase(name)
  if (preferred === '') return 'unnamed'
  if (!isIdentifier(preferred)) return `${kind}${capital(preferred)}`
  return reserved.has(preferred) ? `${preferred}${capital(kind)}` : preferred
}

/** Gives each object a name of its own. `kind`: what stands beside a name that is reserved or no identifier. */
export type TakeName = (object: TableRef, kind: string) => string

/** An object whose name is taken has its schema before it, else a number behind it, by their order. */
export function nameTaker(reservedNames: readonly string[]): TakeName {
  const reserved = new Set([...javascriptKeywords, ...reservedNames])
  const taken = new Set<string>()
  return ({ schema, name }, kind) => {
    const short = exportable(name, reserved, kind)
    const preferred = schema !== undefined && taken.has(short) ? exportable(`${schema} ${name}`, reserved, kind) : short
    const free = untaken(preferred, '', '', (each) => taken.has(each))
    taken.add(free)
    return free
  }
}

/** What each object is exported as, by its key. */
export function namesOf(objects: readonly TableRef[], kind: string, take: TakeName): ReadonlyMap<string, string> {
  return new Map(objects.map((ref) => [tableKey(ref), take(ref, kind)]))
}

export const exportNames = (tables: readonly TableRef[]): ReadonlyMap<string, string> =>
  namesOf(tables, 'table', nameTaker(coreNames))
