import { type Column, entityKind, is, SQL } from 'drizzle-orm'
import type { PgColumn, PgPolicy, PgRole, PgTable } from 'drizzle-orm/pg-core'

/*
 * All that is read of drizzle-orm's schemas beside what it publishes, here and nowhere else. internals.test.ts of each dialect says
 * what each has to be: a drizzle-orm that changed one of them fails there.
 */

/** An alias passes for a table; only this symbol tells. */
export const isAlias = (table: object): boolean =>
  (table as { readonly [key: symbol]: unknown })[Symbol.for('drizzle:IsAlias')] === true

/** What kind of thing of Drizzle it is, as `is` compares it: its class may come from another copy. */
export function kindOf(entity: object): string {
  const kind: unknown = Reflect.get(entity.constructor, entityKind)
  return typeof kind === 'string' ? kind : ''
}

/** AUTOINCREMENT and AUTO_INCREMENT are said by the columns of numbers alone, each in a class of its own. */
export const autoIncrements = (column: Column): boolean =>
  (column as { readonly autoIncrement?: unknown }).autoIncrement === true

/** ON UPDATE CURRENT_TIMESTAMP, which columns of MySQL's `timestamp` have a word for. */
export const isUpdatedNow = (column: Column): boolean =>
  (column as { readonly hasOnUpdateNow?: unknown }).hasOnUpdateNow === true

/** The character set and the collation of a column of MySQL, which 1.0 has words for. */
export function textSettings(column: Column): readonly string[] {
  const { charSet, collation } = column as { readonly charSet?: string; readonly collation?: string }
  return [
    ...(charSet === undefined ? [] : [`CHARACTER SET ${charSet}`]),
    ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
  ]
}

interface EnumParts {
  readonly enumName: string
  readonly schema?: string | undefined
}

/** The enum of a column of PostgreSQL, which need not be exported: what a column's type says of it is its name alone. */
export const enumOf = (column: PgColumn): EnumParts | undefined => (column as { readonly enum?: EnumParts }).enum

/** 1.0 counts the dimensions of an array on its column; 0.45 wraps the column of the elements once for each. */
type ArrayColumn = PgColumn & { readonly baseColumn?: PgColumn; readonly dimensions?: number }

/** A column of 1.0 knows whether it is one of an alias. */
const isOfVersion1 = (column: Column): boolean => 'isAlias' in column

/** The column of an array's elements, or the column itself, with the number of dimensions. */
export function elementOf(column: PgColumn): { readonly element: PgColumn; readonly dimensions: number } {
  const { baseColumn, dimensions = 0 } = column as ArrayColumn
  if (isOfVersion1(column)) return { element: column, dimensions }
  if (baseColumn === undefined) return { element: column, dimensions: 0 }
  const inner = elementOf(baseColumn)
  return { element: inner.element, dimensions: inner.dimensions + 1 }
}

/** JSON has a name of its own among the types of values, which 1.0 puts behind that of objects. */
export const holdsJson = ({ dataType }: Column): boolean => /^(?:object )?json$/.test(dataType)

/** The text of an array, as 0.45 writes it: every text in quotes. */
function arrayText(elements: readonly unknown[]): string {
  const parts = elements.map((element) => {
    if (Array.isArray(element)) return arrayText(element)
    return typeof element === 'string' ? `"${element.replaceAll(/["\\]/g, '\\$&')}"` : String(element)
  })
  return `{${parts.join(',')}}`
}

const jsonTexts = (value: unknown, depth: number): unknown =>
  depth > 0 && Array.isArray(value) ? value.map((each) => jsonTexts(each, depth - 1)) : JSON.stringify(value)

/**
 * What a column gives to its driver for a value of the application. In 1.0 JSON and the arrays of PostgreSQL are written by a part of the
 * driver, and come from the column as they are.
 */
export function writtenValue(column: Column, given: unknown): unknown {
  const value = column.mapToDriverValue(given)
  if (!isOfVersion1(column) || is(value, SQL)) return value
  const { dimensions = 0 } = column as ArrayColumn
  const written = holdsJson(column) && value === given ? jsonTexts(value, dimensions) : value
  return dimensions > 0 && Array.isArray(written) ? arrayText(written) : written
}

/** 0.45 does not keep the SRID of a geometry. */
export const forgetsSrid = (column: Column): boolean => !isOfVersion1(column)

/** A schema that another program owns: a word of 1.0. */
export const isExistingSchema = (schema: object): boolean =>
  (schema as { readonly isExisting?: unknown }).isExisting === true

/** The table that a policy was given to by `.link(table)`, whose own list does not have it. */
export const linkedTable = (policy: PgPolicy): PgTable | undefined =>
  (policy as { readonly _linkedTable?: PgTable })._linkedTable

/** Whether a role belongs to another program: `.existing()`. */
export const isExisting = (role: PgRole): boolean => (role as { readonly _existing?: unknown })._existing === true

/** What puts Drizzle's statements together for one dialect: a new one each time, since it is changed here. */
export interface SqlWriter {
  sqlToQuery(chunk: SQL, source?: 'indexes'): { readonly sql: string; readonly params: readonly unknown[] }
}

/** How a chunk is written. */
interface Writing {
  /** Columns without their table. */
  readonly bare: boolean
  /** What stands in the text for the value of that place. */
  mark(index: number): string
  /** A text that Drizzle itself writes into the chunk's. */
  literal(text: string): string
}

/**
 * The text of a chunk with its marks, and the values by their places. The writer asks these methods of its own what stands for a value, and
 * 'indexes' leaves the tables of columns out. The chunk of a view is marked: its values would be written by Drizzle itself. A new one of the
 * same parts is not.
 */
export function writeChunk(chunk: SQL, writer: SqlWriter, { bare, mark, literal }: Writing) {
  Object.assign(writer, { escapeParam: mark, escapeString: literal })
  const { sql, params } = writer.sqlToQuery(new SQL(chunk.queryChunks), bare ? 'indexes' : undefined)
  return { sql, params }
}
