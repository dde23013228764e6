import {
  type ColumnModel,
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
import { givenSequence } from '../../types/owned-sequences.ts'
import {
  identitySequences,
  indexNames,
  ownedRelations,
  relationWithName,
  typeWithName,
} from '../../types/relation-names.ts'

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

type Given = {
  readonly [K in OperationKind]?: (
    operation: OperationOf<K>,
    after: SchemaModel,
    before: SchemaModel,
  ) => readonly GivenName[]
}

/**
 * The sequence that a new column counts by. Where the server names it, it takes a name that no relation has, but asks for no types: a type of
 * that name is refused (ChooseRelationName and heap_create_with_catalog in its source).
 */
function ofColumn(table: TableRef, column: ColumnModel, before: SchemaModel): readonly GivenName[] {
  const stated = column.identity?.sequence
  const sequence = givenSequence(before, table, column)
  if (sequence === undefined) return []
  return [
    {
      ref: sequence,
      spaces: typeof stated === 'string' ? ['relation', 'type'] : ['type'],
      text: `sequence ${sequence.name} of ${refText(table)}.${column.name}`,
    },
  ]
}

const spacesOfMoved: { readonly [K in SchemaObject]: readonly Space[] } = {
  table: ['relation', 'type'],
  view: ['relation', 'type'],
  sequence: ['relation'],
  enum: ['type'],
}

/** The names that operations give to relations and types. A name that one leaves to the server is a free one. */
const given: Given = {
  createTable: ({ table }, _, before) => [
    named('table', table.ref),
    ...ofTable(table.ref, table),
    ...table.columns.flatMap((column) => ofColumn(table.ref, column, before)),
  ],
  addColumn: ({ table, column }, _, before) => ofColumn(table, column, before),
  alterColumn({ table, column: name, change }, after, before) {
    const previous = findTable(before, table)?.columns.find((each) => each.name === name)
    if (!change.identity || previous?.identity !== undefined) return []
    const column = findTable(after, table)?.columns.find((each) => each.name === name)
    return column === undefined ? [] : ofColumn(table, column, before)
  },
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
    for (const name of ownedRelations(table).keys()) yield tableKey({ ...table.ref, name })
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

const holderIn: { readonly [S in Space]: typeof typeWithName } = { relation: relationWithName, type: typeWithName }

/** The constraints of one table differ in their names, whatever kinds they are of (42710). */
function requireOwnNames(operation: Operation, before: SchemaModel): void {
  if (operation.kind !== 'createTable' && operation.kind !== 'addConstraint') return
  const { table, constraints } =
    operation.kind === 'createTable'
      ? { table: operation.table.ref, constraints: operation.table.constraints }
      : {
          table: operation.table,
          constraints: [...(findTable(before, operation.table)?.constraints ?? []), operation.constraint],
        }
  const names = constraints.flatMap(({ name }) => name ?? [])
  const repeated = names.find((name, at) => names.indexOf(name) !== at)
  if (repeated === undefined) return
  const text = `constraint ${repeated} of ${refText(table)}`
  const why = 'the constraints of a table differ in their names, and two are called so'
  throw new MigrateError('INVALID_OPERATION', { operation: text, why }, `${text}: ${why}`)
}

/**
 * The names that the server would refuse in the run (42P07, 42710): those of another relation or type of the schema.
 * https://www.postgresql.org/docs/current/catalog-pg-class.html
 */
export const nameRules: NameRules = {
  namesIn,
  requireFree({ operation, before, after }, isUsed) {
    requireOwnNames(operation, before)
    const names =
      (given[operation.kind] as Given['createTable'])?.(operation as OperationOf<'createTable'>, after, before) ?? []
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
