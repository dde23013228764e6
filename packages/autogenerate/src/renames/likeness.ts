import {
  type ColumnModel,
  type ColumnType,
  canonicalJson,
  type EnumModel,
  type TableModel,
} from '@org/migrate-core/dialect'

const pairsOf = (name: string): readonly string[] => {
  const plain = name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return plain.length < 2 ? [plain] : [...plain].slice(1).map((letter, at) => `${[...plain][at]}${letter}`)
}

/** How alike two names are, from 0 to 1: the share of pairs of letters that they have in common (Dice). */
export function likeNames(one: string, other: string): number {
  const [a, b] = [pairsOf(one), [...pairsOf(other)]]
  const total = a.length + b.length
  let common = 0
  for (const pair of a) {
    const at = b.indexOf(pair)
    if (at === -1) continue
    b.splice(at, 1)
    common += 1
  }
  return (2 * common) / total
}

type Family = 'number' | 'text' | 'temporal' | 'boolean' | 'json' | 'uuid' | 'bytes' | 'enum' | 'native'

const families: { readonly [K in ColumnType['kind']]: Family } = {
  integer: 'number',
  decimal: 'number',
  real: 'number',
  double: 'number',
  text: 'text',
  varchar: 'text',
  char: 'text',
  date: 'temporal',
  time: 'temporal',
  timestamp: 'temporal',
  boolean: 'boolean',
  json: 'json',
  uuid: 'uuid',
  bytes: 'bytes',
  enum: 'enum',
  native: 'native',
}

const same = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null)

/** Whether one column could be the other under a new name, from 0 (it could not) to 1. Both in normal form. */
export function likeColumns(removed: ColumnModel, added: ColumnModel): number {
  const names = likeNames(removed.name, added.name)
  const isSame = same(removed.type, added.type)
  const isAlike = families[removed.type.kind] === families[added.type.kind]
  if (!isSame && !isAlike && names < 0.6) return 0
  const computed = (removed.generated === undefined) === (added.generated === undefined)
  return (
    (isSame ? 0.4 : isAlike ? 0.2 : 0) +
    0.35 * names +
    (removed.nullable === added.nullable ? 0.1 : 0) +
    (same(removed.default, added.default) ? 0.1 : 0) +
    (computed ? 0.05 : 0)
  )
}

/** Whether one table could be the other under a new name, from 0 (it could not) to 1. Both in normal form. */
export function likeTables(removed: TableModel, added: TableModel): number {
  const types = new Map(added.columns.map((column) => [column.name, column.type]))
  const common = removed.columns.filter(({ name }) => types.has(name))
  const alike = common.filter(({ name, type }) => same(type, types.get(name))).length
  const most = Math.max(removed.columns.length, added.columns.length)
  const share = (common.length + alike) / 2 / most
  const names = likeNames(removed.ref.name, added.ref.name)
  return share < 0.5 && (share < 0.25 || names < 0.6) ? 0 : 0.7 * share + 0.3 * names
}

/** Whether one enum could be the other under a new name, from 0 to 1. */
export function likeEnums(removed: EnumModel, added: EnumModel): number {
  const values = new Set(added.values)
  const share =
    removed.values.filter((value) => values.has(value)).length / Math.max(removed.values.length, values.size)
  return share < 0.5 ? 0 : 0.7 * share + 0.3 * likeNames(removed.ref.name, added.ref.name)
}
