import type { NamedPart } from '../../dialect/capabilities.ts'
import { refText, tableKey } from '../../model/edit.ts'
import type { ConstraintModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { type Part, partsOf } from '../table-difference.ts'
import { dropConstraint, isForeignKey } from './keys.ts'
import { emit, tableNow, type Work } from './work.ts'

const sorts: { readonly [K in ConstraintModel['kind']]: NamedPart } = {
  primaryKey: 'key',
  unique: 'key',
  exclude: 'key',
  foreignKey: 'foreignKey',
  check: 'check',
}

const nameOf = (part: Part): string | undefined => (part.is === 'index' ? part.index.name : part.constraint.name)

/** The place that a name takes, the same for whatever cannot have the same name; undefined where the name counts within its table. */
function placeOf(work: Work, { schema = '' }: TableRef, part: Part, name = nameOf(part)): string | undefined {
  const { sharedNames = [] } = work.dialect.capabilities
  const sort = part.is === 'index' ? 'index' : sorts[part.constraint.kind]
  if (name === undefined || !sharedNames.includes(sort)) return undefined
  // The index of a key has the name of the key.
  return JSON.stringify([schema, sort === 'key' ? 'index' : sort, name])
}

/** The places that names of this revision take, with the table that each is for. */
function wantedPlaces(work: Work, fresh: readonly TableModel[]): ReadonlyMap<string, TableRef> {
  const places = new Map<string, TableRef>()
  const want = (ref: TableRef, part: Part, name = nameOf(part)): void => {
    const place = placeOf(work, ref, part, name)
    if (place !== undefined) places.set(place, ref)
  }
  for (const table of fresh) for (const part of partsOf(table)) want(table.ref, part)
  for (const { ref, partsAdded, partsRenamed } of work.differences.values()) {
    for (const part of partsAdded) want(ref, part)
    const stood = partsRenamed.length === 0 ? [] : partsOf(tableNow(work, ref))
    for (const { is, from, to } of partsRenamed) {
      const part = stood.find((one) => one.is === is && nameOf(one) === from)
      if (part !== undefined) want(ref, part, to)
    }
  }
  return places
}

/** The parts that are not to stay where they are: of tables that go, and of those that lose them. */
function goingParts(work: Work): readonly { readonly table: TableRef; readonly part: Part }[] {
  const gone = [...work.model.tables.values()].filter(({ ref }) => !work.to.tables.has(tableKey(ref)))
  return [
    ...gone.flatMap((table) => partsOf(table).map((part) => ({ table: table.ref, part }))),
    ...[...work.differences.values()].flatMap(({ ref, partsGone }) => partsGone.map((part) => ({ table: ref, part }))),
  ]
}

/** Foreign keys of tables that go, which stand on a key that goes before them. */
function dropKeysTo(work: Work, table: TableRef): void {
  for (const { ref, constraints } of work.model.tables.values()) {
    if (work.to.tables.has(tableKey(ref))) continue
    for (const key of constraints.filter(isForeignKey)) {
      if (tableKey(key.references.table) === tableKey(table)) dropConstraint(work, ref, key)
    }
  }
}

/**
 * Takes away early what has a name that something of another table is to have: that table may come first. In its own table what goes
 * stands before what comes anyway.
 */
export function freeNames(work: Work, fresh: readonly TableModel[]): void {
  const wanted = wantedPlaces(work, fresh)
  if (wanted.size === 0) return
  for (const { table, part } of goingParts(work)) {
    const wantedBy = wanted.get(placeOf(work, table, part) ?? '')
    if (wantedBy === undefined || refText(wantedBy) === refText(table)) continue
    if (part.is === 'index') {
      emit(work, { kind: 'dropIndex', table, index: part.index.name })
      continue
    }
    if (sorts[part.constraint.kind] === 'key') dropKeysTo(work, table)
    if (!isGone(work, table, part.constraint)) dropConstraint(work, table, part.constraint)
  }
}

/** Whether the constraint has gone before its turn. */
export function isGone(work: Work, table: TableRef, constraint: ConstraintModel): boolean {
  const { name, kind } = constraint
  return name !== undefined && !tableNow(work, table).constraints.some((one) => one.name === name && one.kind === kind)
}
