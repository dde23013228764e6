import { MigrateError } from '../errors/migrate-error.ts'
import { canonicalJson } from '../model/canonical.ts'
import { refOfKey, refText, tableKey, triggerKey } from '../model/edit.ts'
import type { ColumnModel, ConstraintModel, SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { DeclaredSchema } from './declared-schema.ts'

/** A name without the schema of the connection, which a model never says. */
function refIn(own: string): (ref: TableRef) => TableRef {
  return (ref) => (ref.schema === own ? { name: ref.name } : ref)
}

type RefMapper = ReturnType<typeof refIn>

/** The same list where nothing in it changes. */
function mapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change)
  return changed.every((item, at) => item === items[at]) ? items : changed
}

/** A column of a table says the schema of its enum where that is not the table's. */
function columnIn(column: ColumnModel, table: TableRef, own: string): ColumnModel {
  if (column.type.kind !== 'enum' || column.type.schema !== own || table.schema !== undefined) return column
  const { schema: _, ...type } = column.type
  return { ...column, type }
}

function constraintIn(constraint: ConstraintModel, toOwnRef: RefMapper): ConstraintModel {
  if (constraint.kind !== 'foreignKey') return constraint
  const { references } = constraint
  const table = toOwnRef(references.table)
  return table === references.table ? constraint : { ...constraint, references: { ...references, table } }
}

function tableIn(table: TableModel, own: string): TableModel {
  const toOwnRef = refIn(own)
  const ref = toOwnRef(table.ref)
  const columns = mapped(table.columns, (column) => columnIn(column, ref, own))
  const constraints = mapped(table.constraints, (constraint) => constraintIn(constraint, toOwnRef))
  const isSame = ref === table.ref && columns === table.columns && constraints === table.constraints
  return isSame ? table : { ...table, ref, columns, constraints }
}

/**
 * Throws OBJECT_EXISTS where one object is said twice, with the schema of the connection and without, unless both are the same as
 * far as `isSame` knows.
 */
function mapRefs<T extends { readonly ref: TableRef }>(
  what: string,
  items: ReadonlyMap<string, T>,
  change: (item: T) => T,
  isSame: (one: T, other: T) => boolean = () => false,
): ReadonlyMap<string, T> {
  const result = new Map<string, T>()
  for (const item of items.values()) {
    const now = change(item)
    const key = tableKey(now.ref)
    const existing = result.get(key)
    if (existing !== undefined && !isSame(existing, now)) {
      const object = `${what} ${refText(now.ref)}`
      throw new MigrateError(
        'OBJECT_EXISTS',
        { object },
        `There are two declarations of ${object}: one says the schema of the connection, and one says no schema, which is the same.`,
      )
    }
    result.set(key, now)
  }
  return result
}

/** A schema in which what stands in the schema of the connection says no schema, as introspection gives it. */
export function inOwnSchema(model: SchemaModel, own: string | undefined): SchemaModel {
  if (own === undefined) return model
  const toOwnRef = refIn(own)
  const moved = <T extends { readonly ref: TableRef }>(item: T): T => ({ ...item, ref: toOwnRef(item.ref) })
  return {
    ...model,
    schemas: model.schemas.filter((name) => name !== own),
    tables: mapRefs('table', model.tables, (table) => tableIn(table, own)),
    views: mapRefs('view', model.views, moved),
    // A column of a table in another schema says where its enum is; one of a table in the same schema doesn't.
    enums: mapRefs(
      'enum',
      model.enums,
      moved,
      (one, other) => canonicalJson(one.values) === canonicalJson(other.values),
    ),
    sequences: mapRefs('sequence', model.sequences, (sequence) => {
      const { ownedBy } = sequence
      return {
        ...moved(sequence),
        ...(ownedBy === undefined ? {} : { ownedBy: { ...ownedBy, table: toOwnRef(ownedBy.table) } }),
      }
    }),
    triggers: new Map(
      [...model.triggers.values()].map((trigger) => {
        const table = toOwnRef(trigger.table)
        return [triggerKey(table, trigger.name), { ...trigger, table }] as const
      }),
    ),
  }
}

/** The same of a declaration, with everything that it says of its tables. */
export function declaredInOwnSchema(declared: DeclaredSchema, own: string | undefined): DeclaredSchema {
  if (own === undefined) return declared
  const toOwnRef = refIn(own)
  const keyOf = (key: string): string => tableKey(toOwnRef(refOfKey(key)))
  const byTable = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...map].map(([key, value]) => [keyOf(key), value] as const))
  const { holdsJson } = declared
  return {
    ...declared,
    schema: inOwnSchema(declared.schema, own),
    existing: declared.existing.map(toOwnRef),
    supportedFeaturesByTable: byTable(declared.supportedFeaturesByTable),
    generatedNames: new Set(
      [...declared.generatedNames].map((generatedName) => {
        const [key, name] = JSON.parse(generatedName) as [string, string]
        return JSON.stringify([keyOf(key), name])
      }),
    ),
    ...(holdsJson === undefined ? {} : { holdsJson: byTable(holdsJson) }),
  }
}

/** The named schemas that something of the model stands in. */
export function inhabitedSchemas(model: SchemaModel): readonly string[] {
  const parts = [model.tables, model.views, model.enums, model.sequences]
  return [...new Set(parts.flatMap((part) => [...part.values()].flatMap(({ ref }) => ref.schema ?? [])))]
}
