import type { Random } from '../../kit/random.ts'
import { type LiveColumn, quoted, type Reference, referencesOf, type SqlGround, tablesOf } from './catalogue.ts'
import { literalOf } from './literals.ts'

/** A statement of the service, and the values that it brings. */
export interface Write {
  readonly text: string
  readonly values: readonly string[]
}

type Cell = readonly [name: string, literal: string, found?: string]

function insertion(ground: SqlGround, table: string, cells: readonly Cell[]): Write {
  const names = cells.map(([name]) => quoted(ground, name)).join(', ')
  const literals = cells.map(([, literal]) => literal).join(', ')
  return {
    text: `INSERT INTO ${quoted(ground, table)} (${names}) VALUES (${literals})`,
    values: cells.flatMap(([, , found]) => found ?? []),
  }
}

/** What a column that refers to another row gets: nothing, or the first row. */
function referring(
  ground: SqlGround,
  from: Random,
  { name, required }: LiveColumn,
  reference: Reference,
): readonly Cell[] {
  if (!required && from.chance(0.6)) return []
  const { table, column } = reference
  return [[name, `(SELECT MIN(${quoted(ground, column)}) FROM ${quoted(ground, table)})`]]
}

/** Rows of one or two tables. Each is a choice of statements: the first that the server takes is the one. */
export async function drawInserts(
  ground: SqlGround,
  from: Random,
  next: () => number,
): Promise<readonly (readonly Write[])[]> {
  const tables = await tablesOf(ground)
  const references = await referencesOf(ground)
  return from.sample([...tables], 2).map(([table, columns]) => {
    const given = columns.filter(({ computed }) => !computed)
    const refers = ({ name }: LiveColumn): Reference | undefined =>
      references.find((one) => one.of === table && one.by === name)
    const cellsOf = (column: LiveColumn): readonly Cell[] => {
      const reference = refers(column)
      if (reference !== undefined) return referring(ground, from, column, reference)
      if (column.name === 'id') return [[column.name, String(100 + next())]]
      return [[column.name, ...literalOf(ground, column.type, next())]]
    }
    const isLeft = ({ required, hasDefault, name }: LiveColumn): boolean =>
      name !== 'id' && ((!required && from.chance(0.2)) || (hasDefault && from.chance(0.2)))
    const whole = given.filter((column) => !isLeft(column)).flatMap(cellsOf)
    // A check of the author may have something against one of them.
    const least = given
      .filter(({ required, hasDefault, name }) => name === 'id' || (required && !hasDefault))
      .flatMap(cellsOf)
    return [whole, least].filter((cells) => cells.length > 0).map((cells) => insertion(ground, table, cells))
  })
}

/** A new value in the first row of a table. */
export async function drawUpdate(ground: SqlGround, from: Random, next: () => number): Promise<Write | undefined> {
  const [[table, columns] = ['', []]] = from.sample([...(await tablesOf(ground))], 1)
  const [column] = from.sample(
    columns.filter(({ name, computed }) => name !== 'id' && name !== 'parent' && !computed),
    1,
  )
  const key = columns.find(({ name }) => name === 'id') ?? columns[0]
  if (column === undefined || key === undefined) return undefined
  const [literal, found] = literalOf(ground, column.type, next())
  const by = quoted(ground, key.name)
  const first = `SELECT MIN(${by}) FROM (SELECT ${by} FROM ${quoted(ground, table)}) AS ids`
  return {
    text: `UPDATE ${quoted(ground, table)} SET ${quoted(ground, column.name)} = ${literal} WHERE ${by} = (${first})`,
    values: found === undefined ? [] : [found],
  }
}
