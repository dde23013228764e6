import { assign, findColumn, findTable, refText, without } from '../../model/edit.ts'
import { isExact, isRounded } from '../../model/rounded-number.ts'
import type { ColumnModel, Identity, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { ColumnChange, Operation, OperationTable } from '../operation.ts'
import { preservingLabel } from '../preserved-label.ts'
import { checkEnumUse } from './enum-columns.ts'
import { columnFootprint, enumFootprints } from './footprints.ts'
import {
  allColumnsOf,
  alterable,
  awaited,
  checkName,
  constraintText,
  dependent,
  editTable,
  exists,
  incomingKeys,
  indexColumns,
  invalid,
  irreversible,
  keyTexts,
  lastingOf,
  missing,
  requireColumn,
  restoring,
} from './objects.ts'
import { followColumn, ownedSequences, renameInTable } from './references.ts'

export function checkColumn(column: ColumnModel, operation: string): void {
  checkName(column.name, 'column')
  if (column.generated !== undefined && column.default !== undefined) {
    throw invalid(operation, `the column ${column.name} is generated and has a default; it can have one of them`)
  }
  if (column.generated !== undefined && column.identity !== undefined) {
    throw invalid(operation, `the column ${column.name} is generated and an identity; it can be one of them`)
  }
  if (column.generated !== undefined && column.onUpdate !== undefined) {
    throw invalid(operation, `the column ${column.name} is generated and set by an update; it can be one of them`)
  }
  if (column.default?.kind === 'literal' && isExact(column.type) && isRounded(column.default.value)) {
    const value = BigInt(Number(column.default.value))
    throw invalid(
      operation,
      `JavaScript rounds integers beyond ${Number.MAX_SAFE_INTEGER}, and the default of ${column.name} is ${value} here; write the digits that are meant as a text`,
    )
  }
  // A type of PostgreSQL may have no values: https://www.postgresql.org/docs/current/sql-createtype.html
  if (column.type.kind === 'enum' && column.type.name === undefined && column.type.values.length === 0) {
    throw invalid(operation, `the enum of the column ${column.name} has no values`)
  }
}

function columnText(table: TableRef, column: string): string {
  return `${refText(table)}.${column}`
}

/** What names the column in structured form; texts (checks, expressions) are the dialect's to look at. */
function dependantsOf(model: SchemaModel, table: TableModel, column: string): readonly string[] {
  const own = table.constraints.filter((constraint) => allColumnsOf(constraint).includes(column))
  const indexes = table.indexes.filter((index) => indexColumns(index).includes(column))
  const incoming = incomingKeys(model, table.ref).filter(
    ({ key }) => key.references.columns.includes(column) && !own.includes(key),
  )
  return [...own.map(constraintText), ...indexes.map((index) => `index ${index.name}`), ...keyTexts(incoming)]
}

/** Foreign keys that name a column which the table does not have yet. */
function awaitedColumn(before: SchemaModel, table: TableRef, column: string) {
  const keys = incomingKeys(before, table).filter(({ key }) => key.references.columns.includes(column))
  return awaited(`column ${columnText(table, column)}`, keyTexts(keys))
}

/** The column with a change made. A new type takes the texts of the old one (`native`) away, unless it brings its own. */
function changeColumn(column: ColumnModel, change: ColumnChange): ColumnModel {
  let next = column
  if (change.type !== undefined) next = assign({ ...next, type: change.type }, 'native', undefined)
  if (change.native !== undefined) next = { ...next, native: change.native }
  if (change.nullable !== undefined) next = { ...next, nullable: change.nullable }
  if (change.default !== undefined) next = assign(next, 'default', change.default ?? undefined)
  if (change.generated !== undefined) next = assign(next, 'generated', change.generated ?? undefined)
  if (change.identity !== undefined) next = assign(next, 'identity', change.identity ?? undefined)
  if (change.onUpdate !== undefined) next = assign(next, 'onUpdate', change.onUpdate ?? undefined)
  if (change.collation !== undefined) next = assign(next, 'collation', change.collation ?? undefined)
  if (change.comment !== undefined) next = assign(next, 'comment', change.comment ?? undefined)
  if (change.extras !== undefined) next = { ...next, extras: change.extras }
  if (change.source !== undefined) next = { ...next, source: change.source }
  return next
}

/** A server converts the default with the type, and not back: of 1.5 in an integer column stays 2 (MySQL, MariaDB). */
function literalDefault({ default: value }: ColumnModel, typed: boolean): Pick<ColumnChange, 'default'> {
  return typed && value?.kind === 'literal' && value.value !== null ? { default: value } : {}
}

/** A sequence that got a name gets the usual one back, which the model does not state. */
function identityBefore(changed: Identity | null, before: Identity | undefined): Identity | null {
  if (before === undefined) return null
  return changed?.sequence === undefined ? before : { sequence: null, ...before }
}

/** A type without collations takes the collation of the column away: the inverse names it. */
function lostCollation({ collation }: ColumnModel, typed: boolean): Pick<ColumnChange, 'collation'> {
  return typed && collation !== undefined ? { collation } : {}
}

/** The change that takes a change back. */
function inverseChange(column: ColumnModel, change: ColumnChange): ColumnChange {
  const typed = change.type !== undefined || change.native !== undefined
  return {
    ...(typed ? { type: column.type, ...(column.native === undefined ? {} : { native: column.native }) } : {}),
    ...(change.nullable === undefined ? {} : { nullable: column.nullable }),
    ...(change.default === undefined ? literalDefault(column, typed) : { default: column.default ?? null }),
    ...(change.generated === undefined ? {} : { generated: column.generated ?? null }),
    ...(change.identity === undefined ? {} : { identity: identityBefore(change.identity, column.identity) }),
    ...(change.onUpdate === undefined ? {} : { onUpdate: column.onUpdate ?? null }),
    ...(change.collation === undefined ? lostCollation(column, typed) : { collation: column.collation ?? null }),
    ...(change.comment === undefined ? {} : { comment: column.comment ?? null }),
    ...((typed || change.nullable !== undefined || change.identity === null) && column.extras !== undefined
      ? { extras: column.extras }
      : {}),
    ...(typed && column.source !== undefined ? { source: column.source } : {}),
  }
}

/**
 * A column that was dropped, with its values where they were preserved: NOT NULL only when rows have one. Its sequences are its own before
 * that, since a counter comes back by the column that owns it.
 */
function recreateColumn(
  table: TableRef,
  column: ColumnModel,
  label: string | undefined,
  owned: readonly Operation[],
): readonly Operation[] {
  const added = { kind: 'addColumn', table, column } as const
  const isFilled = column.nullable || column.default !== undefined || column.identity !== undefined
  if (label === undefined || column.generated !== undefined || isFilled) return [added, ...owned, ...restoring(label)]
  return [
    { ...added, column: { ...column, nullable: true } },
    ...owned,
    ...restoring(label),
    { kind: 'alterColumn', table, column: column.name, change: { nullable: false } },
  ]
}

const changeDescriptions: { readonly [K in keyof Required<ColumnChange>]: (change: ColumnChange) => string } = {
  type: () => 'type',
  native: () => 'type',
  nullable: ({ nullable }) => (nullable ? 'null' : 'not null'),
  default: ({ default: value }) => (value === null ? 'no default' : 'default'),
  generated: ({ generated }) => (generated === null ? 'not generated' : 'generated'),
  identity: ({ identity }) => (identity === null ? 'no identity' : 'identity'),
  onUpdate: ({ onUpdate }) => (onUpdate === null ? 'not set by an update' : 'set by an update'),
  collation: ({ collation }) => (collation === null ? 'no collation' : 'collation'),
  comment: ({ comment }) => (comment === null ? 'no comment' : 'comment'),
  extras: ({ extras = [] }) => extras.map(({ what }) => what).join(', '),
  source: () => 'type',
}

function changeText(change: ColumnChange): string {
  const keys = (Object.keys(changeDescriptions) as (keyof ColumnChange)[]).filter((key) => change[key] !== undefined)
  return [...new Set(keys.map((key) => changeDescriptions[key](change)))].join(', ')
}

export const columnTraits: Pick<OperationTable, 'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> = {
  addColumn: {
    apply(before, operation) {
      const line = columnTraits.addColumn.describe(operation)
      const table = alterable(before, operation.table, line)
      if (findColumn(table, operation.column.name) !== undefined) {
        if (operation.ifNotExists) return before
        throw exists(`column ${columnText(operation.table, operation.column.name)}`)
      }
      checkColumn(operation.column, line)
      checkEnumUse(before, operation.table, operation.column, line)
      return editTable(before, table, { columns: [...table.columns, operation.column] })
    },
    invert(before, { table: ref, column, ifNotExists }) {
      const table = findTable(before, ref)
      if (ifNotExists && table !== undefined && findColumn(table, column.name) !== undefined) return []
      return awaitedColumn(before, ref, column.name) ?? [{ kind: 'dropColumn', table: ref, column: column.name }]
    },
    touches: ({ table, column }) => [
      columnFootprint(table, column.name),
      ...enumFootprints(table, column.name, column.type),
    ],
    describe: ({ table, column }) => `add column ${columnText(table, column.name)}`,
  },

  dropColumn: {
    apply(before, operation) {
      const line = columnTraits.dropColumn.describe(operation)
      const table = alterable(before, operation.table, line)
      if (findColumn(table, operation.column) === undefined) {
        if (operation.ifExists) return before
        throw missing(`column ${columnText(operation.table, operation.column)}`)
      }
      const dependants = dependantsOf(before, table, operation.column)
      if (dependants.length > 0) throw dependent(`column ${columnText(operation.table, operation.column)}`, dependants)
      if (table.columns.length === 1) throw invalid(line, 'it is the only column of the table')
      const columns = table.columns.filter((column) => column.name !== operation.column)
      let after = editTable(before, table, { columns })
      for (const { key } of ownedSequences(before, operation.table, operation.column))
        after = without(after, 'sequences', key)
      return after
    },
    invert(before, operation) {
      const { table: ref, column: name, ifExists } = operation
      const table = findTable(before, ref)
      const column = table === undefined ? undefined : findColumn(table, name)
      if (column === undefined) {
        return ifExists ? [] : irreversible(`the schema before has no column ${columnText(ref, name)}`)
      }
      const sequences = ownedSequences(before, ref, name).map(({ sequence }) => sequence)
      const lasting = lastingOf(`column ${columnText(ref, name)}`, [column, ...sequences])
      if (lasting !== undefined) return lasting
      const owned = sequences.map(
        ({ ref: sequence }): Operation => ({
          kind: 'alterSequence',
          sequence,
          change: { ownedBy: { table: ref, column: name } },
        }),
      )
      return [
        ...sequences.map(({ ownedBy: _, ...sequence }): Operation => ({ kind: 'createSequence', sequence })),
        ...recreateColumn(ref, column, preservingLabel(operation), owned),
      ]
    },
    touches: ({ table, column }) => [columnFootprint(table, column)],
    describe: ({ table, column }) => `drop column ${columnText(table, column)}`,
  },

  alterColumn: {
    apply(before, operation) {
      const line = columnTraits.alterColumn.describe(operation)
      const table = alterable(before, operation.table, line)
      const changed = changeColumn(requireColumn(table, operation.column), operation.change)
      checkColumn(changed, line)
      checkEnumUse(before, operation.table, changed, line)
      const columns = table.columns.map((column) => (column.name === changed.name ? changed : column))
      return editTable(before, table, { columns })
    },
    invert(before, operation) {
      const { table: ref, column: name, change, using, usingBack } = operation
      const table = findTable(before, ref)
      const column = table === undefined ? undefined : findColumn(table, name)
      if (column === undefined) return irreversible(`the schema before has no column ${columnText(ref, name)}`)
      if (using !== undefined && usingBack === undefined) {
        return irreversible('`using` converts the values, and no `usingBack` converts them back')
      }
      const back = { kind: 'alterColumn', table: ref, column: name, change: inverseChange(column, change) } as const
      const restored = restoring(preservingLabel(operation))
      if (usingBack === undefined) return [back, ...restored]
      return [{ ...back, using: usingBack, ...(using === undefined ? {} : { usingBack: using }) }, ...restored]
    },
    touches: ({ table, column, change }) => [
      columnFootprint(table, column),
      ...enumFootprints(table, column, change.type),
    ],
    describe: ({ table, column, change }) => `change column ${columnText(table, column)}: ${changeText(change)}`,
  },

  renameColumn: {
    apply(before, operation) {
      const { column: name, to } = operation
      const table = alterable(before, operation.table, columnTraits.renameColumn.describe(operation))
      if (operation.ifExists && findColumn(table, name) === undefined) return before
      requireColumn(table, name)
      checkName(to, 'column')
      if (findColumn(table, to) !== undefined) throw exists(`column ${columnText(operation.table, to)}`)
      return followColumn(editTable(before, table, renameInTable(table, name, to)), operation.table, name, to)
    },
    invert(before, { table: ref, column, to, ifExists }) {
      const table = findTable(before, ref)
      if (ifExists && table !== undefined && findColumn(table, column) === undefined) return []
      return awaitedColumn(before, ref, to) ?? [{ kind: 'renameColumn', table: ref, column: to, to: column }]
    },
    touches: ({ table, column, to }) => [columnFootprint(table, column), columnFootprint(table, to)],
    describe: ({ table, column, to }) => `rename column ${columnText(table, column)} to ${to}`,
  },
}
