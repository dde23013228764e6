import type { ConstraintModel, TableModel, TableRef } from '@org/migrate-core/dialect'
import { capabilities } from './capabilities.ts'
import { nameOf, significant } from './names-in.ts'

/** The one column that a CHECK reads, if it is only one: the server puts it into the name. */
export function columnsRead(expression: string, table: Pick<TableModel, 'columns'>): readonly string[] {
  const tokens = significant(expression)
  const found = new Set<string>()
  for (const [at, token] of tokens.entries()) {
    const name = nameOf(token)
    if (name === undefined || tokens[at + 1]?.text === '(' || tokens[at - 1]?.text === ':') continue
    if (table.columns.some((column) => column.name === name)) found.add(name)
  }
  return [...found]
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

const fits = (name: string): boolean => Buffer.byteLength(name) <= capabilities.identifierLimit.length

/**
 * The name that the server makes for a constraint without one (ChooseIndexName and ChooseConstraintName in its source), with
 * a number where the table has that name already. Undefined where it would be cut, or is of an expression: it is not guessed.
 */
export function constraintName(table: TableModel, constraint: ConstraintModel): string | undefined {
  const parts = partsOf(constraint, table)
  if (parts === undefined) return undefined
  const name = [table.ref.name, ...parts.columns, parts.label].join('_')
  const taken = new Set([...table.constraints, ...table.indexes].map((one) => one.name))
  let free = name
  for (let at = 1; taken.has(free); at += 1) free = `${name}${at}`
  return fits(free) ? free : undefined
}

/** The sequence that a serial column makes; undefined where its name would be cut. */
export function serialSequence(table: TableRef, column: string): TableRef | undefined {
  const name = `${table.name}_${column}_seq`
  return fits(name) ? { ...table, name } : undefined
}
