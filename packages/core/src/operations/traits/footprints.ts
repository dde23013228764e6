import type { ColumnType } from '../../model/column-type.ts'
import { tableKey } from '../../model/edit.ts'
import type { ConstraintModel, IndexModel, TableRef } from '../../model/schema-model.ts'
import { enumOf } from './enum-columns.ts'
import { allColumnsOf, indexColumns } from './objects.ts'

/*
 * A footprint is a path. Two operations meet where one path is the other's beginning, so what merely needs an object adds a
 * part of its own below it: two foreign keys to one column do not meet, but each meets the drop of that column.
 */

/** `/` separates the parts of a path. */
export function part(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F')
}

export function tableFootprint(ref: TableRef): string {
  return `table:${part(tableKey(ref))}`
}

/** What is made in a schema needs it; the connection's own schema is never dropped. */
export function schemaFootprints(ref: TableRef): readonly string[] {
  return ref.schema === undefined ? [] : [`schema:${part(ref.schema)}/${part(tableKey(ref))}`]
}

/** A column of an enum needs it. */
export function enumFootprints(table: TableRef, column: string, type: ColumnType | undefined): readonly string[] {
  const ref = type === undefined ? undefined : enumOf(table, { name: column, type, nullable: true })
  return ref === undefined ? [] : [`enum:${part(tableKey(ref))}/${columnFootprint(table, column)}`]
}

export function columnFootprint(ref: TableRef, column: string): string {
  return `${tableFootprint(ref)}/column:${part(column)}`
}

export function indexFootprints(ref: TableRef, index: IndexModel): readonly string[] {
  const own = `index:${part(index.name)}`
  return [
    `${tableFootprint(ref)}/${own}`,
    ...indexColumns(index).map((column) => `${columnFootprint(ref, column)}/${own}`),
  ]
}

/** What stands for a constraint in a path: the name, or what tells it apart without one. */
function constraintPart(constraint: ConstraintModel): string {
  if (constraint.name !== undefined) return `constraint:${part(constraint.name)}`
  if (constraint.kind === 'primaryKey') return 'primaryKey'
  if (constraint.kind === 'check') return `check:${part(constraint.expression)}`
  if (constraint.kind === 'exclude') return `exclude:${part(JSON.stringify(constraint.elements))}`
  return `${constraint.kind}:${part(JSON.stringify(constraint.columns))}`
}

export function constraintFootprints(ref: TableRef, constraint: ConstraintModel): readonly string[] {
  const own = constraintPart(constraint)
  return [
    `${tableFootprint(ref)}/${own}`,
    // A table has one primary key whatever it is called.
    ...(constraint.kind === 'primaryKey' && own !== 'primaryKey' ? [`${tableFootprint(ref)}/primaryKey`] : []),
    ...allColumnsOf(constraint).map((column) => `${columnFootprint(ref, column)}/${own}`),
    ...referenceFootprints(ref, constraint),
  ]
}

function referenceFootprints(ref: TableRef, constraint: ConstraintModel): readonly string[] {
  if (constraint.kind !== 'foreignKey') return []
  const { table, columns } = constraint.references
  const own = `reference:${part(tableKey(ref))}:${constraintPart(constraint)}`
  if (columns.length === 0) return [`${tableFootprint(table)}/${own}`]
  return columns.map((column) => `${columnFootprint(table, column)}/${own}`)
}
