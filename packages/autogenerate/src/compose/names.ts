import {
  type ConstraintModel,
  type NamedPart,
  refText,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { freeName, freeObjectName } from '../differences/free-name.ts'
import { partsOf, type RenamedPart, type TablePart } from '../differences/table-difference.ts'
import { type Composition, type Steps, tableNow } from './composition.ts'
import { dropConstraint, isForeignKey } from './keys.ts'
import { dropPart } from './table-part.ts'

const sorts: { readonly [K in ConstraintModel['kind']]: NamedPart } = {
  primaryKey: 'key',
  unique: 'key',
  exclude: 'key',
  foreignKey: 'foreignKey',
  check: 'check',
}

const nameOf = (part: TablePart): string | undefined => (part.kind === 'index' ? part.index.name : part.constraint.name)

/** The place that a name takes, the same for whatever cannot have the same name; undefined where the name counts within its table. */
export function nameKeyOf(
  { dialect }: Pick<Composition, 'dialect'>,
  { schema = '' }: TableRef,
  part: TablePart,
  name = nameOf(part),
): string | undefined {
  const { sharedNames = [] } = dialect.capabilities
  const sort = part.kind === 'index' ? 'index' : sorts[part.constraint.kind]
  if (name === undefined || !sharedNames.includes(sort)) return undefined
  // The index of a key has the name of the key.
  return JSON.stringify([schema, sort === 'key' ? 'index' : sort, name])
}

/** The place that the name of a table, a view or a sequence takes among those of indexes, where they share theirs. */
function relationKeyOf(composition: Composition, { schema = '', name }: TableRef): readonly string[] {
  const { sharedNames = [] } = composition.dialect.capabilities
  return sharedNames.includes('index') ? [JSON.stringify([schema, 'index', name])] : []
}

const notThere = <T>(desired: ReadonlyMap<string, T>, current: ReadonlyMap<string, unknown>): readonly T[] =>
  [...desired].flatMap(([key, one]) => (current.has(key) ? [] : [one]))

/** The places that names of this revision take, with the table that each is for. */
function claimedNames(composition: Composition, added: readonly TableModel[]): ReadonlyMap<string, TableRef> {
  const { model, to } = composition
  const claims = new Map<string, TableRef>()
  for (const { ref } of [...added, ...notThere(to.views, model.views), ...notThere(to.sequences, model.sequences)])
    for (const key of relationKeyOf(composition, ref)) claims.set(key, ref)
  const claim = (ref: TableRef, part: TablePart, name = nameOf(part)): void => {
    const nameKey = nameKeyOf(composition, ref, part, name)
    if (nameKey !== undefined) claims.set(nameKey, ref)
  }
  for (const table of added) for (const part of partsOf(table)) claim(table.ref, part)
  for (const { ref, partsAdded, partsRenamed } of composition.differences.values()) {
    for (const part of partsAdded) claim(ref, part)
    const currentParts = partsRenamed.length === 0 ? [] : partsOf(tableNow(composition, ref))
    for (const { kind, from, to } of partsRenamed) {
      const part = currentParts.find((one) => one.kind === kind && nameOf(one) === from)
      if (part !== undefined) claim(ref, part, to)
    }
  }
  return claims
}

/** The parts that are not to stay where they are: of tables that go, and of those that lose them. */
function goingParts(composition: Composition): readonly { readonly table: TableRef; readonly part: TablePart }[] {
  const removed = [...composition.model.tables.values()].filter(({ ref }) => !composition.to.tables.has(tableKey(ref)))
  return [
    ...removed.flatMap((table) => partsOf(table).map((part) => ({ table: table.ref, part }))),
    ...[...composition.differences.values()].flatMap(({ ref, partsRemoved }) =>
      partsRemoved.map((part) => ({ table: ref, part })),
    ),
  ]
}

/** Foreign keys of tables that go, which stand on a key that goes before them. */
function* dropKeysTo(composition: Composition, table: TableRef): Steps {
  for (const { ref, constraints } of composition.model.tables.values()) {
    if (composition.to.tables.has(tableKey(ref))) continue
    for (const key of constraints.filter(isForeignKey)) {
      if (tableKey(key.references.table) === tableKey(table)) yield* dropConstraint(ref, key)
    }
  }
}

interface EarlyRename extends RenamedPart {
  readonly table: TableRef
  readonly part: TablePart
}

/** The parts whose name of now is to be that of a part of another table. */
function earlyRenames(composition: Composition, claimed: ReadonlyMap<string, TableRef>): readonly EarlyRename[] {
  return [...composition.differences.values()].flatMap(({ ref: table, partsRenamed }) =>
    partsRenamed.flatMap((renamed) => {
      const parts = partsOf(tableNow(composition, table))
      const part = parts.find((one) => one.kind === renamed.kind && nameOf(one) === renamed.from)
      const claimant = part && claimed.get(nameKeyOf(composition, table, part) ?? '')
      const isEarly = claimant !== undefined && tableKey(claimant) !== tableKey(table)
      return part === undefined || !isEarly ? [] : [{ ...renamed, table, part }]
    }),
  )
}

/** Gives a part its new name early. Of those that exchange their names, one has another name meanwhile. */
function* renameEarly(composition: Composition, claimed: ReadonlyMap<string, TableRef>): Steps {
  const keyOf = ({ table, part }: EarlyRename, name: string) => nameKeyOf(composition, table, part, name)
  const isTaken = (nameKey: string | undefined): boolean =>
    [...composition.model.tables.values()].some((table) =>
      partsOf(table).some((part) => nameKeyOf(composition, table.ref, part) === nameKey),
    )
  const left = [...earlyRenames(composition, claimed)]
  const isExchanged = (first: EarlyRename): boolean => {
    const through = new Set<EarlyRename>()
    for (let next: EarlyRename | undefined = first; next !== undefined && !through.has(next); ) {
      through.add(next)
      const target: string | undefined = keyOf(next, next.to)
      next = left.find((other) => keyOf(other, other.from) === target)
      if (next === first) return true
    }
    return false
  }
  const rename = ({ kind, table, from }: EarlyRename, to: string) =>
    kind === 'index'
      ? ({ kind: 'renameIndex', table, index: from, to } as const)
      : ({ kind: 'renameConstraint', table, constraint: from, to } as const)
  for (;;) {
    const free = left.findIndex((one) => !isTaken(keyOf(one, one.to)))
    const [ready] = free === -1 ? [] : left.splice(free, 1)
    if (ready !== undefined) {
      yield rename(ready, ready.to)
      continue
    }
    const first = left.find(isExchanged)
    if (first === undefined) return
    const between = freeName('renamed', (name) => isTaken(keyOf(first, name)))
    yield rename(first, between)
    left.splice(left.indexOf(first), 1, { ...first, from: between })
  }
}

/**
 * Renames what goes in its turn and has the name of what comes before that: an enum that becomes a table, a table that becomes an index.
 * A sequence cannot be renamed, and goes at once.
 */
function* makeRoom(composition: Composition, claimed: ReadonlyMap<string, TableRef>): Steps {
  const { model, to } = composition
  const isComing = (key: string, ...parts: readonly ReadonlyMap<string, unknown>[]): boolean =>
    parts.some((part) => part.has(key))
  for (const [key, { ref: table }] of model.tables) {
    if (to.tables.has(key)) continue
    if (!isComing(key, to.sequences, to.enums) && !relationKeyOf(composition, table).some((name) => claimed.has(name)))
      continue
    yield { kind: 'renameTable', table, to: freeObjectName(composition.model, table) }
  }
  for (const [key, { ref }] of model.enums) {
    if (!to.enums.has(key) && isComing(key, to.tables, to.sequences))
      yield { kind: 'renameEnum', enum: ref, to: freeObjectName(composition.model, ref) }
  }
  for (const [key, { ref: sequence }] of model.sequences) {
    if (to.sequences.has(key) || !isComing(key, to.tables)) continue
    const loses = `where the numbers of ${refText(sequence)} stood`
    yield { kind: 'operation', operation: { kind: 'dropSequence', sequence }, loses }
  }
}

/**
 * Takes away early what has a name that something of another table is to have: that table may come first. In its own table what goes
 * stands before what comes anyway.
 */
export function* freeNames(composition: Composition, added: readonly TableModel[]): Steps {
  const claimed = claimedNames(composition, added)
  yield* makeRoom(composition, claimed)
  if (claimed.size === 0) return
  for (const { table, part } of goingParts(composition)) {
    const claimant = claimed.get(nameKeyOf(composition, table, part) ?? '')
    if (claimant === undefined || tableKey(claimant) === tableKey(table)) continue
    if (part.kind === 'constraint') {
      if (sorts[part.constraint.kind] === 'key') yield* dropKeysTo(composition, table)
      if (isRemoved(tableNow(composition, table), part.constraint)) continue
    }
    yield* dropPart(table, part)
  }
  yield* renameEarly(composition, claimed)
}

/** Whether the constraint has gone before its turn. */
export function isRemoved({ constraints }: TableModel, { name, kind }: ConstraintModel): boolean {
  return name !== undefined && !constraints.some((one) => one.name === name && one.kind === kind)
}
