import {
  type CompileTable,
  type ConstraintModel,
  findTable,
  MigrateError,
  type Operation,
  type OperationKind,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'

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

const namesOf = new WeakMap<TableModel, ReadonlyMap<string, string>>()

function cachedNames(table: TableModel): ReadonlyMap<string, string> {
  const names = namesOf.get(table) ?? indexNames(table)
  namesOf.set(table, names)
  return names
}

/** The object that has a name, for people. */
function holderOf(model: SchemaModel, ref: TableRef): string | undefined {
  const key = tableKey(ref)
  if (model.tables.has(key)) return `table ${refText(ref)}`
  if (model.views.has(key)) return `view ${refText(ref)}`
  if (model.sequences.has(key)) return `sequence ${refText(ref)}`
  for (const table of model.tables.values()) {
    if (table.ref.schema !== ref.schema) continue
    const what = cachedNames(table).get(ref.name)
    if (what !== undefined) return `${what} ${ref.name} of ${refText(table.ref)}`
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

/** The names that an operation gives to relations. A name that it leaves to the server is a free one. */
function givenNames(operation: Operation, after: SchemaModel): readonly GivenName[] {
  switch (operation.kind) {
    case 'createTable':
      return [named('table', operation.table.ref), ...ofTable(operation.table.ref, operation.table)]
    case 'renameTable':
      return [named('table', { ...operation.table, name: operation.to })]
    case 'createView':
      return [named('view', operation.view.ref)]
    case 'renameView':
      return [named('view', { ...operation.view, name: operation.to })]
    case 'createSequence':
      return [named('sequence', operation.sequence.ref)]
    case 'addConstraint':
      return ofTable(operation.table, { constraints: [operation.constraint] })
    case 'renameConstraint': {
      const constraints = findTable(after, operation.table)?.constraints.filter(({ name }) => name === operation.to)
      return ofTable(operation.table, constraints === undefined ? {} : { constraints })
    }
    case 'createIndex':
      return ofTable(operation.table, { indexes: [operation.index] })
    case 'renameIndex':
      return ofTable(operation.table, { indexes: [{ name: operation.to, unique: false, elements: [] }] })
    default:
      return []
  }
}

/**
 * Refuses a name that another relation of the schema has, which the server would refuse in the run (42P07).
 * https://www.postgresql.org/docs/current/catalog-pg-class.html
 */
function requireFreeNames(operation: Operation, before: SchemaModel, after: SchemaModel): void {
  for (const { ref, text } of givenNames(operation, after)) {
    const holder = holderOf(before, ref)
    if (holder === undefined) continue
    const why = `the ${holder} has this name, and in a schema the names of tables, indexes, keys, views and sequences differ`
    throw new MigrateError('INVALID_OPERATION', { operation: text, why }, `${text}: ${why}`)
  }
}

/** The same statements, where the names of an operation are free. */
export function withFreeNames(table: CompileTable): CompileTable {
  const checked = <K extends OperationKind>(compile: CompileTable[K]): CompileTable[K] =>
    ((at) => {
      requireFreeNames(at.operation, at.before, at.after)
      return compile(at)
    }) as CompileTable[K]
  return {
    ...table,
    createTable: checked(table.createTable),
    renameTable: checked(table.renameTable),
    createView: checked(table.createView),
    renameView: checked(table.renameView),
    createSequence: checked(table.createSequence),
    addConstraint: checked(table.addConstraint),
    renameConstraint: checked(table.renameConstraint),
    createIndex: checked(table.createIndex),
    renameIndex: checked(table.renameIndex),
  }
}
