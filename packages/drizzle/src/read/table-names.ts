import { cutName, fittingName, type NameSize } from '@org/migrate-core/dialect'

/** The names of one table's constraints and indexes, as they are read. */
export interface TableNames {
  /** A name of the declaration. */
  given(name: string): string
  /** A name of Drizzle's making. `isIndex` (the usual): the thing has an index of that name, which shares its names with tables. */
  generated(name: string, isIndex?: boolean): string
  /** Those that were generated. */
  readonly all: readonly string[]
}

/** How long names may be. `cuts`: the server cuts a longer one where it is used, without an error, so that both are one name. */
export type NameCut = NameSize & { readonly cuts?: true }

/**
 * Where the server cuts, a name of Drizzle's making is cut in the same way, since drizzle-kit leaves it to the server; where two become
 * one, which only drizzle-kit's own migration would fail on, the second gets a hash.
 */
export function tableNames(limit: NameCut | undefined, table: string): TableNames {
  const all: string[] = []
  const taken = new Set<string>()
  const fitting = (name: string, size: NameSize, isIndex: boolean): string => {
    const cut = limit?.cuts ? cutName(name, size) : undefined
    if (cut === undefined) return fittingName(name, size)
    const isTaken = taken.has(cut) || (isIndex && cutName(table, size) === cut)
    return cut !== name && isTaken ? fittingName(name, size) : cut
  }
  return {
    given(name) {
      const own = limit?.cuts ? cutName(name, limit) : name
      taken.add(own)
      return own
    },
    generated(name, isIndex = true) {
      const fits = limit === undefined ? name : fitting(name, limit, isIndex)
      taken.add(fits)
      all.push(fits)
      return fits
    },
    all,
  }
}
