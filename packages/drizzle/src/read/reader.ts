import {
  allFeatures,
  cutName,
  type DeclaredSchema,
  type DialectName,
  type Exports,
  type OptionChecks,
  oneOf,
  requireOptions,
  type SupportedFeatures,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { type Column, is, Param, Placeholder, type SQL, Table } from 'drizzle-orm'
import { toCamelCase, toSnakeCase } from 'drizzle-orm/casing'
import { notExpressible } from '../build/make-table.ts'
import { absentOption, isVersion1 } from '../version.ts'
import { type Entity, objectRef, portableFrom, readEntities } from './entities.ts'
import { isAlias, type SqlWriter, writeChunk } from './internals.ts'
import { type Reading, type TableConfig, type TableReading, wrongDialectTable } from './table.ts'
import { type NameCut, tableNames } from './table-names.ts'

type Casing = 'snake_case' | 'camelCase'

/** What is needed of one dialect to write chunks of SQL as text. */
interface ChunkDialect {
  readonly name: string
  /** A value as a literal of the server. */
  literal(value: string | number | bigint | boolean | Uint8Array): string
  /** A new one each time. */
  writer(options: { readonly casing?: Casing }): SqlWriter
}

// No text of SQL has it: the servers end their strings there.
const nul = '\u0000'

/**
 * A value as it stands in a definition. Drizzle's own inlining writes a Date as English prose and bytes as text, refuses a bigint, and
 * leaves backslashes alone that MySQL reads as escapes.
 */
function spelled(value: unknown, object: string, { name, literal }: ChunkDialect): string {
  const refuse = (why: string) => notExpressible(name, object, why)
  // A parameter comes as its value, unless that is a placeholder.
  if (is(value, Placeholder) || is(value, Param)) throw refuse('a placeholder has no value in a definition')
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array) return literal(value)
  if (value instanceof Date) throw refuse('a Date has no one form in SQL; write the text or the number')
  if (typeof value === 'object' && !Array.isArray(value)) return literal(JSON.stringify(value))
  throw refuse(`a value of type ${Array.isArray(value) ? 'array' : typeof value} has no SQL text`)
}

/** The text of a chunk of Drizzle's definitions. `bare`: columns without their table. */
function chunkText(
  chunk: SQL,
  object: string,
  { bare, casing }: { readonly bare: boolean; readonly casing: Casing | undefined },
  dialect: ChunkDialect,
): string {
  const { sql, params } = writeChunk(chunk, dialect.writer(casing === undefined ? {} : { casing }), {
    bare,
    mark: (index) => `${nul}${index}${nul}`,
    literal: dialect.literal,
  })
  // Every other part is the place of a value.
  const parts = sql.split(nul)
  return parts.map((part, at) => (at % 2 === 0 ? part : spelled(params[Number(part)], object, dialect))).join('')
}

export interface FromDrizzleOptions {
  /**
   * The casing that the application gives to `drizzle()` of 0.45: names that were not written out follow it. Throws INVALID_OPTION with 1.0,
   * where the tables are declared with it.
   */
  readonly casing?: Casing
}

const optionChecks: OptionChecks<FromDrizzleOptions> = { casing: oneOf('snake_case', 'camelCase') }
const casings = { snake_case: toSnakeCase, camelCase: toCamelCase }

/** What Drizzle has words for where it has the most of them. */
export const drizzleFeatures: SupportedFeatures = Object.freeze({
  ...allFeatures,
  comments: false,
  indexComments: false,
  collations: false,
  tableOptions: false,
  datetimeOnUpdate: false,
  deferrable: false,
  match: false,
  notValid: false,
  exclusions: false,
  constraintDetails: false,
  indexIncludes: false,
  indexNullsNotDistinct: false,
  forcedRowSecurity: false,
  specialIndexes: false,
  triggers: false,
  sequenceTypes: false,
  extensions: false,
})

/** The same where it has words for tables and views alone. */
export const tableAndViewFeatures: SupportedFeatures = Object.freeze({
  ...drizzleFeatures,
  uniqueConstraints: false,
  rowSecurity: false,
  indexOptions: false,
  materializedViews: false,
  sequences: false,
  unusedEnums: false,
  emptySchemas: false,
})

