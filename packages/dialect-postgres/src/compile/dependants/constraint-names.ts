import {
  type ConstraintModel,
  findTable,
  MigrateError,
  movedTo,
  type NameRules,
  type Operation,
  type OperationKind,
  type OperationOf,
  refText,
  type SchemaModel,
  type SchemaObject,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { serialSequence } from '../../sql/server-names.ts'

const keyKinds: { readonly [K in ConstraintModel['kind']]?: string } = {
  primaryKey: 'primary key',
  unique: 'unique constraint',
  exclude: 'exclude constraint',
}

/** By its name what a table has an index for: a constraint of it, or the index itself. */
function indexNames({
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
const identitySequences = ({ ref, columns }: TableModel): readonly string[] =>
  columns.flatMap(({ name, identity }) =>
    identity === undefined ? [] : [identity.sequence ?? serialSequence(ref, name).name],
  )

/** The relation that has a name, for people. */
function relationOf(model: SchemaModel, ref: TableRef): string | undefined {
  const key = tableKey(ref)
  if (model.tables.has(key)) return `table ${refText(ref)}`
  if (model.views.has(key)) return `view ${refText(ref)}`
  if (model.sequences.has(key)) return `sequence ${refText(ref)}`
  const other = model.otherNames?.get(key)
  if (other?.isRelation) return other.what
  for (const { ref: view, indexNames: names = [] } of model.views.values())
    if (view.schema === ref.schema && names.includes(ref.name)) return `index ${ref.name} of ${refText(view)}`
  for (const table of model.tables.values()) {
    if (table.ref.schema !== ref.schema) continue
    const what = indexNames(table).get(ref.name)
    if (what !== undefined) return `${what} ${ref.name} of ${refText(table.ref)}`
    if (identitySequences(table).includes(ref.name))
      return `sequence ${ref.name} of an identity of ${refText(table.ref)}`
  }
  return undefined
}

/** The type that has a name, for people. Sequences and indexes make none: https://www.postgresql.org/docs/current/catalog-pg-type.html */
function typeOf(model: SchemaModel, ref: TableRef): string | undefined {
  const key = tableKey(ref)
  if (model.enums.has(key)) return `enum ${refText(ref)}`
  if (model.tables.has(key)) return `table ${refText(ref)}`
  if (model.views.has(key)) return `view ${refText(ref)}`
  const other = model.otherNames?.get(key)
  return other?.isType ? other.what : undefined
}

/** Of which kinds of object none may have the name. */
type Space = 'relation' | 'type'

interface GivenName {
  readonly ref: TableRef
  readonly spaces: readonly Space[]
  readonly text: string
}

const ofTable = (table: TableRef, parts: Partial<Pick<TableModel, 'constraints' | 'indexes'>>): readonly GivenName[] =>
  [...indexNames({ constraints: [], indexes: [], ...parts })].map(([name, what]) => ({
    ref: { ...table, name },
    spaces: ['relation'],
    text: `${what} ${name} of ${refText(table)}`,
  }))

/** A table and a view make a type of their name, and a new sequence is refused that of a type, too. */
const named = (what: string, ref: TableRef, spaces: readonly Space[] = ['relation', 'type']): GivenName => ({
  ref,
  spaces,
  text: `${what} ${refText(ref)}`,
})

type Given = { readonly [K in OperationKind]?: (operation: OperationOf<K>, after: SchemaModel) => readonly GivenName[] }

const spacesOfMoved: { readonly [K in SchemaObject]: readonly Space[] } = {
  table: ['relation', 'type'],
  view: ['relation', 'type'],
  sequence: ['relation'],
  enum: ['type'],
}

/** The names that operations give to relations and types. A name that one leaves to the server is a free one. */
const given: Given = {
  createTable: ({ table }) => [named('table', table.ref), ...ofTable(table.ref, table)],
  renameTable: ({ table, to }) => [named('table', { ...table, name: to })],
  createView: ({ view }) => [named('view', view.ref)],
  renameView: ({ view, to }) => [named('view', { ...view, name: to })],
  createSequence: ({ sequence }) => [named('sequence', sequence.ref)],
  createEnum: ({ enum: { ref } }) => [named('enum', ref, ['type'])],
  renameEnum: ({ enum: ref, to }) => [named('enum', { ...ref, name: to }, ['type'])],
  addConstraint: ({ table, constraint }) => ofTable(table, { constraints: [constraint] }),
  renameConstraint({ table, to }, after) {
    const constraints = findTable(after, table)?.constraints.filter(({ name }) => name === to)
    return ofTable(table, constraints === undefined ? {} : { constraints })
  },
  createIndex: ({ table, index }) => ofTable(table, { indexes: [index] }),
  renameIndex: ({ table, to }) => ofTable(table, { indexes: [{ name: to, unique: false, elements: [] }] }),
  setSchema(operation, after) {
    const { object } = operation
    const to = movedTo(operation)
    const table = object === 'table' ? findTable(after, to) : undefined
    if (table === undefined) return [named(object, to, spacesOfMoved[object])]
    const owned = [...after.sequences.values()].filter(
      ({ ownedBy }) => ownedBy && tableKey(ownedBy.table) === tableKey(to),
    )
    const sequences = [...owned.map(({ ref }) => ref.name), ...identitySequences(table)]
    return [
      named('table', to),
      ...ofTable(to, table),
      ...sequences.map((name) => ({
        ref: { ...to, name },
        spaces: ['relation'] as const,
        text: `sequence ${name} of ${refText(to)}`,
      })),
    ]
  },
}

function* namesIn(model: SchemaModel): Generator<string> {
  const { tables, views, sequences, enums, otherNames = new Map<string, never>() } = model
  for (const part of [tables, views, sequences, enums, otherNames]) yield* part.keys()
  for (const { ref, indexNames: ofView = [] } of views.values())
    for (const name of ofView) yield tableKey({ ...ref, name })
  for (const table of tables.values()) {
    for (const name of [...indexNames(table).keys(), ...identitySequences(table)])
      yield tableKey({ ...table.ref, name })
  }
}

const freesNames: ReadonlySet<OperationKind> = new Set(['sql', 'run', 'dropExtension'])

/** After these a domain or a type that no operation makes may be there no longer, and so its name is free. */
export function withoutOtherNames(model: SchemaModel, { kind }: Pick<Operation, 'kind'>): SchemaModel {
  if (model.otherNames === undefined || !freesNames.has(kind)) return model
  const { otherNames: _, ...rest } = model
  return rest
}

const rules: { readonly [S in Space]: string } = {
  relation: 'in a schema the names of tables, indexes, keys, views and sequences differ',
  type: 'in a schema the names of types differ from each other, and from those of tables, views and new sequences',
}

const holderIn: { readonly [S in Space]: typeof relationOf } = { relation: relationOf, type: typeOf }

/**
 * The names that the server would refuse in the run (42P07, 42710): those of another relation or type of the schema.
 * https://www.postgresql.org/docs/current/catalog-pg-class.html
 */
export const nameRules: NameRules = {
  namesIn,
  requireFree({ operation, before, after }, isUsed) {
    const names =
      (given[operation.kind] as Given['createTable'])?.(operation as OperationOf<'createTable'>, after) ?? []
    for (const { ref, spaces, text } of names) {
      for (const space of isUsed(tableKey(ref)) ? spaces : []) {
        const holder = holderIn[space](before, ref)
        if (holder === undefined) continue
        const why = `the ${holder} has this name, and ${rules[space]}`
        throw new MigrateError('INVALID_OPERATION', { operation: text, why }, `${text}: ${why}`)
      }
    }
    return names.map(({ ref }) => tableKey(ref))
  },
}
