import { toModel } from '@org/migrate-core'
import {
  canonicalJson,
  type DeclaredSchema,
  type EnumModel,
  type Exports,
  MigrateError,
  type PolicyModel,
  refText,
  type SchemaModel,
  type SequenceModel,
  type SupportedFeatures,
  type TableModel,
  type TableRef,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import {
  exportedOnce,
  generatedNameKey,
  holdsJsonOf,
  type PortableTable,
  portableFeatures,
  portableTableOf,
} from '@org/migrate-core/internal'

/** What one thing that a module exports says of the schema. */
export interface Entity {
  readonly table?: TableModel
  readonly view?: ViewModel | undefined
  readonly enums?: readonly EnumModel[]
  readonly sequence?: SequenceModel
  readonly schema?: string
  /** A view that another program owns. */
  readonly existing?: TableRef
  readonly notes?: readonly string[]
  /** A policy that was declared apart from its table. */
  readonly policy?: { readonly table: TableRef; readonly policy: PolicyModel }
  /** Names in the table that were generated. */
  readonly generatedNames?: readonly string[]
  /** The table was declared with `table(…)`, which can say more, or less, than the rest. */
  readonly portable?: PortableTable
}

/** A name in a schema, which may be the one that goes without saying. */
export const objectRef = (name: string, schema: string | undefined): TableRef =>
  schema === undefined ? { name } : { schema, name }

/** A table of `table(…)`, or one that a dialect's `toDrizzle` made of it. */
export function portableFrom(entity: unknown): Entity | undefined {
  const portable = portableTableOf(entity)
  return portable && { table: portable.model, portable }
}

function duplicateDeclaration(kind: string, ref: TableRef): MigrateError<'OBJECT_EXISTS'> {
  const message = `Two declarations are called ${ref.name}.`
  return new MigrateError('OBJECT_EXISTS', { object: `${kind} ${ref.name}` }, message)
}

/** The table with a policy more: row security is on where there is one, as Drizzle's own tool has it. */
export function withPolicy(table: TableModel, policy: PolicyModel): TableModel {
  const { policies = [] } = table
  if (policies.some(({ name }) => name === policy.name))
    throw duplicateDeclaration(`policy ${policy.name} of`, table.ref)
  return {
    ...table,
    rowSecurity: { enabled: true, forced: table.rowSecurity?.forced ?? false },
    policies: [...policies, policy],
  }
}

function withPolicies(tables: SchemaModel['tables'], entities: readonly Entity[]): SchemaModel['tables'] {
  const all = new Map(tables)
  for (const { policy: one } of entities) {
    const table = one && all.get(tableKey(one.table))
    if (one !== undefined && table !== undefined) all.set(tableKey(one.table), withPolicy(table, one.policy))
  }
  return all
}

/** A policy of a table that is not declared: no revision is written for a table that the declaration does not have. */
function policyNotes(tables: SchemaModel['tables'], entities: readonly Entity[]): readonly string[] {
  return entities.flatMap(({ policy: one }) =>
    one === undefined || tables.has(tableKey(one.table))
      ? []
      : [`policy ${one.policy.name} is not compared: its table ${refText(one.table)} is not declared`],
  )
}

function modelOf(entities: readonly Entity[]): SchemaModel {
  const model = toModel(entities.flatMap(({ table }) => (table === undefined ? [] : [{ model: table }])))
  const { tables } = model
  const views = new Map<string, ViewModel>()
  const sequences = new Map<string, SequenceModel>()
  const enums = new Map(model.enums)
  const schemas = new Set(model.schemas)
  /** Tables, views and sequences share their names. */
  const free = (ref: TableRef): string => {
    const key = tableKey(ref)
    if (tables.has(key)) throw duplicateDeclaration('table', ref)
    if (views.has(key)) throw duplicateDeclaration('view', ref)
    if (sequences.has(key)) throw duplicateDeclaration('sequence', ref)
    return key
  }
  for (const { view, enums: own = [], sequence, schema } of entities) {
    if (view !== undefined) views.set(free(view.ref), view)
    if (sequence !== undefined) sequences.set(free(sequence.ref), sequence)
    for (const one of own) {
      // An enum is found where it is exported and in each column that has it.
      const existing = enums.get(tableKey(one.ref))
      if (existing !== undefined && canonicalJson(existing.values) !== canonicalJson(one.values))
        throw duplicateDeclaration('enum', one.ref)
      enums.set(tableKey(one.ref), one)
    }
    for (const named of [schema, ...[view, sequence, ...own].map((one) => one?.ref.schema)]) {
      if (named !== undefined) schemas.add(named)
    }
  }
  return { ...model, tables: withPolicies(tables, entities), views, sequences, enums, schemas: [...schemas].sort() }
}

/**
 * The schema of all that is exported; the same thing under two names is one. `supportedFeatures` is what the declarations that `read` reads can
 * say. Throws OBJECT_EXISTS for two tables of one name.
 */
export function readEntities(
  exports: Exports,
  supportedFeatures: SupportedFeatures,
  read: (entity: unknown) => Entity | undefined,
): DeclaredSchema {
  const entities = exportedOnce(exports)
    .map((entity) => read(entity) ?? portableFrom(entity))
    .filter((one) => one !== undefined)
  const portable = entities.flatMap((one) => one.portable ?? [])
  // Where nothing else was declared, what was not said beside the tables was not meant either way.
  const isPortableOnly = portable.length > 0 && portable.length === entities.length
  const schema = modelOf(entities)
  return {
    schema,
    existing: entities.flatMap(({ existing }) => existing ?? []),
    notes: [...entities.flatMap(({ notes }) => notes ?? []), ...policyNotes(schema.tables, entities)],
    supportedFeatures: isPortableOnly ? portableFeatures : supportedFeatures,
    supportedFeaturesByTable: new Map(
      isPortableOnly ? [] : portable.map(({ model }) => [tableKey(model.ref), portableFeatures]),
    ),
    ...holdsJsonOf(portable),
    generatedNames: new Set(
      entities.flatMap(({ table, generatedNames }) =>
        table === undefined ? [] : (generatedNames ?? []).map((name) => generatedNameKey(table.ref, name)),
      ),
    ),
  }
}
