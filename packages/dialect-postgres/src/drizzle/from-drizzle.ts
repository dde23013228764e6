import { type DeclaredTable, toModel } from '@org/migrate-core'
import {
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  constraintsFrom,
  type DefaultValue,
  declaredModel,
  type EnumModel,
  isAlias,
  put,
  type Reading,
  type SchemaModel,
  type SequenceModel,
  strangeTable,
  type TableModel,
  type TableRef,
  tableKey,
  tableOf,
  textDefault,
  uniquesFrom,
  unsayable,
  type ViewModel,
  withKeysNotNull,
} from '@org/migrate-core/dialect'
import { type Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import {
  getMaterializedViewConfig,
  getTableConfig,
  getViewConfig,
  isPgEnum,
  isPgMaterializedView,
  isPgSchema,
  isPgSequence,
  isPgView,
  PgArray,
  type PgColumn,
  type PgSequence,
  PgTable,
} from 'drizzle-orm/pg-core'
import { grammar } from '../grammar.ts'
import { quote } from '../quote.ts'
import { serialBits } from '../settle.ts'
import { types } from '../types.ts'
import { type Config, indexesFrom } from './from-indexes.ts'
import { type Casing, queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type Reader = Reading<Column, SQL>

interface EnumParts {
  readonly enumName: string
  readonly schema?: string | undefined
  readonly enumValues: readonly string[]
}

const placed = (name: string, schema: string | undefined): TableRef =>
  schema === undefined ? { name } : { schema, name }

const enumOf = (column: PgColumn): EnumParts | undefined => (column as { readonly enum?: EnumParts }).enum

function typeFrom(column: PgColumn): ColumnType {
  if (is(column, PgArray)) {
    // The server keeps neither sizes nor how many dimensions were written.
    let element = column.baseColumn as PgColumn
    while (is(element, PgArray)) element = element.baseColumn as PgColumn
    return types.fromSql(`${types.toSql(typeFrom(element))}[]`)
  }
  const own = enumOf(column)
  if (own === undefined) return types.fromSql(column.getSQLType())
  const { name, schema } = placed(own.enumName, own.schema)
  return { kind: 'enum', name, ...(schema === undefined ? {} : { schema }), values: [...own.enumValues] }
}

const isNow = (text: string): boolean => /^(?:now\(\)|current_timestamp)$/i.test(text)

function defaultFrom(column: PgColumn, reading: Reader): DefaultValue | undefined {
  const { default: value } = column as { readonly default: unknown }
  if (value === undefined || value === null) return undefined
  const object = `default of ${reading.ref.name}.${reading.nameOf(column)}`
  if (is(value, SQL)) return textDefault(reading.text(value, object), grammar, isNow)
  // The default is what the application would write: the column turns it into what the database stores.
  const stored: unknown = column.mapToDriverValue(value)
  if (typeof stored === 'string' || typeof stored === 'boolean' || typeof stored === 'number') {
    return { kind: 'literal', value: stored }
  }
  if (typeof stored === 'bigint' || stored instanceof Uint8Array) {
    return textDefault(quote.literal(stored).text, grammar, isNow)
  }
  throw unsayable('postgres', `The ${object}`, `a value of type ${typeof stored} has no SQL text`)
}

function generatedFrom(column: PgColumn, reading: Reader): ColumnModel['generated'] {
  const { generated } = column
  if (generated === undefined) return undefined
  const as: unknown = typeof generated.as === 'function' ? (generated.as as () => unknown)() : generated.as
  const object = `generated column ${reading.ref.name}.${reading.nameOf(column)}`
  // Not a chunk: the value itself, for every row.
  const text = is(as, SQL) ? reading.text(as, object) : quote.literal(column.mapToDriverValue(as) as string).text
  return { expression: text, stored: generated.mode !== 'virtual' }
}

const counted = (given: number | string | undefined): number | undefined =>
  given === undefined ? undefined : Number(given)

function identityFrom({ generatedIdentity }: PgColumn): ColumnModel['identity'] {
  if (generatedIdentity === undefined) return undefined
  const start = counted(generatedIdentity.sequenceOptions?.startWith)
  const increment = counted(generatedIdentity.sequenceOptions?.increment)
  return {
    mode: generatedIdentity.type,
    ...(start === undefined ? {} : { start }),
    ...(increment === undefined ? {} : { increment }),
  }
}

function columnFrom(column: PgColumn, reading: Reader): ColumnModel {
  const type = typeFrom(column)
  const found = defaultFrom(column, reading)
  const generated = generatedFrom(column, reading)
  const identity = identityFrom(column)
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull && identity === undefined && serialBits(type) === undefined,
    ...(found === undefined ? {} : { default: found }),
    ...(generated === undefined ? {} : { generated }),
    ...(identity === undefined ? {} : { identity }),
  }
}

function allConstraints(config: Config, reading: Reader): readonly ConstraintModel[] {
  return [
    ...constraintsFrom<Column, SQL>(config, reading),
    ...uniquesFrom<Column, SQL>(config, reading).map(({ name, columns, nullsNotDistinct }) => ({
      kind: 'unique' as const,
      name,
      columns,
      ...(nullsNotDistinct ? { nullsNotDistinct: true as const } : {}),
    })),
  ]
}

function tableFrom(table: PgTable, casing: Casing | undefined, cache: CasingCache): TableModel {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const reading: Reader = {
    ref: placed(config.name, config.schema),
    nameOf: (column) => (column.keyAsName ? cache.getColumnCasing(column) : column.name),
    refOf(other) {
      const { name, schema } = getTableConfig(other as PgTable)
      return placed(name, schema)
    },
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  const indexes = indexesFrom(config, reading)
  return withKeysNotNull(tableOf(reading.ref, columns, allConstraints(config, reading), indexes))
}

function viewFrom(
  { name, schema, query }: { name: string; schema: string | undefined; query: SQL | undefined },
  casing: Casing | undefined,
): readonly ViewModel[] {
  // A view that exists already is somebody else's.
  if (query === undefined) return []
  return [{ ref: placed(name, schema), definition: queryText(query, `view ${name}`, casing) }]
}

function sequenceFrom({ seqName, schema, seqOptions: given }: PgSequence): SequenceModel {
  const text = (value: number | string | undefined) => (value === undefined ? undefined : String(value))
  const texts = {
    start: text(given?.startWith),
    increment: text(given?.increment),
    minValue: text(given?.minValue),
    maxValue: text(given?.maxValue),
  }
  return {
    ref: placed(seqName ?? '', schema),
    ...(Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof texts, string>
    >),
    ...(given?.cache === undefined ? {} : { cache: Number(given.cache) }),
    ...(given?.cycle === undefined ? {} : { cycle: given.cycle }),
  }
}

interface Found {
  readonly tables: Pick<DeclaredTable, 'model'>[]
  readonly views: ViewModel[]
  readonly enums: EnumModel[]
  readonly sequences: SequenceModel[]
  readonly schemas: string[]
}

function sort(entity: unknown, found: Found, casing: Casing | undefined, cache: CasingCache): void {
  if (is(entity, PgTable)) {
    if (!isAlias(entity)) found.tables.push({ model: declaredModel(entity) ?? tableFrom(entity, casing, cache) })
  } else if (isPgView(entity)) found.views.push(...viewFrom(getViewConfig(entity), casing))
  else if (isPgMaterializedView(entity)) {
    const views = viewFrom(getMaterializedViewConfig(entity), casing)
    found.views.push(...views.map((view) => ({ ...view, materialized: true as const })))
  } else if (isPgEnum(entity)) {
    found.enums.push({ ref: placed(entity.enumName, entity.schema), values: [...entity.enumValues] })
  } else if (isPgSequence(entity)) found.sequences.push(sequenceFrom(entity))
  else if (isPgSchema(entity)) found.schemas.push(entity.schemaName)
  else if (is(entity, Table)) throw strangeTable(getTableName(entity), 'postgres', 'PostgreSQL', 'pgTable')
}

/**
 * The schema that Drizzle's objects of PostgreSQL describe (tables, views, materialised views, enums, sequences, schemas): a module's
 * exports, or a list. What is none of these (relations, helpers, aliases) is passed by. A table of `toDrizzle` gives the model that it
 * was declared with. What the model has no words for is left out: roles, policies, and the storage of a materialised view.
 *
 * Throws WRONG_DIALECT for a table of another database, OBJECT_EXISTS when two tables or columns have one name, UNSUPPORTED
 * and INVALID_NAME for what cannot be said in PostgreSQL's DDL.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const model = fromDrizzle(schema)
 * ```
 */
export function fromDrizzle(
  exports: readonly unknown[] | { readonly [name: string]: unknown },
  options: FromDrizzleOptions = {},
): SchemaModel {
  const cache = new CasingCache(options.casing)
  const found: Found = { tables: [], views: [], enums: [], sequences: [], schemas: [] }
  const entities = new Set<unknown>(Array.isArray(exports) ? exports : Object.values(exports))
  for (const entity of entities) sort(entity, found, options.casing, cache)
  let model = toModel(found.tables)
  for (const view of found.views) model = put(model, 'views', tableKey(view.ref), view)
  for (const one of found.enums) model = put(model, 'enums', tableKey(one.ref), one)
  for (const sequence of found.sequences) model = put(model, 'sequences', tableKey(sequence.ref), sequence)
  const objects = [...found.views, ...found.enums, ...found.sequences].flatMap(({ ref }) => ref.schema ?? [])
  return { ...model, schemas: [...new Set([...model.schemas, ...found.schemas, ...objects])].sort() }
}
