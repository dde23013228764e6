import { isMigrateError } from '@org/migrate-core/dialect'
import { type Column, DrizzleQueryError } from 'drizzle-orm'
import { invalidValue } from '../build/values.ts'
import { isCustom, plainValue, tableNameOf } from './plain-columns.ts'
import { type Selected, unreadableRow } from './unreadable-row.ts'

/*
 * How queries of drizzle-orm 1.0 run: a function that is made for a query reads all of its rows, and what each column is read by is a codec,
 * which our connections bring.
 */

type Codec = (value: unknown, dimensions?: number) => unknown
type ReadRows = (rows: readonly unknown[]) => unknown

/** A column that a relational query selects, or the table of a relation with its own. */
interface Selection extends Selected {
  readonly selection?: readonly Selection[]
}

/** What is used of the part of Drizzle that makes the functions which read rows. */
interface MapperGenerators {
  rows(fields: readonly Selected[], nullablePaths?: unknown): ReadRows
  relationalRows(how: { readonly selection: readonly Selection[] }): ReadRows
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What a codec throws names no column. */
function locating(codec: Codec, column: Column): Codec {
  const location = { table: tableNameOf(column), column: column.name }
  return (value, dimensions) => {
    try {
      return codec(value, dimensions)
    } catch (error) {
      throw isMigrateError(error) ? error : invalidValue(location, reason(error), error)
    }
  }
}

function located<S extends Selection>(selected: S): S {
  const { codec, column, selection } = selected
  const own = column !== undefined && isCustom(column) && !('plan' in column)
  const read: Codec | undefined = codec ?? (own ? (value) => plainValue(column, value) : undefined)
  return {
    ...selected,
    ...(read === undefined || column === undefined ? {} : { codec: locating(read, column) }),
    ...(selection === undefined ? {} : { selection: selection.map(located) }),
  }
}

/** The rows of a query, read for its columns; what cannot be read is named with the key of its row. Our connections give JSON as its text. */
export function withReaders(db: object): void {
  const { dialect } = db as { readonly dialect?: { mapperGenerators?: MapperGenerators } }
  const generators = dialect?.mapperGenerators
  if (dialect === undefined || generators === undefined) return
  dialect.mapperGenerators = {
    ...generators,
    rows(fields, nullablePaths) {
      const selected = fields.map(located)
      const read = generators.rows(selected, nullablePaths)
      return (rows) => {
        try {
          return read(rows)
        } catch (error) {
          throw unreadableRow(error, selected, rows)
        }
      }
    },
    relationalRows: (how) =>
      generators.relationalRows({ ...how, selection: how.selection.map(located), ...{ parseJson: true } }),
  }
}

type Call = (...given: readonly unknown[]) => unknown
type Iterate = (...given: readonly unknown[]) => AsyncIterable<unknown>

/** How a prepared query is run: each of Drizzle's dialects has some of these. */
const callMethods = ['execute', 'all', 'get', 'run', 'values'] as const
type PreparedQuery = { [M in (typeof callMethods)[number]]?: Call } & { iterator?: Iterate }

/** Drizzle wraps what a query throws into an error with its SQL: a MigrateError has to arrive as one. */
const unwrapped = (error: unknown): unknown => (error instanceof DrizzleQueryError ? (error.cause ?? error) : error)

/** Lets what a prepared query throws through as it is. */
export function throwingPlainly(preparedQuery: object): void {
  const prepared = preparedQuery as PreparedQuery
  for (const method of callMethods) {
    const call = prepared[method]?.bind(prepared)
    if (call === undefined) continue
    prepared[method] = async (...given) => {
      try {
        return await call(...given)
      } catch (error) {
        throw unwrapped(error)
      }
    }
  }
  const iterate = prepared.iterator?.bind(prepared)
  if (iterate === undefined) return
  prepared.iterator = async function* (...given) {
    try {
      yield* iterate(...given)
    } catch (error) {
      throw unwrapped(error)
    }
  }
}
