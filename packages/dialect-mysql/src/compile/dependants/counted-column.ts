import { type ColumnModel, countingFault, type TableModel } from '@org/migrate-core/dialect'
import { readsColumn } from '../../ddl/rename-in-expression.ts'
import type { Server } from '../../flavour.ts'
import { unsupported } from '../../sql/quote.ts'
import { toSql } from '../../types/types.ts'
import { invalid } from '../statements.ts'

/** They count for each value of the columns before it: https://dev.mysql.com/doc/refman/8.4/en/example-auto-increment.html, https://mariadb.com/kb/en/auto_increment/ */
const countingInGroups = new Set(['myisam', 'mrg_myisam', 'aria'])

/** Indexes and keys that a column may count in: AUTO_INCREMENT wants one. */
function hasKeyToCount({ options: { engine }, constraints, indexes }: TableModel, column: string): boolean {
  const anywhere = typeof engine === 'string' && countingInGroups.has(engine.toLowerCase())
  const counts = (columns: readonly (string | undefined)[]): boolean =>
    anywhere ? columns.includes(column) : columns[0] === column
  return (
    constraints.some((each) => (each.kind === 'primaryKey' || each.kind === 'unique') && counts(each.columns)) ||
    indexes.some(({ elements }) => counts(elements.map((element) => element.column)))
  )
}

/**
 * What reads the column and may not: a check, a default and a stored column (MariaDB: 1901), on MySQL each generated column and an
 * expression of an index as well (3818, 3768, 3109, 3754; measured on MySQL 9.7 and MariaDB 10.11).
 */
function readerOfCounter({ flavour }: Server, table: TableModel, counter: string): string | undefined {
  const isMysql = flavour === 'mysql'
  const reads = (text: string | undefined): boolean => text !== undefined && readsColumn(text, counter)
  const check = table.constraints.find((each) => each.kind === 'check' && reads(each.expression))
  if (check !== undefined) return `check ${check.name ?? ''}`.trim()
  const column = table.columns.find(
    ({ generated, default: value }) =>
      ((isMysql || generated?.stored) && reads(generated?.expression)) ||
      (value?.kind === 'expression' && reads(value.sql)),
  )
  if (column !== undefined) return `column ${column.name}`
  const index = isMysql && table.indexes.find(({ elements }) => elements.some(({ expression }) => reads(expression)))
  return index ? `index ${index.name}` : undefined
}

export function checkCounter(server: Server, table: TableModel, operation: string): void {
  const counter = table.columns.find(({ identity }) => identity !== undefined)
  if (counter === undefined) return
  const type = toSql(counter.type)
  // Any other is "Incorrect column specifier" (1063): https://dev.mysql.com/doc/refman/8.4/en/create-table.html
  if (!/^(?:(?:tiny|small|medium|big)?int|float|double)\b/i.test(type)) {
    const why = `the column ${counter.name} counts by itself (AUTO_INCREMENT), and ${type} is no type of numbers that counts: set \`identity: null\` first`
    throw invalid(operation, why)
  }
  // "Invalid default value" (1067).
  if (counter.default !== undefined) {
    const why = `the column ${counter.name} counts by itself (AUTO_INCREMENT), and takes no default besides: leave out one of the two`
    throw invalid(operation, why)
  }
  const reader = readerOfCounter(server, table, counter.name)
  if (reader !== undefined)
    throw invalid(
      operation,
      `the column ${counter.name} counts by itself (AUTO_INCREMENT), and the ${reader} reads it, which the server refuses`,
      'Leave the column without identity, or drop what reads it first, in the same revision.',
    )
  if (hasKeyToCount(table, counter.name)) return
  throw invalid(
    operation,
    `the column ${counter.name} counts by itself (AUTO_INCREMENT), and then it has to be the first of a key`,
    `Add the column without identity, then the key, then change it to an identity; the other way round to take the key away.`,
  )
}

/** https://dev.mysql.com/doc/refman/8.4/en/integer-types.html */
const integerBits: { readonly [type: string]: bigint } = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
}

/** Refuses a start above the numbers of the type, which the server takes: it then refuses the first row that is to have a number. */
export function requireStart({ name, type, identity }: ColumnModel): void {
  const { start } = identity ?? {}
  const [, kind = '', attributes = ''] = /^(\w+)(?:\(\d+\))?(.*)$/.exec(toSql(type).toLowerCase()) ?? []
  const bits = integerBits[kind]
  if (bits === undefined || start === undefined || !/^-?\d+$/.test(String(start))) return
  const high = 2n ** (/unsigned|zerofill/.test(attributes) ? bits : bits - 1n) - 1n
  // A start of 0 is one of 1.
  const counting = { increment: 1n, low: 0n, high, start: BigInt(start), cache: 1n }
  const why = countingFault(counting, { lowest: 0n, highest: high })
  if (why !== undefined) throw unsupported(`the identity of column ${name}`, `it cannot count: ${why}`)
}
