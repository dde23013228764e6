import {
  type ConstraintModel,
  type Operation,
  type SchemaModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { unenforcedNames } from '../../ddl/source.ts'
import type { Server } from '../../flavour.ts'
import { quote, unsupported } from '../../sql/quote.ts'
import { invalid, refText } from '../statements.ts'

const kinds = { foreignKey: 'foreign key', check: 'check' } as const

type Unique = Extract<ConstraintModel, { readonly kind: keyof typeof kinds }>

/** Constraints whose names are unique in a database; the check of a table of MariaDB is so in its table. */
function uniqueNames({ flavour }: Server, { constraints }: TableModel): readonly Unique[] {
  return constraints.filter(
    (each): each is Unique => each.kind === 'foreignKey' || (each.kind === 'check' && flavour === 'mysql'),
  )
}

/**
 * Refuses a name that another table has: a table that was renamed keeps the names of its constraints, also those that a revision left out. The
 * server would refuse it in the middle of the run (1826, 3822; MariaDB errno 121), behind the rename.
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
 */
export function requireFreeNames(server: Server, table: TableModel, { tables }: SchemaModel): void {
  const own = uniqueNames(server, table)
  if (own.length === 0) return
  for (const other of tables.values()) {
    if (other.ref.schema !== table.ref.schema) continue
    const taken: readonly Pick<Unique, 'kind' | 'name'>[] = [
      ...(other.ref.name === table.ref.name ? [] : uniqueNames(server, other)),
      ...unenforcedNames(other).map((name) => ({ kind: 'check' as const, name })),
    ]
    const found = own.find(({ kind, name }) =>
      taken.some((each) => each.kind === kind && each.name?.toLowerCase() === name?.toLowerCase()),
    )
    if (found?.name === undefined) continue
    throw invalid(
      `${kinds[found.kind]} ${found.name} of ${refText(table.ref)}`,
      other.ref.name === table.ref.name
        ? 'the table has one of that name, which is NOT ENFORCED'
        : `the table ${refText(other.ref)} has one of that name, and a name is of one table only`,
      'Give the constraint a `name` of its own.',
    )
  }
}

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
