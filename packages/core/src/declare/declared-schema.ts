import { isRecord, isText, type OptionCheck, requireArguments, withMember } from '../errors/option-check.ts'
import { tableKey } from '../model/edit.ts'
import { isSchemaModel } from '../model/model-check.ts'
import type { SchemaModel, TableRef } from '../model/schema-model.ts'

/**
 * What a declaration of some kind can say, one word for each fact that some kind cannot. Of what it cannot say, whatever stands in
 * the database is left as it is.
 */
export interface SupportedFeatures {
  /** Of tables and columns. */
  readonly comments: boolean
  readonly indexComments: boolean
  /** Of columns. */
  readonly collations: boolean
  /** Engine and character set, STRICT and WITHOUT ROWID, storage parameters of tables. */
  readonly tableOptions: boolean
  /** ON UPDATE of DATETIME columns of MySQL: Drizzle has a word for it on TIMESTAMP columns alone. */
  readonly datetimeOnUpdate: boolean
  readonly deferrable: boolean
  /** MATCH of foreign keys. */
  readonly match: boolean
  /** NOT VALID of checks and foreign keys. */
  readonly notValid: boolean
  readonly exclusions: boolean
  /** A unique constraint apart from a unique index over the same columns: Drizzle for SQLite makes an index of either. */
  readonly uniqueConstraints: boolean
  /** Of constraints on PostgreSQL: INCLUDE and storage of keys, NO INHERIT, the columns that ON DELETE SET NULL sets. */
  readonly constraintDetails: boolean
  readonly indexIncludes: boolean
  /** NULLS NOT DISTINCT of an index; of a unique constraint every declaration can say it. */
  readonly indexNullsNotDistinct: boolean
  /** Storage parameters of indexes. */
  readonly indexOptions: boolean
  /** FULLTEXT and SPATIAL indexes of MySQL. */
  readonly specialIndexes: boolean
  /** Whether rows are hidden, and policies (PostgreSQL). */
  readonly rowSecurity: boolean
  /** FORCE ROW LEVEL SECURITY. */
  readonly forcedRowSecurity: boolean
  readonly triggers: boolean
  readonly views: boolean
  readonly materializedViews: boolean
  readonly sequences: boolean
  /** The type of a sequence (`AS integer`), and the column that owns it. */
  readonly sequenceTypes: boolean
  /** Enums that no column uses. */
  readonly unusedEnums: boolean
  /** Schemas that nothing declared stands in. */
  readonly emptySchemas: boolean
  readonly extensions: boolean
}

const facts: { readonly [F in keyof SupportedFeatures]: true } = {
  comments: true,
  indexComments: true,
  collations: true,
  tableOptions: true,
  datetimeOnUpdate: true,
  deferrable: true,
  match: true,
  notValid: true,
  exclusions: true,
  uniqueConstraints: true,
  constraintDetails: true,
  indexIncludes: true,
  indexNullsNotDistinct: true,
  indexOptions: true,
  specialIndexes: true,
  rowSecurity: true,
  forcedRowSecurity: true,
  triggers: true,
  views: true,
  materializedViews: true,
  sequences: true,
  sequenceTypes: true,
  unusedEnums: true,
  emptySchemas: true,
  extensions: true,
}

/** All of it: models that come from a replay or from a database. */
export const isDeclaredSchema: OptionCheck = (value) => {
  const { schema, supportedFeaturesByTable } = (isRecord(value) === undefined ? value : {}) as Partial<DeclaredSchema>
  return supportedFeaturesByTable instanceof Map
    ? isSchemaModel(schema)
    : 'a declared schema is expected, as readDeclared gives it'
}

export const allFeatures: SupportedFeatures = Object.freeze(facts)

/** What `table(…)` can say: everything of a table but exclusion constraints, and nothing beside tables but the enums of their columns. */
export const portableFeatures: SupportedFeatures = Object.freeze({
  ...facts,
  rowSecurity: false,
  forcedRowSecurity: false,
  exclusions: false,
  constraintDetails: false,
  triggers: false,
  views: false,
  materializedViews: false,
  sequences: false,
  sequenceTypes: false,
  unusedEnums: false,
  emptySchemas: false,
  extensions: false,
})

/** A schema as it was declared, with what is to be known of the declaration to compare a database with it. */
export interface DeclaredSchema {
  readonly schema: SchemaModel
  /** Views and materialised views that the declaration names as owned by another program: they are ignored, present or not. */
  readonly existing: readonly TableRef[]
  /** What the declaration says and the model has no word for: for people, one line each (`CONCURRENTLY of index i of users is not followed`). */
  readonly notes: readonly string[]
  /** What a declaration of this kind can say at all. */
  readonly supportedFeatures: SupportedFeatures
  /** The tables, by `tableKey`, that were declared in another way than the rest, and what that way can say of a table. */
  readonly supportedFeaturesByTable: ReadonlyMap<string, SupportedFeatures>
  /**
   * Names of constraints and indexes that were generated, as `generatedNameKey` writes them: they are of Drizzle's making, and a database that
   * has another name for the same thing is no difference.
   */
  readonly generatedNames: ReadonlySet<string>
  /** The functions, the types, and what the model has no word for, as the server shows them. No operation makes or changes them. */
  readonly unmodelled?: readonly { readonly name: string; readonly create: string }[]
  /** The text columns that hold JSON, by `tableKey`. */
  readonly holdsJson?: ReadonlyMap<string, readonly string[]>
}

/** A constraint or an index of a table in `generatedNames`. */
export function generatedNameKey(table: TableRef, name: string): string {
  requireArguments('generatedNameKey', { table, name }, { table: withMember('a table', 'name'), name: isText })
  return JSON.stringify([tableKey(table), name])
}

/** What is said of that table at all. */
export function supportedFeaturesOf(declared: DeclaredSchema, table: TableRef): SupportedFeatures {
  requireArguments(
    'supportedFeaturesOf',
    { declared, table },
    { declared: isDeclaredSchema, table: withMember('a table', 'name') },
  )
  return declared.supportedFeaturesByTable.get(tableKey(table)) ?? declared.supportedFeatures
}

/** A model that says everything and leaves nothing to others, as a replay or a database gives it. */
export function wholeSchema(schema: SchemaModel): DeclaredSchema {
  requireArguments('wholeSchema', { schema }, { schema: isSchemaModel })
  return {
    schema,
    existing: [],
    notes: [],
    supportedFeatures: allFeatures,
    supportedFeaturesByTable: new Map(),
    generatedNames: new Set(),
  }
}
