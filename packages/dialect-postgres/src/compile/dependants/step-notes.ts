import {
  findTable,
  type Operation,
  type OperationKind,
  type OperationOf,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
  type Undeclared,
} from '@org/migrate-core/dialect'

/**
 * Operations that only the owner of the table may do. Not among them: an object is dropped by the owner of its schema, too, and a trigger needs a privilege.
 * https://www.postgresql.org/docs/current/sql-altertable.html
 */
const needsOwner = [
  'renameTable',
  'alterTableOptions',
  'addColumn',
  'dropColumn',
  'alterColumn',
  'renameColumn',
  'addConstraint',
  'dropConstraint',
  'renameConstraint',
  'createIndex',
  'renameIndex',
  'dropTrigger',
  'setRowSecurity',
  'createPolicy',
  'alterPolicy',
  'dropPolicy',
] as const satisfies readonly OperationKind[]

/** Operations after which a subscriber's table is not that of its publisher any more. */
const changesColumns = [
  'addColumn',
  'dropColumn',
  'renameColumn',
  'renameTable',
  'dropTable',
] as const satisfies readonly OperationKind[]

function isOneOf<K extends OperationKind>(kinds: readonly K[], operation: Operation): operation is OperationOf<K> {
  return (kinds as readonly OperationKind[]).includes(operation.kind)
}

interface OwnedObject {
  readonly name: string
  readonly owner: string
}

function ownedObject(before: SchemaModel, operation: Operation): OwnedObject | undefined {
  const owned = (kind: string, ref: TableRef, objects: ReadonlyMap<string, Undeclared>): OwnedObject | undefined => {
    const owner = objects.get(tableKey(ref))?.foreignOwner
    return owner === undefined ? undefined : { name: `${kind} ${refText(ref)}`, owner }
  }
  if (isOneOf(needsOwner, operation)) return owned('table', operation.table, before.tables)
  if (operation.kind === 'replaceView') return owned('view', operation.view.ref, before.views)
  if (operation.kind === 'renameView') return owned('view', operation.view, before.views)
  if (operation.kind === 'alterEnum' || operation.kind === 'renameEnum')
    return owned('enum', operation.enum, before.enums)
  return operation.kind === 'alterSequence' ? owned('sequence', operation.sequence, before.sequences) : undefined
}

/** The server refuses the operation when it runs: revisions before it are committed then. */
function ownerNotes(before: SchemaModel, operations: readonly Operation[]): readonly string[] {
  return operations.flatMap((operation) => {
    const object = ownedObject(before, operation)
    return object === undefined
      ? []
      : [
          `${object.name} belongs to the role ${object.owner}, and this user lacks the rights of that role: the server refuses to change it for this user`,
        ]
  })
}

function hasIdentity({ constraints, indexes }: TableModel, identity: TableIdentity): boolean {
  if (identity === 'full' || identity === 'nothing') return identity === 'full'
  if (identity === undefined) return constraints.some(({ kind }) => kind === 'primaryKey')
  return [...constraints, ...indexes].some(({ name }) => name === identity.index)
}

type TableIdentity = NonNullable<TableModel['replication']>['identity']

const lost = (table: TableRef, publications: readonly string[]): string =>
  `table ${refText(table)} has no replica identity after this step, and ${listed(publications)} its changes: the server refuses each UPDATE and DELETE of its rows until it has a primary key, or REPLICA IDENTITY FULL`

const listed = (names: readonly string[]): string =>
  names.length === 1 ? `publication ${names[0]} publishes` : `publications ${names.join(', ')} publish`

/** Without a replica identity the publisher itself refuses UPDATE and DELETE: https://www.postgresql.org/docs/current/logical-replication-publication.html */
function identityNotes(before: SchemaModel, after: SchemaModel, operations: readonly Operation[]): readonly string[] {
  const created = operations.flatMap((operation) => {
    if (operation.kind !== 'createTable' || (before.publications ?? []).length === 0) return []
    const { ref, options } = operation.table
    const table = findTable(after, ref)
    const isPublished = ref.schema === undefined && options.unlogged !== true && table !== undefined
    return isPublished && !hasIdentity(table, undefined) ? [lost(ref, before.publications ?? [])] : []
  })
  const changed = operations.flatMap((operation) => {
    if (!('table' in operation) || operation.kind === 'createTable') return []
    const [from, to] = [findTable(before, operation.table), findTable(after, operation.table)]
    const { replication } = from ?? {}
    if (from === undefined || to === undefined || replication?.changes === undefined) return []
    const { identity, publications } = replication
    const isLost = hasIdentity(from, identity) && !hasIdentity(to, renamedIdentity(identity, operations))
    return isLost ? [lost(to.ref, publications)] : []
  })
  return [...created, ...changed]
}

/** The index goes on to be the identity under another name. */
function renamedIdentity(identity: TableIdentity, operations: readonly Operation[]): TableIdentity {
  if (typeof identity !== 'object') return identity
  return operations.reduce((named, operation) => {
    if (operation.kind === 'renameIndex' && operation.index === named.index) return { index: operation.to }
    if (operation.kind === 'renameConstraint' && operation.constraint === named.index) return { index: operation.to }
    return named
  }, identity)
}

/** Logical replication sends rows and no DDL: https://www.postgresql.org/docs/current/logical-replication-restrictions.html */
function columnNotes(before: SchemaModel, operations: readonly Operation[]): readonly string[] {
  return operations.flatMap((operation) => {
    const isRetyped = operation.kind === 'alterColumn' && operation.change.type !== undefined
    if (!isRetyped && !isOneOf(changesColumns, operation)) return []
    const { replication } = findTable(before, operation.table) ?? {}
    if (replication === undefined) return []
    const { publications, subscribed } = replication
    const name = refText(operation.table)
    const published =
      publications.length === 0
        ? []
        : [
            `${listed(publications)} the rows of ${name}, and logical replication sends no change of a table: a subscriber needs a new column or name before this step, and what this step drops until after it`,
          ]
    const received =
      subscribed === undefined
        ? []
        : [`table ${name} receives rows by a subscription, which stops at a column that it sends and the table lacks`]
    return [...published, ...received]
  })
}

/** What only the catalog shows of a step, before it runs. */
export function stepNotes(
  before: SchemaModel,
  after: SchemaModel,
  operations: readonly Operation[],
): readonly string[] {
  const notes = [
    ...ownerNotes(before, operations),
    ...identityNotes(before, after, operations),
    ...columnNotes(before, operations),
  ]
  return [...new Set(notes)]
}
