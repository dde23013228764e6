import type { ColumnChangeInput, OperationRecorder, Revision } from '@org/migrate-core'
import { native } from '@org/migrate-core'
import type { Random } from '../../../kit/random.ts'
import type { ExactTypes } from './types.ts'

type Change = readonly [what: string, (op: OperationRecorder) => void]

/** The table as the revisions of one branch leave it. */
interface Drawn {
  table: string
  keyType: string
  /** By name. */
  columns: Map<string, string>
}

interface Changing {
  readonly dialect: 'sqlite' | 'postgres' | 'mysql'
  readonly from: Random
  readonly types: ExactTypes
  readonly drawn: Drawn
  /** Names that the branch has not given. */
  next(): string
}

/** The type without what says of a column of MySQL that it takes NULL. */
export const bare = (type: string): string => type.replace(' NULL', '')

type Draw = (changing: Changing) => readonly Change[]

const someOf = ({ from, drawn }: Changing): readonly (readonly [string, string])[] =>
  drawn.columns.size === 0 ? [] : from.sample([...drawn.columns], from.int(1, drawn.columns.size))

const drops: Draw = (changing) =>
  someOf(changing).map(([name]) => {
    const { table, columns } = changing.drawn
    columns.delete(name)
    return [`drop ${name}`, (op) => op.dropColumn(table, name)]
  })

function changeOf({ dialect, types }: Changing, column: string, from: string, to: string): ColumnChangeInput {
  return { type: native(dialect, to), ...types.casts?.(column, from, to) }
}

const conversions: Draw = (changing) => {
  const { from, types, drawn } = changing
  const { table, columns } = drawn
  return [...columns].flatMap(([name, type]): readonly Change[] => {
    const targets = types.conversions[type]
    if (targets === undefined || from.chance(0.3)) return []
    const to = from.pick(targets)
    columns.set(name, to)
    const change = changeOf(changing, name, type, to)
    return [[`${name} becomes ${to}`, (op) => op.alterColumn(table, name, change)]]
  })
}

/** Another column takes the name of one that is gone. */
const replacements: Draw = (changing) =>
  someOf(changing).flatMap(([name]): readonly Change[] => {
    const { dialect, from, types, drawn } = changing
    const { table, columns } = drawn
    const [type] = from.pick(types.columns)
    columns.set(name, type)
    return [
      [`drop ${name}`, (op) => op.dropColumn(table, name)],
      [`add ${name} ${type}`, (op) => op.addColumn(table, name, native(dialect, bare(type)))],
    ]
  })

const renamed = (drawn: Drawn, name: string, to: string): Change => {
  const { table, columns } = drawn
  columns.set(to, columns.get(name) ?? '')
  columns.delete(name)
  return [`rename ${name} to ${to}`, (op) => op.renameColumn(table, name, to)]
}

const renames: Draw = (changing) => someOf(changing).map(([name]) => renamed(changing.drawn, name, changing.next()))

/** Two columns change names. */
const swaps: Draw = ({ drawn, from, next }) => {
  const [one, other] = from.sample([...drawn.columns.keys()], 2)
  if (one === undefined || other === undefined) return []
  const between = next()
  return [renamed(drawn, one, between), renamed(drawn, other, one), renamed(drawn, between, other)]
}

const tableRenames: Draw = ({ drawn, next }) => {
  const [table, to] = [drawn.table, next()]
  drawn.table = to
  return [[`rename ${table} to ${to}`, (op) => op.renameTable(table, to)]]
}

const keyChanges: Draw = (changing) => {
  const { dialect, from, types, drawn } = changing
  // No INTEGER PRIMARY KEY takes the REAL of 2^63: such a row blocks the downgrade.
  const targets = (types.conversions[drawn.keyType] ?? []).filter(
    (to) => dialect !== 'sqlite' || drawn.keyType !== 'INTEGER' || to !== 'REAL',
  )
  if (targets.length === 0) return []
  const [table, to] = [drawn.table, from.pick(targets)]
  const change = changeOf(changing, 'id', drawn.keyType, to)
  drawn.keyType = to
  return [[`the key becomes ${to}`, (op) => op.alterColumn(table, 'id', change)]]
}

/** A whole branch from one revision on; the table may go with its last one. */
export function drawBranch(
  dialect: Changing['dialect'],
  from: Random,
  types: ExactTypes,
  {
    name,
    parent,
    key,
    columns,
  }: {
    readonly name: string
    readonly parent: string
    readonly key: string
    readonly columns: ReadonlyMap<string, string>
  },
): readonly (Revision & { readonly what: string })[] {
  let last = 0
  const changing: Changing = {
    dialect,
    from,
    types,
    drawn: { table: 't', keyType: key, columns: new Map(columns) },
    next: () => {
      last += 1
      return `${name}_${last}`
    },
  }
  const length = from.int(1, 4)
  const isDropped = from.chance(0.4)
  return Array.from({ length }, (_, at) => {
    const { table } = changing.drawn
    // Values of a key of SQLite are preserved by the rowid, which is another one in a table that is dropped and restored: they stay preserved.
    const isFree = dialect !== 'sqlite' || changing.drawn.keyType === key
    const changes: readonly Change[] =
      isDropped && isFree && at === length - 1
        ? [[`drop ${table}`, (op) => op.dropTable(table)]]
        : from.pick([
            drops,
            conversions,
            conversions,
            conversions,
            replacements,
            renames,
            swaps,
            tableRenames,
            keyChanges,
          ])(changing)
    return {
      revision: `${name}${at + 1}`,
      downRevision: at === 0 ? parent : `${name}${at}`,
      what: changes.map(([what]) => what).join(', '),
      upgrade: (op) => {
        for (const [, change] of changes) change(op)
      },
    }
  })
}
