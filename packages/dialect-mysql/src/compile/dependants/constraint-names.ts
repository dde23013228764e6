import {
  type ConstraintModel,
  findTable,
  type NameRules,
  type Operation,
  type OperationKind,
  type OperationOf,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { unenforcedNames } from '../../ddl/source.ts'
import type { Server } from '../../flavour.ts'
import { quote, unsupported } from '../../sql/quote.ts'
import { isServed } from '../../types/implicit-indexes.ts'
import { invalid, refText } from '../statements.ts'

const kinds = { foreignKey: 'foreign key', check: 'check' } as const

type Unique = Extract<ConstraintModel, { readonly kind: keyof typeof kinds }>

/** Constraints whose names are unique in a database; the check of a table of MariaDB is so in its table. */
function uniqueConstraints({ flavour }: Server, { constraints }: TableModel): readonly Unique[] {
  return constraints.filter(
    (each): each is Unique => each.kind === 'foreignKey' || (each.kind === 'check' && flavour === 'mysql'),
  )
}

type UniqueName = Pick<Unique, 'kind' | 'name'>

/** MariaDB enforces each check. */
const uniqueNamesIn = (server: Server, table: TableModel): readonly UniqueName[] => [
  ...uniqueConstraints(server, table),
  ...(server.flavour === 'mysql' ? unenforcedNames(table) : []).map((name) => ({ kind: 'check' as const, name })),
]

const nameKey = ({ kind, name = '' }: UniqueName): string => `${kind} ${name.toLowerCase()}`

function requireFree(server: Server, ref: TableRef, own: UniqueName, { tables }: SchemaModel): void {
  for (const table of tables.values()) {
    if (table.ref.schema !== ref.schema) continue
    const isOwn = table.ref.name === ref.name
    const names = uniqueNamesIn(server, isOwn ? { ...table, constraints: [] } : table)
    if (!names.some((each) => nameKey(each) === nameKey(own))) continue
    throw invalid(
      `${kinds[own.kind]} ${own.name} of ${refText(ref)}`,
      isOwn
        ? 'the table has one of that name, which is NOT ENFORCED'
        : `the table ${refText(table.ref)} has one of that name, and a name is of one table only`,
      'Give the constraint a `name` of its own.',
    )
  }
}

interface OwnName {
  readonly what: 'primary key' | 'unique constraint' | 'foreign key' | 'check' | 'index'
  readonly name: string
  /** The server keeps the name as that of an index. */
  readonly isIndex: boolean
}

/** The names that constraints and indexes of a table have there, each for itself. Those that the server gives are free. */
function ownNamesOf(table: TableModel): readonly OwnName[] {
  const ofConstraints = table.constraints.map((each): OwnName => {
    const name = (each.name ?? '').toLowerCase()
    if (each.kind === 'primaryKey') return { what: 'primary key', name: 'primary', isIndex: true }
    if (each.kind === 'unique') return { what: 'unique constraint', name, isIndex: true }
    // Where no other index serves it, it gets one of its name.
    if (each.kind === 'foreignKey')
      return { what: 'foreign key', name, isIndex: !isNamedByServer.test(name) && !isServed(table, each.columns) }
    return { what: 'check', name, isIndex: false }
  })
  const ofIndexes = table.indexes.map(
    ({ name, unique }): OwnName => ({
      what: unique ? 'unique constraint' : 'index',
      name: name.toLowerCase(),
      isIndex: true,
    }),
  )
  return [...ofConstraints, ...ofIndexes].filter(({ name }) => name !== '')
}

const isNamedByServer = /_ibfk_\d+$/

/** The names that an operation gives in a table. */
function givenIn(operation: Operation): readonly [ref: TableRef, names: readonly (string | undefined)[]] | undefined {
  if (operation.kind === 'addConstraint') return [operation.table, [operation.constraint.name]]
  if (operation.kind === 'createIndex') return [operation.table, [operation.index.name]]
  if (operation.kind === 'renameIndex' || operation.kind === 'renameConstraint')
    return [operation.table, [operation.to]]
  if (operation.kind !== 'createTable') return undefined
  const { ref, constraints, indexes } = operation.table
  return [ref, [...constraints, ...indexes].map(({ name }) => name)]
}

/**
 * What the server refuses in the middle of the run: the name of an index for another one of the table (1061), and on MariaDB that of a key
 * for a check. MySQL takes the latter. https://mariadb.com/kb/en/constraint/
 */
function requireOwnNames(server: Server, operation: Operation, after: SchemaModel): void {
  const [ref, names] = givenIn(operation) ?? []
  const table = ref && findTable(after, ref)
  if (ref === undefined || names === undefined || table === undefined) return
  const own = ownNamesOf(table)
  for (const name of names.map((each = '') => each.toLowerCase())) {
    const alike = own.filter((each) => each.name === name)
    const indexes = alike.filter(({ isIndex }) => isIndex)
    const check = alike.find(({ what }) => what === 'check')
    const key = alike.find(({ what }) => what !== 'check' && what !== 'index')
    const isRefused = server.flavour === 'mariadb' && check !== undefined && key !== undefined
    if (!isRefused && indexes.length < 2) continue
    const [first, second] = isRefused ? [check, key] : [indexes[1], indexes[0]]
    throw invalid(
      `${first?.what} ${name} of ${refText(ref)}`,
      isRefused
        ? 'a key of the table has this name, too'
        : `an index of the table has this name, too (${second?.what})`,
      'Give one of them a `name` of its own.',
    )
  }
}

const withOnly = (
  table: TableModel | undefined,
  choose: (constraints: TableModel['constraints']) => TableModel['constraints'],
) => table && { ...table, constraints: choose(table.constraints) }

type Given = {
  readonly [K in OperationKind]?: (operation: OperationOf<K>, after: SchemaModel) => TableModel | undefined
}

/** The table, as it is then, with the constraints that get a name. */
const given: Given = {
  createTable: ({ table: { ref } }, after) => findTable(after, ref),
  // Those that the server named itself get another name with their table.
  renameTable: ({ table, to }, after) => findTable(after, { ...table, name: to }),
  // `applyToModel` gave it a name, and put it last.
  addConstraint: ({ table }, after) => withOnly(findTable(after, table), (all) => all.slice(-1)),
  renameConstraint: ({ table, to }, after) =>
    withOnly(findTable(after, table), (all) => all.filter(({ name }) => name === to)),
}

/**
 * The names that another table has: a table that was renamed keeps the names of its constraints, also those that a revision left out. The
 * server would refuse them in the middle of the run (1826, 3822; MariaDB errno 121), behind the rename.
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
 */
export const nameRulesFor = (server: Server): NameRules => ({
  namesIn: ({ tables }) => [...tables.values()].flatMap((table) => uniqueNamesIn(server, table).map(nameKey)),
  requireFree({ operation, after }, isUsed) {
    requireOwnNames(server, operation, after)
    const table = (given[operation.kind] as Given['createTable'])?.(operation as OperationOf<'createTable'>, after)
    if (table === undefined) return []
    for (const own of uniqueConstraints(server, table))
      if (isUsed(nameKey(own))) requireFree(server, table.ref, own, after)
    return uniqueNamesIn(server, table).map(nameKey)
  },
})

/** Refuses to drop or rename a check that the model has no word for, which core would report as missing. */
export function refuseUnenforced({ tables }: SchemaModel, operation: Operation): void {
  if (operation.kind !== 'dropConstraint' && operation.kind !== 'renameConstraint') return
  const { table: ref, constraint } = operation
  const name = typeof constraint === 'string' ? constraint : 'name' in constraint ? constraint.name : undefined
  const table = tables.get(tableKey(ref))
  const isOf = (each: string | undefined): boolean => each !== undefined && each.toLowerCase() === name?.toLowerCase()
  if (table === undefined || table.constraints.some((each) => isOf(each.name)) || !unenforcedNames(table).some(isOf))
    return
  const change = `ALTER TABLE ${quote.table(ref).text} DROP CHECK ${quote.identifier(name ?? '').text}`
  throw unsupported(
    `${operation.kind === 'dropConstraint' ? 'drop' : 'rename'} check ${name} of ${refText(ref)}`,
    'it is NOT ENFORCED',
    `Drop it with op.sql: \`${change}\`.`,
  )
}
