import {
  allFeatures,
  type ConstraintModel,
  type DeclaredSchema,
  type Exports,
  type OptionChecks,
  oneOf,
  requireOptions,
  type SchemaModel,
  type SupportedFeatures,
} from '@org/migrate-core/dialect'
import { quote } from '@org/migrate-dialect-postgres/internal'
import { type Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { toCamelCase, toSnakeCase } from 'drizzle-orm/casing'
import {
  getMaterializedViewConfig,
  getTableConfig,
  getViewConfig,
  isPgEnum,
  isPgMaterializedView,
  isPgSchema,
  isPgSequence,
  isPgView,
  PgPolicy,
  PgRole,
  PgTable,
} from 'drizzle-orm/pg-core'
import type { Casing } from '../read/chunk-text.ts'
import { type Entity, portableFrom, readEntities, withPolicy } from '../read/entities.ts'
import { constraintsFrom, tableOf, uniquesFrom, withKeysNotNull, wrongDialectTable } from '../read/table.ts'
import { tableNames } from '../read/table-names.ts'
import { columnFrom, enumFrom, type Reader } from './from-columns.ts'
import { type Config, indexesFrom } from './from-indexes.ts'
import { roleNotes, tableNotes } from './from-notes.ts'
import { cut, here, inPublic, limit, sequenceFrom, viewFrom } from './from-objects.ts'
import { exportedPolicy, policyFrom } from './from-policies.ts'
import { isAlias } from './internals.ts'
import { sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

const optionChecks: OptionChecks<FromDrizzleOptions> = { casing: oneOf('snake_case', 'camelCase') }
const casings = { snake_case: toSnakeCase, camelCase: toCamelCase }
const cased = (key: string, casing: Casing | undefined): string => (casing === undefined ? key : casings[casing](key))

/** What Drizzle has words for on PostgreSQL. */
const supportedFeatures: SupportedFeatures = Object.freeze({
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

function tableFrom(table: PgTable, casing: Casing | undefined): Entity {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const names = tableNames(limit, config.name)
  const reading: Reader = {
    dialect: 'postgres',
    ref: here(config.name, config.schema),
    table: config.name,
    names,
    namedKeys: ['primaryKey', 'foreignKey'],
    placed: here,
    nameOf: (column) => cut(column.keyAsName ? cased(column.name, casing) : column.name),
    refOf(other) {
      const { name, schema } = getTableConfig(other as PgTable)
      return here(name, schema)
    },
    isChunk: (value) => is(value, SQL),
    literal: (value) => quote.literal(value).text,
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  const indexes = indexesFrom(config, reading)
  const plain = withKeysNotNull(tableOf(reading.ref, columns, allConstraints(config, reading), indexes))
  const secured = config.enableRLS ? { ...plain, rowSecurity: { enabled: true, forced: false } } : plain
  return {
    table: config.policies.reduce((model, policy) => withPolicy(model, policyFrom(policy, casing)), secured),
    enums: config.columns.flatMap((column) => enumFrom(column, here) ?? []),
    notes: tableNotes(config),
    generatedNames: names.all,
  }
}

/** The policies that tables have in their own lists, and that may be exported as well. */
function listedPolicies(exports: Exports): ReadonlySet<unknown> {
  const all: readonly unknown[] = typeof exports === 'object' && exports !== null ? Object.values(exports) : []
  return new Set(
    all.flatMap((entity) => (is(entity, PgTable) && !isAlias(entity) ? getTableConfig(entity).policies : [])),
  )
}

function entityFrom(entity: unknown, casing: Casing | undefined, listed: ReadonlySet<unknown>): Entity | undefined {
  if (is(entity, PgTable)) {
    return isAlias(entity) ? undefined : (portableFrom(entity) ?? tableFrom(entity, casing))
  }
  if (isPgView(entity)) return viewFrom(getViewConfig(entity), casing, {})
  if (isPgMaterializedView(entity)) return viewFrom(getMaterializedViewConfig(entity), casing, { materialized: true })
  if (isPgEnum(entity)) {
    return { enums: [{ ref: here(entity.enumName, entity.schema), values: [...entity.enumValues] }] }
  }
  if (isPgSequence(entity)) return { sequence: sequenceFrom(entity) }
  if (isPgSchema(entity)) return { schema: cut(entity.schemaName) }
  if (is(entity, PgPolicy)) return listed.has(entity) ? {} : exportedPolicy(entity, casing)
  if (is(entity, PgRole)) return { notes: roleNotes(entity) }
  if (is(entity, Table)) throw wrongDialectTable(getTableName(entity), 'postgres', 'PostgreSQL', 'pgTable')
  return undefined
}

/**
 * What Drizzle's objects of PostgreSQL declare (tables, views, materialised views, enums, sequences, schemas: a module's exports, or a
 * list), with what is to be known of it to compare a database with it: which facts Drizzle has no words for, which names were generated,
 * which views belong to other programs. What is none of these (relations, helpers, aliases) is passed by. Enums and schemas that a table uses
 * need not be exported. Tables of `table(…)` are read too, and one of `toDrizzle` gives the model that it was declared with.
 *
 * What Drizzle says and a database does not have is no part of it: values of `text({ enum })`, `$default` and `$onUpdate`, `$type`, modes.
 * What the model has no words for is left out and is a line of `notes`: roles, policies of tables that are not declared, CONCURRENTLY and ONLY of
 * indexes, the storage of materialised views, names of the sequences of identities, SRIDs. Keys have the names that Drizzle's own tool gives them where
 * they were not given one, and names that the server would cut are cut.
 *
 * Throws WRONG_DIALECT for a table of another database, OBJECT_EXISTS when two tables, views, sequences, enums or columns have one name,
 * UNSUPPORTED and INVALID_NAME for what cannot be said in PostgreSQL's DDL.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const { schema: model, notes } = readDrizzle(schema, { casing: 'snake_case' })
 * ```
 */
export function readDrizzle(exports: Exports, options: FromDrizzleOptions = {}): DeclaredSchema {
  const { casing } = requireOptions('readDrizzle', options, optionChecks)
  const listed = listedPolicies(exports)
  return inPublic(readEntities(exports, supportedFeatures, (entity) => entityFrom(entity, casing, listed)))
}

/**
 * The schema that Drizzle's objects of PostgreSQL describe: that of `readDrizzle`, which says what is read and what is left out, and
 * throws the same.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const model = fromDrizzle(schema)
 * ```
 */
export function fromDrizzle(exports: Exports, options: FromDrizzleOptions = {}): SchemaModel {
  return readDrizzle(exports, options).schema
}
