import {
  type Casing,
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  constraintsFrom,
  declaredModel,
  defaultFrom,
  type Entity,
  type Exports,
  generatedFrom,
  isAlias,
  placed,
  readEntities,
  type SchemaModel,
  type SequenceModel,
  strangeTable,
  type TableModel,
  tableOf,
  textDefault,
  uniquesFrom,
  type ValueReading,
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
import { queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type Reader = ValueReading<Column, SQL>

interface EnumParts {
  readonly enumName: string
  readonly schema?: string | undefined
}

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
  return { kind: 'enum', name, ...(schema === undefined ? {} : { schema }), values: [...(column.enumValues ?? [])] }
}

const isNow = (text: string): boolean => /^(?:now\(\)|current_timestamp)$/i.test(text)

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
  const found = defaultFrom<Column, SQL>(column, reading, (text) => textDefault(text, grammar, isNow))
  const generated = generatedFrom<Column, SQL>(column, reading, 'stored')
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
    dialect: 'postgres',
    ref: placed(config.name, config.schema),
    nameOf: (column) => (column.keyAsName ? cache.getColumnCasing(column) : column.name),
    refOf(other) {
      const { name, schema } = getTableConfig(other as PgTable)
      return placed(name, schema)
    },
    isChunk: (value) => is(value, SQL),
    literal: (value) => quote.literal(value).text,
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  const indexes = indexesFrom(config, reading)
  return withKeysNotNull(tableOf(reading.ref, columns, allConstraints(config, reading), indexes))
}

interface ViewParts {
  readonly name: string
  readonly schema: string | undefined
  readonly query: SQL | undefined
}

function viewFrom({ name, schema, query }: ViewParts, casing: Casing | undefined): ViewModel | undefined {
  // A view that exists already is somebody else's.
  return query && { ref: placed(name, schema), definition: queryText(query, `view ${name}`, casing) }
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

function entityFrom(entity: unknown, casing: Casing | undefined, cache: CasingCache): Entity | undefined {
  if (is(entity, PgTable)) {
    return isAlias(entity) ? undefined : { table: declaredModel(entity) ?? tableFrom(entity, casing, cache) }
  }
  if (isPgView(entity)) return { view: viewFrom(getViewConfig(entity), casing) }
  if (isPgMaterializedView(entity)) {
    const view = viewFrom(getMaterializedViewConfig(entity), casing)
    return view && { view: { ...view, materialized: true } }
  }
  if (isPgEnum(entity)) {
    return { enum: { ref: placed(entity.enumName, entity.schema), values: [...entity.enumValues] } }
  }
  if (isPgSequence(entity)) return { sequence: sequenceFrom(entity) }
  if (isPgSchema(entity)) return { schema: entity.schemaName }
  if (is(entity, Table)) throw strangeTable(getTableName(entity), 'postgres', 'PostgreSQL', 'pgTable')
  return undefined
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
export function fromDrizzle(exports: Exports, { casing }: FromDrizzleOptions = {}): SchemaModel {
  const cache = new CasingCache(casing)
  return readEntities(exports, (entity) => entityFrom(entity, casing, cache))
}
