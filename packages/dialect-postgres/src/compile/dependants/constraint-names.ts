import {
  type CompileTable,
  type ConstraintModel,
  findTable,
  MigrateError,
  movedTo,
  type OperationAround,
  type OperationKind,
  type OperationOf,
  refText,
  type SchemaModel,
  type Statement,
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

/** The object that has a name, for people. */
function holderOf(model: SchemaModel, ref: TableRef): string | undefined {
  const key = tableKey(ref)
  if (model.tables.has(key)) return `table ${refText(ref)}`
  if (model.views.has(key)) return `view ${refText(ref)}`
  if (model.sequences.has(key)) return `sequence ${refText(ref)}`
  for (const table of model.tables.values()) {
    if (table.ref.schema !== ref.schema) continue
    const what = indexNames(table).get(ref.name)
    if (what !== undefined) return `${what} ${ref.name} of ${refText(table.ref)}`
    if (identitySequences(table).includes(ref.name))
      return `sequence ${ref.name} of an identity of ${refText(table.ref)}`
  }
  return undefined
}

interface GivenName {
  readonly ref: TableRef
  readonly text: string
}

const ofTable = (table: TableRef, parts: Partial<Pick<TableModel, 'constraints' | 'indexes'>>): readonly GivenName[] =>
  [...indexNames({ constraints: [], indexes: [], ...parts })].map(([name, what]) => ({
    ref: { ...table, name },
    text: `${what} ${name} of ${refText(table)}`,
  }))

const named = (what: string, ref: TableRef): GivenName => ({ ref, text: `${what} ${refText(ref)}` })

type Given = { readonly [K in OperationKind]?: (operation: OperationOf<K>, after: SchemaModel) => readonly GivenName[] }

/** The names that operations give to relations. A name that one leaves to the server is a free one. */
const given: Given = {
  createTable: ({ table }) => [named('table', table.ref), ...ofTable(table.ref, table)],
  renameTable: ({ table, to }) => [named('table', { ...table, name: to })],
  createView: ({ view }) => [named('view', view.ref)],
  renameView: ({ view, to }) => [named('view', { ...view, name: to })],
  createSequence: ({ sequence }) => [named('sequence', sequence.ref)],
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
    // Names of types are no names of relations.
    if (table === undefined) return object === 'enum' ? [] : [named(object, to)]
    const owned = [...after.sequences.values()].filter(
      ({ ownedBy }) => ownedBy && tableKey(ownedBy.table) === tableKey(to),
    )
    const sequences = [...owned.map(({ ref }) => ref.name), ...identitySequences(table)]
    return [
      named('table', to),
      ...ofTable(to, table),
      ...sequences.map((name) => ({ ref: { ...to, name }, text: `sequence ${name} of ${refText(to)}` })),
    ]
  },
}

/** The names of relations that were there at any time since the first model of a plan: what is not among them is free. */
const usedNames = new WeakMap<SchemaModel, Set<string>>()

function namesIn(model: SchemaModel): Set<string> {
  const known = usedNames.get(model)
  if (known !== undefined) return known
  const names = new Set([...model.tables.keys(), ...model.views.keys(), ...model.sequences.keys()])
  for (const table of model.tables.values()) {
    for (const name of [...indexNames(table).keys(), ...identitySequences(table)])
      names.add(tableKey({ ...table.ref, name }))
  }
  return names
}

/**
 * Refuses a name that another relation of the schema has, which the server would refuse in the run (42P07).
 * https://www.postgresql.org/docs/current/catalog-pg-class.html
 */
function requireFreeNames(names: readonly GivenName[], used: ReadonlySet<string>, before: SchemaModel): void {
  for (const { ref, text } of names) {
    const holder = used.has(tableKey(ref)) ? holderOf(before, ref) : undefined
    if (holder === undefined) continue
    const why = `the ${holder} has this name, and in a schema the names of tables, indexes, keys, views and sequences differ`
    throw new MigrateError('INVALID_OPERATION', { operation: text, why }, `${text}: ${why}`)
  }
}

/** The same statements, where the names of an operation are free. */
export function withFreeNames(table: CompileTable): CompileTable {
  const checked = ([kind, compile]: [string, CompileTable[OperationKind]]) => {
    const namesOf = given[kind as OperationKind] as Given['createTable'] | undefined
    const withNames = (at: OperationAround<'createTable'>): readonly Statement[] => {
      const names = namesOf?.(at.operation, at.after) ?? []
      const used = namesIn(at.before)
      requireFreeNames(names, used, at.before)
      for (const { ref } of names) used.add(tableKey(ref))
      usedNames.set(at.after, used)
      return (compile as CompileTable['createTable'])(at)
    }
    return [kind, withNames] as const
  }
  return Object.fromEntries(Object.entries(table).map(checked)) as unknown as CompileTable
}
