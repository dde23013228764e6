import {
  type ConstraintModel,
  cutName,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { capabilities } from '../capabilities.ts'
import { nameOf, significant } from './names-in.ts'

/** The one column that a CHECK reads, if it is only one: the server puts it into the name. */
function columnsRead(expression: string, table: Pick<TableModel, 'columns'>): readonly string[] {
  const tokens = significant(expression)
  const names = new Set<string>()
  for (const [at, token] of tokens.entries()) {
    const name = nameOf(token)
    if (name === undefined || tokens[at + 1]?.text === '(' || tokens[at - 1]?.text === ':') continue
    if (table.columns.some((column) => column.name === name)) names.add(name)
  }
  return [...names]
}

type Parts = { readonly columns: readonly string[]; readonly label: string }

function partsOf(constraint: ConstraintModel, table: TableModel): Parts | undefined {
  switch (constraint.kind) {
    case 'primaryKey':
      return { columns: [], label: 'pkey' }
    case 'unique':
      return { columns: constraint.columns, label: 'key' }
    case 'foreignKey':
      return { columns: constraint.columns, label: 'fkey' }
    case 'check': {
      const columns = columnsRead(constraint.expression, table)
      return { columns: columns.length === 1 ? columns : [], label: 'check' }
    }
    case 'exclude': {
      const columns = constraint.elements.map(({ expression }) => {
        const tokens = significant(expression)
        return tokens.length === 1 ? nameOf(tokens[0]) : undefined
      })
      return columns.every((column) => column !== undefined) ? { columns, label: 'excl' } : undefined
    }
  }
}

const bytesOf = (text: string): number => Buffer.byteLength(text)

/**
 * A name as makeObjectName of the server's source makes it: where it is too long, of the table and of the columns the longer one is
 * truncated, in whole characters, and the label stays.
 */
function objectName(table: string, columns: readonly string[], label: string): string {
  const added = columns.length === 0 ? [] : [columns.join('_')]
  const room = capabilities.identifierLimit.length - bytesOf(label) - 1 - added.length
  let [first, second] = [bytesOf(table), bytesOf(added.join(''))]
  while (first + second > room) {
    if (first > second) first -= 1
    else second -= 1
  }
  const truncated = (name: string, length: number): string => cutName(name, { length, unit: 'bytes' })
  return [truncated(table, first), ...added.map((name) => truncated(name, second)), label].join('_')
}

const numbered = (label: string, number: number): string => (number === 0 ? label : `${label}${number}`)

/** Names of constraints and of indexes are looked for in the whole schema. */
function isElsewhere({ tables }: SchemaModel, { schema }: TableRef, name: string): boolean {
  const isNamed = (one: { readonly name?: string }): boolean => one.name === name
  // Without a list of them: each table that a plan makes asks.
  for (const { ref, constraints, indexes } of tables.values())
    if (ref.schema === schema && (constraints.some(isNamed) || indexes.some(isNamed))) return true
  return false
}

/**
 * The name that the server makes for a constraint without one (ChooseIndexName and ChooseConstraintName in its source), with
 * a number where the schema has that name already: a table that was renamed keeps it. Undefined where it is of an expression: it is
 * not guessed.
 */
export function constraintName(model: SchemaModel, table: TableModel, constraint: ConstraintModel): string | undefined {
  const parts = partsOf(constraint, table)
  if (parts === undefined) return undefined
  const own = new Set([...table.constraints, ...table.indexes].map((one) => one.name))
  for (let number = 0; ; number += 1) {
    const name = objectName(table.ref.name, parts.columns, numbered(parts.label, number))
    if (!own.has(name) && !isElsewhere(model, table.ref, name)) return name
  }
}

/**
 * A constraint with the server's own name, without the number that it has where another table of the schema had the name first: one that
 * was renamed keeps the names of its constraints. That table need not be in sight.
 */
export function unnumbered(table: TableModel, constraint: ConstraintModel): ConstraintModel {
  const number = /\d+$/.exec(constraint.name ?? '')?.[0]
  const parts = number === undefined ? undefined : partsOf(constraint, table)
  if (parts === undefined) return constraint
  const named = (label: string): string => objectName(table.ref.name, parts.columns, label)
  if (constraint.name !== named(`${parts.label}${number}`)) return constraint
  const name = named(parts.label)
  return table.constraints.some((one) => one.name === name) ? constraint : { ...constraint, name }
}

/** The sequence that a serial column makes; with a number, where names before it are taken. */
export const serialSequence = (table: TableRef, column: string, number = 0): TableRef => ({
  ...table,
  name: objectName(table.name, [column], numbered('seq', number)),
})

/** The sequence that a serial column has, or makes: not that of another one. */
export function ownSerialSequence({ sequences }: SchemaModel, table: TableRef, column: string): TableRef {
  for (let number = 0; ; number += 1) {
    const ref = serialSequence(table, column, number)
    const existing = sequences.get(tableKey(ref))
    if (existing === undefined) return ref
    const owner = existing.ownedBy
    if (owner?.column === column && tableKey(owner.table) === tableKey(table)) return ref
  }
}
