import type { ColumnChange, Operation, OperationOf } from '@org/migrate-core'
import {
  canonicalJson,
  columnAt,
  findColumn,
  findTable,
  invert,
  refText,
  type SchemaModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { comesEmpty } from '../compose/columns.ts'
import type { FillAnswer } from '../compose/composition.ts'
import { constantFor } from '../compose/constants.ts'
import { fillFacts } from '../compose/fills.ts'
import type { FillChange } from '../differences/change.ts'
import type { BodyChange } from '../render/body-change.ts'

export const plain = (operation: Operation, note?: string): BodyChange => ({
  kind: 'operation',
  operation,
  ...(note === undefined ? {} : { note }),
})

/** Defaults that have become another value with the one that goes: none while the values change, for it may be one that goes back. */
function restoredDefaults(
  before: SchemaModel,
  after: SchemaModel,
): { readonly first: readonly BodyChange[]; readonly last: readonly BodyChange[] } {
  const changed = [...before.tables.values()].flatMap((table) => {
    return table.columns.flatMap(({ name, default: defaultBefore }) => {
      const defaultAfter = columnAt(after, table.ref, name)?.default
      if (defaultBefore === undefined || canonicalJson(defaultBefore) === canonicalJson(defaultAfter ?? null)) return []
      return [
        {
          alter: { kind: 'alterColumn', table: table.ref, column: name } as const,
          defaultBefore,
          defaultAfter,
        },
      ]
    })
  })
  return {
    first: changed.flatMap(({ alter, defaultAfter }) =>
      defaultAfter === undefined ? [] : [plain({ ...alter, change: { default: null } })],
    ),
    last: changed.map(({ alter, defaultBefore }) => plain({ ...alter, change: { default: defaultBefore } })),
  }
}

/** The values come back; which rows held them is not known any more. */
export function restoredValues(
  before: SchemaModel,
  after: SchemaModel,
  operation: OperationOf<'alterEnum'>,
): readonly BodyChange[] | undefined {
  const { drop = [] } = operation
  const inverse = invert(before, { ...operation, drop: drop.map(({ value }) => ({ value })) })
  if ('irreversible' in inverse) return undefined
  const values = drop.map(({ value }) => `'${value}'`).join(', ')
  const { first, last } = restoredDefaults(before, after)
  return [
    ...first,
    ...inverse.map((each, at) =>
      plain(each, at === 0 ? `rows that held ${values} keep what they got instead` : undefined),
    ),
    ...last,
  ]
}

type ColumnLocation = Pick<OperationOf<'alterColumn'>, 'table' | 'column'>

/** Rows get a value, and the column is NOT NULL again. */
function fillBeforeNotNull(
  fill: FillAnswer | undefined,
  table: TableModel,
  { column: name }: ColumnLocation,
  { change = {}, ...about }: Pick<FillChange, 'isDropped'> & { readonly change?: ColumnChange } = {},
): readonly BodyChange[] {
  const { ref } = table
  const where = { kind: 'null' } as const
  const value = fill?.({ table: ref, column: name, where })
  return [
    {
      kind: 'fill',
      table: ref,
      column: name,
      where,
      ...fillFacts(table, name),
      ...(value === undefined ? {} : { value }),
      ...about,
      why: `${refText(ref)}.${name} comes back as NOT NULL, and its values are gone`,
    },
    plain({ kind: 'alterColumn', table: ref, column: name, change: { nullable: false, ...change } }),
  ]
}

/** The column that comes back was NOT NULL, and its values are gone: rows get one before it is that again. */
export function refillColumn(
  fill: FillAnswer | undefined,
  before: SchemaModel,
  location: ColumnLocation,
  back: readonly BodyChange[],
): readonly BodyChange[] | undefined {
  const table = findTable(before, location.table)
  const column = table && findColumn(table, location.column)
  if (table === undefined || column === undefined || !comesEmpty(column)) return undefined
  return back.flatMap((each): readonly BodyChange[] => {
    if (each.kind !== 'operation' || each.operation.kind !== 'addColumn') return [each]
    const constant = constantFor(fill, location, column)
    if (constant !== undefined) {
      const added = { ...each.operation, column: { ...column, default: constant } }
      const { table: owner, column: name } = location
      return [
        { ...each, operation: added },
        plain({ kind: 'alterColumn', table: owner, column: name, change: { default: null } }),
      ]
    }
    const added = { ...each.operation, column: { ...column, nullable: true } }
    return [{ ...each, operation: added }, ...fillBeforeNotNull(fill, table, location, { isDropped: true })]
  })
}

/** The column was NOT NULL and is computed from now on, which may come to NULL: what is NULL then gets a value in the downgrade. */
export function refillComputed(
  fill: FillAnswer | undefined,
  before: SchemaModel,
  { change: { generated, nullable }, ...location }: OperationOf<'alterColumn'>,
  back: readonly BodyChange[],
): readonly BodyChange[] | undefined {
  const table = findTable(before, location.table)
  const column = table && findColumn(table, location.column)
  if (table === undefined || column?.nullable !== false || column.generated !== undefined) return undefined
  if ((generated ?? undefined) === undefined || nullable !== true) return undefined
  return back.flatMap((each): readonly BodyChange[] => {
    if (each.kind !== 'operation' || each.operation.kind !== 'alterColumn') return [each]
    const { nullable: restoredNullable, identity, ...change } = each.operation.change
    if (restoredNullable !== false) return [each]
    // What counts by itself has to be NOT NULL first.
    const last = identity === undefined ? {} : { change: { identity } }
    return [{ ...each, operation: { ...each.operation, change } }, ...fillBeforeNotNull(fill, table, location, last)]
  })
}
