import { findTable, type SchemaModel, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import { unsupported } from '../../ddl/unsupported.ts'
import { foldName, sameName } from '../../sql/tokenize.ts'

type Names = ReadonlySet<string>

/** A foreign key of a table. */
export type ForeignKey = Extract<TableModel['constraints'][number], { readonly kind: 'foreignKey' }>

/** One table of a family, with why it is rebuilt. */
export interface Member {
  readonly ref: TableRef
  /** The names of other tables of the family that it refers to, where it only comes along. */
  readonly follows: readonly string[]
}

export const foreignKeysOf = (table: TableModel): readonly ForeignKey[] =>
  table.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [one] : []))

/** The folded names of the other tables that a table refers to. */
function parentsOf(table: TableModel): Names {
  const names = foreignKeysOf(table).map(({ references }) => foldName(references.table.name))
  return new Set(names.filter((name) => name !== foldName(table.ref.name)))
}

/** These tables and all that refer to them, and so on, by folded names. */
export function referrersOf(model: SchemaModel, tables: readonly TableRef[]): Names {
  const names = new Set(tables.map(({ name }) => foldName(name)))
  for (let size = -1; size !== names.size; ) {
    size = names.size
    for (const table of model.tables.values()) {
      if ([...parentsOf(table)].some((parent) => names.has(parent))) names.add(foldName(table.ref.name))
    }
  }
  return names
}

function refuseCircle(changed: readonly TableRef[], circle: readonly TableRef[]): never {
  const names = circle.map(({ name }) => name).join(', ')
  return unsupported(
    `rebuild ${changed.map(({ name }) => name).join(', ')}`,
    `${names} refer to each other in a circle, and this database keeps foreign keys on`,
    "First take one of the foreign keys away in a revision before: add a column without it, copy the values, drop the old column with `op.sql('ALTER TABLE … DROP COLUMN …')` and rename the new one.",
  )
}

/**
 * The tables that are rebuilt with the changed ones, parents first. Both schemas count: the old tables are dropped as they refer to each
 * other before the change, the new ones are filled as they do after it. Throws UNSUPPORTED where they refer to each other in a circle.
 */
export function familyOf(before: SchemaModel, after: SchemaModel, changed: readonly TableRef[]): readonly Member[] {
  const names = referrersOf(before, changed)
  const isChanged = ({ name }: TableRef): boolean => changed.some((each) => sameName(each.name, name))
  let rest = [...before.tables.values()].flatMap((table) => {
    if (!names.has(foldName(table.ref.name))) return []
    const tableAfter = findTable(after, table.ref)
    const parents = new Set([...parentsOf(table), ...(tableAfter === undefined ? [] : parentsOf(tableAfter))])
    return [{ table, parents: [...parents].filter((name) => names.has(name)) }]
  })
  const members: Member[] = []
  const placed = new Set<string>()
  while (rest.length > 0) {
    const next = rest.filter(({ parents }) => parents.every((name) => placed.has(name)))
    if (next.length === 0)
      refuseCircle(
        changed,
        rest.map(({ table }) => table.ref),
      )
    for (const { table } of next) {
      const parents = members.filter(({ ref }) => parentsOf(table).has(foldName(ref.name)))
      members.push({ ref: table.ref, follows: isChanged(table.ref) ? [] : parents.map(({ ref }) => ref.name) })
    }
    for (const { table } of next) placed.add(foldName(table.ref.name))
    rest = rest.filter((each) => !next.includes(each))
  }
  return members
}
