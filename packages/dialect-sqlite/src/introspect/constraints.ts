import type { ConstraintModel, ConstraintOf } from '@org/migrate-core/dialect'
import type { Span } from '../ddl/cursor.ts'
import { columnNames, expressionText } from '../ddl/quoted-strings.ts'
import type {
  ColumnPart,
  ParsedColumn,
  ParsedReference,
  ParsedTable,
  ParsedTableConstraint,
} from '../ddl/table-tree.ts'
import { sameName } from '../ddl/tokenize.ts'
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

/** The constraints of a table in the order of its text, those inside columns first. The CHECK of an enum is its type. */
export function placedConstraints(table: ParsedTable): readonly PlacedConstraint[] {
  const inside = table.columns.flatMap((column) => {
    const values = enumPart(table, column)?.part
    return column.parts.flatMap((part) => {
      const model = part === values ? undefined : fromPart(table, column, part)
      return model === undefined ? [] : [{ model: named(model, part.name?.name), at: { column, part } }]
    })
  })
  const outside = table.constraints.flatMap((constraint) => {
    const model = fromConstraint(table, constraint)
    return model === undefined ? [] : [{ model: named(model, constraint.name?.name), at: { constraint } }]
  })
  return [...inside, ...outside]
}
