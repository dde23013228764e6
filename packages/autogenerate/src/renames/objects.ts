import type { Operation, SchemaObject } from '@org/migrate-core'
import { type Dialect, refText, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { freeObjectName } from '../differences/free-name.ts'
import type { AnswerBook, RenameCandidate, RenameKind } from './answers.ts'
import { chooseRenames, exchangeSteps } from './choose.ts'

export interface RenamedValue {
  readonly table: TableRef
  readonly column: string
  readonly from: string
  readonly to: string
}

/** What a step of the renaming works on. */
export interface Stage {
  readonly dialect: Dialect
  readonly to: SchemaModel
  readonly book: AnswerBook
  model: SchemaModel
  readonly operations: Operation[]
  readonly unanswered: RenameCandidate[]
  readonly values: RenamedValue[]
  readonly labels: { readonly removed: Map<string, string>; readonly added: Set<string> }
  readonly before: { readonly tables: Map<string, TableRef>; readonly columns: Map<string, string> }
}

export function record(stage: Stage, operation: Operation): void {
  stage.operations.push(operation)
  stage.model = stage.dialect.model.apply(stage.model, operation)
}

export const missingFrom = <T>(some: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): readonly T[] =>
  [...some].flatMap(([key, item]) => (other.has(key) ? [] : [item]))

/** What an answer may call an object: by its name alone where it stays in its schema, or stands in that of the connection. */
function labelsOf(
  {
    dialect: {
      model: { ownSchema },
    },
  }: Stage,
  ref: TableRef,
): readonly string[] {
  if (ref.schema !== undefined || ownSchema === undefined) return [refText(ref)]
  return [ref.name, `${ownSchema}.${ref.name}`]
}

/** The object that an answer names as the new one of another: in the same schema before all others. */
function targetOf<T extends { readonly ref: TableRef }>(stage: Stage, answer: string, removed: T, added: Iterable<T>) {
  const all = [...added]
  return (
    all.find(({ ref }) => ref.schema === removed.ref.schema && ref.name === answer) ??
    all.find(({ ref }) => labelsOf(stage, ref).includes(answer))
  )
}

/** A sequence of its own gets another schema; no operation gives it another name. */
type Renamed = Extract<RenameKind, SchemaObject>

const renameOf: { readonly [K in Exclude<Renamed, 'sequence'>]: (ref: TableRef, to: string) => Operation } = {
  table: (table, to) => ({ kind: 'renameTable', table, to }),
  view: (view, to) => ({ kind: 'renameView', view, to }),
  enum: (ref, to) => ({ kind: 'renameEnum', enum: ref, to }),
}

/** A new schema, and then a new name; the other way round where the old name is taken there. */
function recordMove(stage: Stage, object: Renamed, from: TableRef, to: TableRef): void {
  const move = (ref: TableRef): Operation => ({ kind: 'setSchema', object, ref, schema: to.schema ?? null })
  if (object !== 'sequence' && from.schema === to.schema) {
    record(stage, renameOf[object](from, to.name))
    return
  }
  if (to.schema !== undefined && !stage.model.schemas.includes(to.schema)) {
    record(stage, { kind: 'createSchema', schema: to.schema })
  }
  if (object === 'sequence') {
    record(stage, move(from))
    return
  }
  const between: TableRef = { ...to, name: from.name }
  const { tables, views, enums } = stage.model
  const isTaken = (object === 'enum' ? [enums] : [tables, views]).some((part) => part.has(tableKey(between)))
  if (from.name === to.name) record(stage, move(from))
  else if (isTaken) {
    record(stage, renameOf[object](from, to.name))
    record(stage, move({ ...from, name: to.name }))
  } else {
    record(stage, move(from))
    record(stage, renameOf[object](between, to.name))
  }
}

export async function objects<T extends { readonly ref: TableRef }>(
  stage: Stage,
  kind: Renamed,
  sides: { readonly removed: readonly T[]; readonly added: readonly T[]; readonly staying?: readonly T[] },
  like: (removed: T, added: T) => number,
): Promise<void> {
  for (const { ref } of sides.removed)
    for (const label of labelsOf(stage, ref)) stage.labels.removed.set(label, refText(ref))
  for (const { ref } of sides.added) stage.labels.added.add(refText(ref))
  const { renames, exchanges, unanswered } = await chooseRenames<T>(
    {
      kind,
      ...sides,
      isFolded: kind === 'table' && stage.dialect.capabilities.foldedNames?.includes(kind),
      nameOf: ({ ref }) => refText(ref),
      labelsOf: ({ ref }) => labelsOf(stage, ref),
      targetOf: (answer, removed, added) => targetOf(stage, answer, removed, added),
      answerOf: (removed, added) => (removed.ref.schema === added.ref.schema ? added.ref.name : refText(added.ref)),
      // What is called otherwise and stands elsewhere is another object, unless the author says that it is not.
      like: (removed, added) =>
        removed.ref.schema !== added.ref.schema && removed.ref.name !== added.ref.name ? 0 : like(removed, added),
    },
    stage.book,
  )
  for (const each of unanswered) stage.unanswered.push(each)
  for (const exchange of exchanges) {
    const [first] = exchange
    if (first === undefined) continue
    const between = { ...first.ref, name: freeObjectName(stage.model, first.ref) }
    recordMove(stage, kind, first.ref, between)
    for (const { from, to } of exchangeSteps(exchange)) {
      recordMove(stage, kind, from === first ? between : from.ref, to.ref)
      if (kind === 'table') stage.before.tables.set(refText(to.ref), from.ref)
    }
  }
  for (const { from, to, replaces } of renames) {
    if (replaces) {
      const between = { ...to.ref, name: freeObjectName(stage.model, to.ref) }
      recordMove(stage, kind, to.ref, between)
      stage.before.tables.set(refText(between), to.ref)
    }
    recordMove(stage, kind, from.ref, to.ref)
    if (kind === 'table') stage.before.tables.set(refText(to.ref), from.ref)
  }
}
