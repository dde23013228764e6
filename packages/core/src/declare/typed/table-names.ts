import { cutName, fittingName, type NameSize } from '../../model/fit-name.ts'

/** The names of one table's constraints and indexes, as they are read. */
export interface TableNames {
  /** A name that somebody gave. */
  given(name: string): string
  /** A name of Drizzle's making. */
  made(name: string): string
  /** Those that nobody gave. */
  readonly all: readonly string[]
}

/** `cuts`: the server cuts a longer name where it is used, without a word, so that it is the same name. */
export function tableNames(limit?: NameSize & { readonly cuts?: true }): TableNames {
  const all: string[] = []
  return {
    given: (name) => (limit?.cuts ? cutName(name, limit) : name),
    made(name) {
      const fits = limit === undefined ? name : fittingName(name, limit)
      all.push(fits)
      return fits
    },
    all,
  }
}
