import { MigrateError } from '../../errors/migrate-error.ts'
import { isListOrRecord, requireArguments } from '../../errors/option-check.ts'
import { canonicalJson } from '../../model/canonical.ts'
import { refText, tableKey } from '../../model/edit.ts'
import type {
  EnumModel,
  PolicyModel,
  SchemaModel,
  SequenceModel,
  TableModel,
  TableRef,
  ViewModel,
} from '../../model/schema-model.ts'
import { type DeclaredSchema, generatedNameKey, portableFeatures, type SupportedFeatures } from '../declared-schema.ts'
import type { DeclaredTable } from '../declared-table.ts'
import { toModel } from '../to-model.ts'
import { declaredModel } from './make-table.ts'

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
  /** Its text columns that hold JSON. */
  readonly holdsJson?: readonly string[]
  /** The table was declared with `table(…)`, which can say more, or less, than the rest. */
  readonly portable?: true
}

export type Exports = readonly unknown[] | { readonly [name: string]: unknown }

/** A name in a schema, which may be the one that goes without saying. */
export const objectRef = (name: string, schema: string | undefined): TableRef =>
  schema === undefined ? { name } : { schema, name }

function isTableModel(model: unknown): model is TableModel {
  const { ref, columns, constraints } = (model ?? {}) as { readonly [member: string]: unknown }
  return typeof ref === 'object' && ref !== null && Array.isArray(columns) && Array.isArray(constraints)
}

function jsonColumnsOf(entity: object): readonly string[] {
  const columns = 'columns' in entity ? (entity.columns as Partial<DeclaredTable['columns']>) : {}
  return Object.entries(columns ?? {}).flatMap(([name, column]) => (column?.client?.holds === 'json' ? [name] : []))
}

/** A table of `table(…)`, or one that a dialect's `toDrizzle` made of it. */
export function portableFrom(entity: unknown): Entity | undefined {
  if (typeof entity !== 'object' || entity === null) return undefined
  const model = declaredModel(entity) ?? ('model' in entity ? entity.model : undefined)
  if (!isTableModel(model)) return undefined
  const holdsJson = jsonColumnsOf(entity)
  return { table: model, portable: true, ...(holdsJson.length === 0 ? {} : { holdsJson }) }
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
  requireArguments('readDeclared', { exports }, { exports: isListOrRecord })
  const exported = new Set<unknown>(Array.isArray(exports) ? exports : Object.values(exports))
  const entities = [...exported]
    .map((entity) => read(entity) ?? portableFrom(entity))
    .filter((one) => one !== undefined)
  const portable = entities.flatMap(({ table, portable }) => (table !== undefined && portable === true ? [table] : []))
  // Where nothing else was declared, what was not said beside the tables was not meant either way.
  const isPortableOnly = portable.length > 0 && entities.every((one) => one.portable === true)
  const holdsJson = new Map(
    entities.flatMap(({ table, holdsJson: columns }) =>
      table === undefined || columns === undefined ? [] : [[tableKey(table.ref), columns] as const],
    ),
  )
  const schema = modelOf(entities)
  return {
    schema,
    existing: entities.flatMap(({ existing }) => existing ?? []),
    notes: [...entities.flatMap(({ notes }) => notes ?? []), ...policyNotes(schema.tables, entities)],
    supportedFeatures: isPortableOnly ? portableFeatures : supportedFeatures,
    supportedFeaturesByTable: new Map(
      isPortableOnly ? [] : portable.map(({ ref }) => [tableKey(ref), portableFeatures]),
    ),
    ...(holdsJson.size === 0 ? {} : { holdsJson }),
    generatedNames: new Set(
      entities.flatMap(({ table, generatedNames }) =>
        table === undefined ? [] : (generatedNames ?? []).map((name) => generatedNameKey(table.ref, name)),
      ),
    ),
  }
}

/** What Drizzle marks its tables with, whatever the dialect. */
const isDrizzle = (entity: unknown): boolean =>
  typeof entity === 'object' && entity !== null && Symbol.for('drizzle:IsDrizzleTable') in entity

/**
 * The schema of the tables that a module exports (or of a list) where they were declared with `table(…)`; what is no table is passed
 * by. Drizzle's own tables are read by `readDrizzle` of their dialect, which reads these too.
 *
 * Throws WRONG_DIALECT for a table of Drizzle, OBJECT_EXISTS when two tables have one name.
 *
 * ```ts
 * import * as tables from './tables.ts'
 * const { schema, supportedFeatures } = readDeclared(tables)
 * ```
 */
export function readDeclared(exports: Exports): DeclaredSchema {
  return readEntities(exports, portableFeatures, (entity) => {
    const portable = portableFrom(entity)
    if (portable !== undefined || !isDrizzle(entity)) return portable
    const message = 'A table of Drizzle was exported, and not of table(…).'
    throw new MigrateError('WRONG_DIALECT', { expected: 'table(…)', actual: 'Drizzle' }, message, {
      remedy: "Read it with `readDrizzle` of its dialect's `/drizzle`.",
    })
  })
}