type NamedObject = { readonly name: string; readonly schema?: string | undefined }

/** How one dialect names things. */
interface NamingDialect extends ChunkDialect {
  readonly name: DialectName
  readonly limit?: NameCut
  /** The name of a table that another one refers to. */
  qualifiedName(table: Table): NamedObject
}

/** What one dialect's part of Drizzle says in its own way. */
export interface ReadDialect<T extends Table, C extends TableConfig> extends NamingDialect {
  /** For people. */
  readonly server: string
  /** Drizzle's function for its tables. */
  readonly tableWord: string
  readonly features: SupportedFeatures
  /** The keys that Drizzle's own tool names where the declaration does not. */
  readonly namedKeys: TableReading['namedKeys']
  isTable(entity: unknown): entity is T
  configOf(table: T): C
  tableFrom(config: C, reading: TableReading): Entity
  /** Reads what is no table: undefined where nothing is known of it. */
  readOther(reading: Reading, exports: Exports): (entity: unknown) => Entity | undefined
}

function readingOf(dialect: NamingDialect, casing: Casing | undefined): Reading {
  const { limit } = dialect
  const cut = (name: string): string => (limit?.cuts ? cutName(name, limit) : name)
  const cased = (name: string): string => (casing === undefined ? name : casings[casing](name))
  const placed = (name: string, schema: string | undefined) =>
    objectRef(cut(name), schema === undefined ? undefined : cut(schema))
  return {
    dialect: dialect.name,
    cut,
    placed,
    nameOf: (column: Column) => cut(column.keyAsName ? cased(column.name) : column.name),
    refOf(table) {
      const { name, schema } = dialect.qualifiedName(table)
      return placed(name, schema)
    },
    literal: dialect.literal,
    text: (chunk, object) => chunkText(chunk, object, { bare: true, casing }, dialect),
    queryText: (chunk, object) => chunkText(chunk, object, { bare: false, casing }, dialect),
  }
}

function tableEntity<T extends Table, C extends TableConfig>(
  table: T,
  reading: Reading,
  dialect: ReadDialect<T, C>,
): Entity {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = dialect.configOf(table)
  const names = tableNames(dialect.limit, config.name)
  const { namedKeys } = dialect
  const ref = reading.placed(config.name, config.schema)
  return {
    ...dialect.tableFrom(config, { ...reading, ref, table: config.name, names, namedKeys }),
    generatedNames: names.all,
  }
}

/** A view, as far as all dialects have it; one without a query belongs to another program. */
export function viewFrom(
  { name, schema, query, isAlias }: NamedObject & { readonly query?: SQL | undefined; readonly isAlias: boolean },
  reading: Reading,
  parts: Omit<ViewModel, 'ref' | 'definition'> = {},
): Entity | undefined {
  if (isAlias) return undefined
  const ref = reading.placed(name, schema)
  if (query === undefined) return { existing: ref }
  return { view: { ref, definition: reading.queryText(query, `view ${name}`), ...parts } }
}

/** What Drizzle's objects of a dialect declare. */
export function readSchema<T extends Table, C extends TableConfig>(
  exports: Exports,
  options: FromDrizzleOptions,
  dialect: ReadDialect<T, C>,
): DeclaredSchema {
  const { casing } = requireOptions('readDrizzle', options, optionChecks)
  if (casing !== undefined && isVersion1) {
    throw absentOption(
      'casing',
      'drizzle-orm 1.0 takes it where the tables are declared',
      `Leave it out, and declare the tables with \`${casing === 'snake_case' ? 'snakeCase' : 'camelCase'}.table\`.`,
    )
  }
  const reading = readingOf(dialect, casing)
  const other = dialect.readOther(reading, exports)
  return readEntities(exports, dialect.features, (entity) => {
    if (dialect.isTable(entity)) {
      return isAlias(entity) ? undefined : (portableFrom(entity) ?? tableEntity(entity, reading, dialect))
    }
    const read = other(entity)
    if (read === undefined && is(entity, Table)) throw wrongDialectTable(entity, dialect)
    return read
  })
}
