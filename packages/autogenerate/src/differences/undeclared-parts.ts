import {
  assign,
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  type IndexModel,
  mayName,
  type TableModel,
} from '@org/migrate-core/dialect'

const ofText: ReadonlySet<ColumnType['kind']> = new Set(['text', 'varchar', 'char'])
/** Types whose values no server compares by a collation. */
export const withoutCollation: ReadonlySet<ColumnType['kind']> = new Set([
  'integer',
  'decimal',
  'real',
  'double',
  'boolean',
  'date',
  'time',
  'timestamp',
  'json',
  'uuid',
  'bytes',
])

/** A text that becomes something else leaves its collation behind. */
export const losesCollation = (declared: ColumnModel, live: ColumnModel): boolean =>
  ofText.has(live.type.kind) && withoutCollation.has(declared.type.kind)

/** Exclusion constraints stay, but for those of a column that goes: the server drops them with it. */
export function exclusionsOf(declared: TableModel, live: TableModel): readonly ConstraintModel[] {
  const names = new Set(declared.columns.map(({ name }) => name))
  const removed = live.columns.filter(({ name }) => !names.has(name))
  return live.constraints.filter((one) => {
    if (one.kind !== 'exclude') return false
    const mentions = mayName([...one.elements.map(({ expression }) => expression), one.where ?? ''].join(' '))
    return !removed.some(({ name }) => mentions(name))
  })
}

/** FULLTEXT and SPATIAL indexes stay, without columns that go, as the server leaves them, and that are no text any more. */
export function specialIndexesOf(declared: TableModel, live: TableModel): readonly IndexModel[] {
  const names = new Set(declared.indexes.map(({ name }) => name))
  const columns = new Map(declared.columns.map((one) => [one.name, one]))
  const stays = (name: string | undefined): boolean => {
    const column = columns.get(name ?? '')
    return name === undefined || (column !== undefined && !withoutCollation.has(column.type.kind))
  }
  return live.indexes.flatMap((one) => {
    const { name, method = '', elements } = one
    if (names.has(name) || !/^(?:fulltext|spatial|rtree)$/i.test(method)) return []
    const left = elements.filter((element) => stays(element.column))
    if (left.length === elements.length) return one
    return left.length === 0 ? [] : assign({ ...one, elements: left }, 'source', undefined)
  })
}
