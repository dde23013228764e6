import {
  type ConstraintModel,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { serialSequence } from '../sql/server-names.ts'

const keyKinds: { readonly [K in ConstraintModel['kind']]?: string } = {
  primaryKey: 'primary key',
  unique: 'unique constraint',
  exclude: 'exclude constraint',
}

/** By its name what a table has an index for: a constraint of it, or the index itself. */
export function indexNames({
  constraints,
  indexes,
}: Pick<TableModel, 'constraints' | 'indexes'>): ReadonlyMap<string, string> {
  return new Map([
    ...constraints.flatMap(({ kind, name }): [string, string][] => {
      const what = keyKinds[kind]
      return what === undefined || name === undefined ? [] : [[name, what]]
    }),
    ...indexes.map(({ name }) => [name, 'index'] as const),
  ])
}

/** The sequences of the identities of a table, by name: each has that of its table and column, where the server gave it no other. */
export const identitySequences = ({ ref, columns }: TableModel): readonly string[] =>
  columns.flatMap(({ name, identity }) =>
    identity === undefined ? [] : [identity.sequence ?? serialSequence(ref, name).name],
  )

const knownRelations = new WeakMap<TableModel, ReadonlyMap<string, string>>()

/** By their names the relations of a table, for people. Each new sequence asks for those of all tables. */
export function ownedRelations(table: TableModel): ReadonlyMap<string, string> {
  const known = knownRelations.get(table)
  if (known !== undefined) return known
  const what = refText(table.ref)
  const relations = new Map([
    ...identitySequences(table).map((name) => [name, `sequence ${name} of an identity of ${what}`] as const),
    ...[...indexNames(table)].map(([name, kind]) => [name, `${kind} ${name} of ${what}`] as const),
  ])
  knownRelations.set(table, relations)
  return relations
}

/** The relation that has a name, for people. */
export function relationWithName(model: SchemaModel, ref: TableRef): string | undefined {
  const key = tableKey(ref)
  if (model.tables.has(key)) return `table ${refText(ref)}`
  if (model.views.has(key)) return `view ${refText(ref)}`
  if (model.sequences.has(key)) return `sequence ${refText(ref)}`
  const other = model.otherNames?.get(key)
  if (other?.isRelation) return other.what
  for (const { ref: view, indexNames: names = [] } of model.views.values())
    if (view.schema === ref.schema && names.includes(ref.name)) return `index ${ref.name} of ${refText(view)}`
  for (const table of model.tables.values()) {
    const what = table.ref.schema === ref.schema ? ownedRelations(table).get(ref.name) : undefined
    if (what !== undefined) return what
  }
  return undefined
}

/** The type that has a name, for people. Sequences and indexes make none: https://www.postgresql.org/docs/current/catalog-pg-type.html */
export function typeWithName(model: SchemaModel, ref: TableRef): string | undefined {
  const key = tableKey(ref)
  if (model.enums.has(key)) return `enum ${refText(ref)}`
  if (model.tables.has(key)) return `table ${refText(ref)}`
  if (model.views.has(key)) return `view ${refText(ref)}`
  const other = model.otherNames?.get(key)
  return other?.isType ? other.what : undefined
}
