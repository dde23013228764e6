import { mayName } from '../model/may-name.ts'
import type { ColumnModel, ConstraintModel, TableRef } from '../model/schema-model.ts'
import type { ColumnChange, Operation, OperationKind, OperationOf, SqlText } from './operation.ts'
import { columnFootprint, tableFootprint } from './traits/footprints.ts'
import { sameRef } from './traits/objects.ts'

/** What has another name behind an operation, another type, or is no longer there. */
interface ChangedName {
  readonly name: string
  /** Where the name is that of a column, its table. */
  readonly table?: TableRef
  readonly path: string
}

interface WrittenTexts {
  /** The table that columns without a table are of. */
  readonly table?: TableRef
  readonly texts: readonly (string | null | undefined)[]
}

type Table<T> = { readonly [K in OperationKind]?: (operation: OperationOf<K>) => T }

function answer<T>(table: Table<T>, operation: Operation): T | undefined {
  return (table[operation.kind] as ((operation: Operation) => T) | undefined)?.(operation)
}

const ofRelation = (ref: TableRef): readonly ChangedName[] => [{ name: ref.name, path: tableFootprint(ref) }]
const ofColumn = (table: TableRef, column: string): readonly ChangedName[] => [
  { name: column, table, path: columnFootprint(table, column) },
]
const ofObject = (kind: 'enum' | 'sequence', { name }: TableRef): readonly ChangedName[] => [
  { name, path: `${kind}:${name}` },
]

const changedNames: Table<readonly ChangedName[]> = {
  dropTable: ({ table }) => ofRelation(table),
  renameTable: ({ table }) => ofRelation(table),
  dropView: ({ view }) => ofRelation(view),
  renameView: ({ view }) => ofRelation(view),
  replaceView: ({ view }) => ofRelation(view.ref),
  setSchema: ({ ref }) => ofRelation(ref),
  dropColumn: ({ table, column }) => ofColumn(table, column),
  renameColumn: ({ table, column }) => ofColumn(table, column),
  alterColumn: ({ table, column, change }) =>
    change.type === undefined && change.native === undefined ? [] : ofColumn(table, column),
  renameEnum: ({ enum: ref }) => ofObject('enum', ref),
  dropEnum: ({ enum: ref }) => ofObject('enum', ref),
  alterEnum: ({ enum: { name }, rename = [], drop = [] }) =>
    [...rename, ...drop].map(({ value }) => ({ name: value, path: `enum:${name}` })),
  dropSequence: ({ sequence }) => ofObject('sequence', sequence),
  sql: ({ effects = [] }) => effects.flatMap((effect) => answer(changedNames, effect) ?? []),
}

const textsOf = (text: SqlText | undefined): readonly string[] =>
  typeof text === 'string' ? [text] : Object.values(text ?? {})

const defaultText = ({ default: value }: Pick<ColumnModel | ColumnChange, 'default'>): string | undefined =>
  value?.kind === 'expression' ? value.sql : undefined

const constraintTexts = (constraint: ConstraintModel): WrittenTexts['texts'] =>
  constraint.kind === 'check'
    ? [constraint.expression]
    : constraint.kind === 'exclude'
      ? [constraint.where, ...constraint.elements.map(({ expression }) => expression)]
      : []

const writtenTexts: Table<WrittenTexts> = {
  addColumn: ({ table, column }) => ({ table, texts: [column.generated?.expression, defaultText(column)] }),
  alterColumn: ({ table, change, using }) => ({
    table,
    texts: [change.generated?.expression, defaultText(change), ...textsOf(using)],
  }),
  addConstraint: ({ table, constraint }) => ({ table, texts: constraintTexts(constraint) }),
  createIndex: ({ table, index: { where, elements } }) => ({
    table,
    texts: [where, ...elements.map(({ expression }) => expression)],
  }),
  createView: ({ view }) => ({ texts: [view.definition] }),
  replaceView: ({ view }) => ({ texts: [view.definition] }),
  createTrigger: ({ trigger: { table, definition } }) => ({ table, texts: [definition] }),
  createPolicy: ({ table, policy }) => ({ table, texts: [policy.using, policy.withCheck] }),
  alterPolicy: ({ table, change: { using, withCheck } }) => ({ table, texts: [using, withCheck] }),
  sql: ({ text }) => ({ texts: textsOf(text) }),
}

/**
 * The paths of what one operation takes away, or gives another name, and a text of the other may name: with it the other is refused behind the one,
 * or means something else. More than the text names, never less.
 */
export function namedInTexts(one: Operation, other: Operation): readonly string[] {
  const changed = answer(changedNames, one) ?? []
  const written = answer(writtenTexts, other)
  const text = (written?.texts ?? []).filter((each) => typeof each === 'string').join('\n')
  if (changed.length === 0 || text === '') return []
  const names = mayName(text)
  return changed.flatMap(({ name, table, path }) => {
    const isReached = table === undefined || (written?.table && sameRef(written.table, table)) || names(table.name)
    return isReached && names(name) ? [path] : []
  })
}
