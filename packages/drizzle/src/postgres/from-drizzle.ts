import type { ConstraintModel, DeclaredSchema, Exports, SchemaModel } from '@org/migrate-core/dialect'
import { capabilities, quote } from '@org/migrate-dialect-postgres/internal'
import { is } from 'drizzle-orm'
import {
  getMaterializedViewConfig,
  getTableConfig,
  getViewConfig,
  isPgEnum,
  isPgMaterializedView,
  isPgSchema,
  isPgSequence,
  isPgView,
  PgDialect,
  PgPolicy,
  PgRole,
  PgTable,
} from 'drizzle-orm/pg-core'
import { withPolicy } from '../read/entities.ts'
import { isAlias, isExistingSchema } from '../read/internals.ts'
import { drizzleFeatures, type FromDrizzleOptions, type ReadDialect, readSchema, viewFrom } from '../read/reader.ts'
import { constraintsFrom, type TableReading, tableOf, uniquesFrom, withKeysNotNull } from '../read/table.ts'
import { columnFrom, enumFrom } from './from-columns.ts'
import { type Config, indexesFrom } from './from-indexes.ts'
import { roleNotes, tableNotes } from './from-notes.ts'
import { inPublic, optionsOf, sequenceFrom } from './from-objects.ts'
import { exportedPolicy, policyFrom } from './from-policies.ts'

function allConstraints(config: Config, reading: TableReading): readonly ConstraintModel[] {
  return [
    ...constraintsFrom(config, reading),
    ...uniquesFrom(config, reading).map(({ name, columns, nullsNotDistinct }) => ({
      kind: 'unique' as const,
      name,
      columns,
      ...(nullsNotDistinct ? { nullsNotDistinct: true as const } : {}),
    })),
  ]
}

/** The policies that tables have in their own lists, and that may be exported as well. */
function listedPolicies(exports: Exports): ReadonlySet<unknown> {
  const all: readonly unknown[] = typeof exports === 'object' && exports !== null ? Object.values(exports) : []
  return new Set(
    all.flatMap((entity) => (is(entity, PgTable) && !isAlias(entity) ? getTableConfig(entity).policies : [])),
  )
}

const dialect: ReadDialect<PgTable, Config> = {
  name: 'postgres',
  server: 'PostgreSQL',
  tableWord: 'pgTable',
  features: drizzleFeatures,
  // The server cuts longer names, also where the application uses them: what is left is the name that a thing has.
  limit: { ...capabilities.identifierLimit, cuts: true },
  namedKeys: ['primaryKey', 'foreignKey'],
  literal: (value) => quote.literal(value).text,
  writer: (options) => new PgDialect(options),
  isTable: (entity) => is(entity, PgTable),
  configOf: getTableConfig,
  qualifiedName: (table) => getTableConfig(table as PgTable),
  tableFrom(config, reading) {
    const columns = config.columns.map((column) => columnFrom(column, reading))
    const indexes = indexesFrom(config, reading)
    const plain = withKeysNotNull(tableOf(reading.ref, columns, allConstraints(config, reading), indexes))
    const secured = config.enableRLS ? { ...plain, rowSecurity: { enabled: true, forced: false } } : plain
    return {
      table: config.policies.reduce((model, policy) => withPolicy(model, policyFrom(policy, reading)), secured),
      enums: config.columns.flatMap((column) => enumFrom(column, reading) ?? []),
      notes: tableNotes(config),
    }
  },
  readOther(reading, exports) {
    const listed = listedPolicies(exports)
    return (entity) => {
      if (isPgView(entity)) {
        const config = getViewConfig(entity)
        return viewFrom(config, reading, optionsOf(config))
      }
      if (isPgMaterializedView(entity)) {
        const config = getMaterializedViewConfig(entity)
        return viewFrom(config, reading, { materialized: true, ...optionsOf(config) })
      }
      if (isPgEnum(entity)) {
        return { enums: [{ ref: reading.placed(entity.enumName, entity.schema), values: [...entity.enumValues] }] }
      }
      if (isPgSequence(entity)) return { sequence: sequenceFrom(entity, reading) }
      if (isPgSchema(entity)) return isExistingSchema(entity) ? {} : { schema: reading.cut(entity.schemaName) }
      if (is(entity, PgPolicy)) return listed.has(entity) ? {} : exportedPolicy(entity, reading)
      return is(entity, PgRole) ? { notes: roleNotes(entity) } : undefined
    }
  },
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
  return inPublic(readSchema(exports, options, dialect))
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
