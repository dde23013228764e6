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

/**
 * MariaDB refuses a check, in the middle of the run, that has the name of a key, a unique index or a foreign key of its table. MySQL takes it.
 * https://mariadb.com/kb/en/constraint/
 */
function requireOwnNames(server: Server, operation: Operation, after: SchemaModel): void {
  if (server.flavour !== 'mariadb' || (operation.kind !== 'createTable' && operation.kind !== 'addConstraint')) return
  const [ref, given] =
    operation.kind === 'createTable'
      ? ([operation.table.ref, operation.table.constraints] as const)
      : ([operation.table, [operation.constraint]] as const)
  const table = findTable(after, ref)
  if (table === undefined) return
  const names = [
    ...table.constraints.map(({ kind, name }) => (kind === 'primaryKey' ? 'primary' : kind === 'check' ? '' : name)),
    ...table.indexes.map(({ name, unique }) => (unique ? name : '')),
  ].map((name = '') => name.toLowerCase())
  const repeated = given.find(
    ({ kind, name = '' }) => kind === 'check' && name !== '' && names.includes(name.toLowerCase()),
  )
  if (repeated === undefined) return
  throw invalid(
    `check ${repeated.name} of ${refText(ref)}`,
    'a key of the table has this name, too',
    'Give the constraint a `name` of its own.',
  )
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
