import {
  type ConstraintModel,
  type DeclaredSchema,
  type EnumModel,
  type Exports,
  type PolicyModel,
  type SchemaModel,
  type SequenceModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { capabilities, quote } from '@org/migrate-dialect-postgres/internal'
import { is, SQL } from 'drizzle-orm'
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
  PgGeometry,
  PgGeometryObject,
  PgPolicy,
  PgRole,
  type PgSequence,
  PgTable,
} from 'drizzle-orm/pg-core'
import { type Entity, withPolicy } from '../read/entities.ts'
import { forgetsSrid, isAlias, isExisting, isExistingSchema, linkedTable } from '../read/internals.ts'
import { drizzleFeatures, type FromDrizzleOptions, type ReadDialect, readSchema, viewFrom } from '../read/reader.ts'
import {
  constraintsFrom,
  type Reading,
  type TableReading,
  tableOf,
  uniquesFrom,
  withKeysNotNull,
} from '../read/table.ts'
import { columnFrom, enumFrom } from './from-columns.ts'
import { type Config, indexesFrom } from './from-indexes.ts'

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

/*
 * What Drizzle says and the model has no words for, in one line each.
 */

function roleNotes(role: PgRole): readonly string[] {
  return isExisting(role)
    ? []
    : [
        `role ${role.name} is not compared: roles belong to the server; create it there, and declare it with .existing()`,
      ]
}

function tableNotes(config: ReturnType<typeof getTableConfig>): readonly string[] {
  const { name, columns, indexes } = config
  return [
    // ONLY is left out: it says something of partitions, which Drizzle cannot declare, and `using()` sets it on every index.
    ...indexes.flatMap(({ config: { name: index = 'without a name', concurrently } }) =>
      concurrently ? [`CONCURRENTLY of index ${index} of ${name} is not followed: it is created like any other`] : [],
    ),
    ...columns
      .filter((column) => (is(column, PgGeometry) || is(column, PgGeometryObject)) && forgetsSrid(column))
      .map(({ name: column }) => `the SRID of ${name}.${column} is not known: Drizzle does not keep it`),
  ]
}

function rolesOf(to: PgPolicy['to'], reading: Reading): readonly string[] {
  if (to === undefined) return ['public']
  if (Array.isArray(to)) return to.flatMap((each) => rolesOf(each, reading))
  return [reading.cut(is(to, PgRole) ? to.name : to)]
}

/** Columns keep their tables only where a subquery may read others: else the name of the own one would not survive a rename. */
function expressionText(part: string, chunk: SQL, reading: Reading): string {
  const bare = reading.text(chunk, part)
  return /\bselect\b/i.test(bare) ? reading.queryText(chunk, part) : bare
}

/** A policy in the words of CREATE POLICY. */
function policyFrom(policy: PgPolicy, reading: Reading): PolicyModel {
  const { name, as = 'permissive', for: command = 'all', to, using, withCheck } = policy
  const text = (part: string, chunk: SQL): string => expressionText(`${part} of policy ${name}`, chunk, reading)
  return {
    name: reading.cut(name),
    as,
    for: command,
    to: [...new Set(rolesOf(to, reading))],
    ...(is(using, SQL) ? { using: text('using', using) } : {}),
    ...(is(withCheck, SQL) ? { withCheck: text('withCheck', withCheck) } : {}),
  }
}

/** A policy that was exported: by itself it says nothing unless it was linked to a table. */
function exportedPolicy(policy: PgPolicy, reading: Reading): Entity {
  const table = linkedTable(policy)
  if (table === undefined) {
    return { notes: [`policy ${policy.name} is not compared: it is linked to no table`] }
  }
  const { name, schema } = getTableConfig(table)
  return { policy: { table: reading.placed(name, schema), policy: policyFrom(policy, reading) } }
}

type ViewConfig = ReturnType<typeof getViewConfig> | ReturnType<typeof getMaterializedViewConfig>

type ViewConfigs = ReturnType<typeof getMaterializedViewConfig> & ReturnType<typeof getViewConfig>
type Storage = Partial<Pick<ViewConfigs, 'using' | 'tablespace' | 'withNoData'>>

/** `securityBarrier` is `security_barrier`; the server keeps every value as text. What is not stated is not set. */
function optionsOf({ with: given, using, tablespace, withNoData }: Pick<ViewConfig, 'with'> & Storage) {
  const pairs = Object.entries({ ...given, using, tablespace }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), String(value)]],
  )
  return {
    options: Object.fromEntries(pairs) as Record<string, string>,
    ...(withNoData ? { noData: true as const } : {}),
  }
}

function sequenceFrom({ seqName, schema, seqOptions: given }: PgSequence, { placed }: Reading): SequenceModel {
  const text = (value: number | string | undefined) => (value === undefined ? undefined : String(value))
  const bounds = {
    start: text(given?.startWith),
    increment: text(given?.increment),
    minValue: text(given?.minValue),
    maxValue: text(given?.maxValue),
  }
  return {
    ref: placed(seqName ?? '', schema),
    ...(Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof bounds, string>
    >),
    ...(given?.cache === undefined ? {} : { cache: Number(given.cache) }),
    ...(given?.cycle === undefined ? {} : { cycle: given.cycle }),
  }
}

/** Enums of `public` have no schema in the model, but for columns of tables that stand in another. */
function inPublic(declared: DeclaredSchema): DeclaredSchema {
  const { schema } = declared
  const own = ({ ref }: EnumModel): boolean => ref.schema === 'public'
  const enums = [...schema.enums.values()].map((one) => (own(one) ? { ...one, ref: { name: one.ref.name } } : one))
  const relations = [schema.tables, schema.views, schema.sequences].flatMap((part) => [...part.values()])
  const named = relations.some(({ ref }) => ref.schema === 'public')
  return {
    ...declared,
    schema: {
      ...schema,
      enums: new Map(enums.map((one) => [tableKey(one.ref), one])),
      schemas: named ? schema.schemas : schema.schemas.filter((name) => name !== 'public'),
    },
  }
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
