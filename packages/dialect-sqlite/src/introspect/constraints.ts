import type { ConstraintModel, ConstraintOf, Deferrable } from '@org/migrate-core/dialect'
import type { Span } from '../ddl/cursor.ts'
import { columnNames, expressionText } from '../ddl/quoted-strings.ts'
import type {
  ColumnPart,
  ParsedColumn,
  ParsedReference,
  ParsedTable,
  ParsedTableConstraint,
} from '../ddl/table-tree.ts'
import { quoteName } from '../sql/quote.ts'
import { isKeyword, sameName, significant, tokenize } from '../sql/tokenize.ts'
import { definitionWord } from '../types/definition-text.ts'
import { enumPart } from './columns.ts'

/** A constraint of the model with the place in the text that makes it. */
export interface PlacedConstraint {
  readonly model: ConstraintModel
  readonly at:
    | { readonly column: ParsedColumn; readonly part: ColumnPart }
    | { readonly constraint: ParsedTableConstraint }
}

/** A column's name in the spelling of its definition: lists may spell it in another case. */
function spelled(table: ParsedTable, name: string): string {
  return table.columns.find((column) => sameName(column.name.name, name))?.name.name ?? name
}

function foreignKey(
  table: ParsedTable,
  columns: readonly string[],
  reference: ParsedReference,
): ConstraintOf<'foreignKey'> {
  const { onDelete, onUpdate, deferrable } = reference
  // MATCH is read by SQLite and not enforced: every foreign key is MATCH SIMPLE.
  return {
    kind: 'foreignKey',
    columns: columns.map((name) => spelled(table, name)),
    references: { table: { name: reference.table.name }, columns: reference.columns.map(({ name }) => name) },
    ...(onDelete === undefined || onDelete === 'noAction' ? {} : { onDelete }),
    ...(onUpdate === undefined || onUpdate === 'noAction' ? {} : { onUpdate }),
    ...(deferrable === undefined ? {} : { deferrable }),
  }
}

function check(table: ParsedTable, expression: Span): ConstraintOf<'check'> {
  return { kind: 'check', expression: expressionText(table.source, expression, columnNames(table)) }
}

function fromPart(table: ParsedTable, column: ParsedColumn, part: ColumnPart): ConstraintModel | undefined {
  const columns = [column.name.name]
  if (part.kind === 'primaryKey' || part.kind === 'unique') return { kind: part.kind, columns }
  if (part.kind === 'check') return check(table, part.expression)
  if (part.kind === 'references') return foreignKey(table, columns, part.reference)
  return undefined
}

function fromConstraint(table: ParsedTable, constraint: ParsedTableConstraint): ConstraintModel | undefined {
  if (constraint.kind === 'check') return check(table, constraint.expression)
  if (constraint.kind === 'foreignKey') {
    const columns = constraint.columns.map(({ name }) => name)
    return foreignKey(table, columns, constraint.reference)
  }
  if (constraint.kind === 'bareName') return undefined
  return { kind: constraint.kind, columns: constraint.columns.map(({ name }) => spelled(table, name.name)) }
}

const named = (model: ConstraintModel, name: string | undefined): ConstraintModel =>
  name === undefined ? model : { ...model, name }

/**
 * What a key declares that the model has no word for, so that one that is dropped and added again is what it was: ON CONFLICT, and the
 * collation and the order of a column. https://www.sqlite.org/lang_createtable.html
 */
function keyExtras(
  { source }: ParsedTable,
  { model, at }: PlacedConstraint,
): Pick<ConstraintOf<'unique' | 'primaryKey'>, 'extras'> {
  if (model.kind !== 'unique' && model.kind !== 'primaryKey') return {}
  const item = 'part' in at ? at.part : at.constraint
  const text = source.slice(item.name?.end ?? item.start, item.end).trim()
  if (!/conflict|collate|desc/i.test(text)) return {}
  const tokens = significant(tokenize(text))
  const conflict = tokens.findIndex((token) => isKeyword(token, 'CONFLICT'))
  if ('part' in at) {
    const conflictClause = `ON CONFLICT ${tokens[conflict + 1]?.text.toUpperCase()}`
    const kind = model.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'
    const definition = `${kind} (${quoteName(at.column.name.name)}) ${conflictClause}`
    return conflict === -1 ? {} : { extras: [{ what: definitionWord, statements: [[{ text: definition }]] }] }
  }
  const holdsMore = conflict !== -1 || tokens.some((token) => isKeyword(token, 'COLLATE') || isKeyword(token, 'DESC'))
  return holdsMore ? { extras: [{ what: definitionWord, statements: [[{ text }]] }] } : {}
}

/** Gives the last foreign key of those what its text says later. */
function defer(constraints: PlacedConstraint[], deferrable: Deferrable | 'not'): void {
  const last = constraints.findLastIndex(({ model }) => model.kind === 'foreignKey')
  const { model, at } = constraints[last] ?? {}
  if (model?.kind !== 'foreignKey' || at === undefined) return
  const { deferrable: _, ...key } = model
  constraints[last] = { model: deferrable === 'not' ? key : { ...key, deferrable }, at }
}

/** The constraints of a table in the order of its text, those inside columns first. The CHECK of an enum is its type. */
export function placedConstraints(table: ParsedTable): readonly PlacedConstraint[] {
  const columnConstraints: PlacedConstraint[] = []
  for (const column of table.columns) {
    const values = enumPart(table, column)?.part
    for (const part of column.parts) {
      const model = part === values ? undefined : fromPart(table, column, part)
      if (model !== undefined) columnConstraints.push({ model: named(model, part.name?.name), at: { column, part } })
      if (part.kind === 'deferral') defer(columnConstraints, part.deferrable)
    }
  }
  const tableConstraints = table.constraints.flatMap((constraint) => {
    const model = fromConstraint(table, constraint)
    return model === undefined ? [] : [{ model: named(model, constraint.name?.name), at: { constraint } }]
  })
  return [...columnConstraints, ...tableConstraints].map((each) => ({
    ...each,
    model: { ...each.model, ...keyExtras(table, each) },
  }))
}
