import type { Random } from '../../../kit/random.ts'
import { type LiveColumn, quoted } from '../../conservation/catalogue.ts'
import { literalOf } from '../../conservation/literals.ts'
import type { Ground } from '../../ensure/ground.ts'

/** A write of a service, and what its values are found by. */
export interface DrawnWrite {
  readonly text: string
  readonly values: readonly string[]
}

interface Drawn {
  readonly ground: Ground
  readonly from: Random
  readonly next: () => number
  /** How often a column is left out, where it may be. */
  readonly leaves?: number
  /** The table numbers its rows. */
  readonly isNumbered?: boolean
}

/** A row for a table. */
export function drawInsert(
  { ground, from, next, leaves = 0.2, isNumbered = false }: Drawn,
  table: string,
  columns: readonly LiveColumn[],
): DrawnWrite {
  const id = ['id', String(100 + next())] as const
  const drawn = columns.flatMap(({ name, type, required, hasDefault }) => {
    if (name === 'id') return isNumbered ? [] : [id]
    const isLeft = name === 'parent' || (!required && from.chance(leaves)) || (hasDefault && from.chance(leaves))
    return isLeft ? [] : [[name, ...literalOf(ground, type, next())] as const]
  })
  // A row of no columns has another syntax on each server.
  const cells = drawn.length === 0 ? [id] : drawn
  const names = cells.map(([name]) => quoted(ground, name)).join(', ')
  const literals = cells.map(([, literal]) => literal).join(', ')
  return {
    text: `INSERT INTO ${quoted(ground, table)} (${names}) VALUES (${literals})`,
    values: cells.flatMap(([, , found]) => found ?? []),
  }
}

/** Another value for a column of the first row of a table; undefined: it has none. */
export function drawUpdate(
  { ground, from, next }: Drawn,
  table: string,
  columns: readonly LiveColumn[],
): DrawnWrite | undefined {
  const [column] = from.sample(
    columns.filter(({ name }) => name !== 'id' && name !== 'parent'),
    1,
  )
  if (column === undefined) return undefined
  const [literal, found] = literalOf(ground, column.type, next())
  const first = `SELECT MIN(id) FROM (SELECT id FROM ${quoted(ground, table)}) AS ids`
  return {
    text: `UPDATE ${quoted(ground, table)} SET ${quoted(ground, column.name)} = ${literal} WHERE id = (${first})`,
    values: found === undefined ? [] : [found],
  }
}
