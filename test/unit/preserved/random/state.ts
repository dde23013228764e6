import type { Random } from '../../../kit/random.ts'
import type { Ground } from '../grounds.ts'

export type Cell = string | null
export type Row = Readonly<Record<string, Cell>>
/** Rows by the text of their key. */
export type Rows = ReadonlyMap<string, Row>
export type PreservedState = ReadonlyMap<string, Rows>

/** A table with its key and its other columns, by name. */
export interface Shape {
  readonly name: string
  readonly key: string
  readonly columns: readonly string[]
  readonly defaults?: Row
  /** The table that its key refers to. */
  readonly parent?: string
}

export const noRows: Rows = new Map()

/** What the server's own client reads. */
export async function stateOf(ground: Ground, shapes: readonly Shape[]): Promise<PreservedState> {
  const state = new Map<string, Rows>()
  for (const { name, key, columns } of shapes) {
    const all = [key, ...columns]
    const rows = await ground.rows(`SELECT ${all.join(', ')} FROM ${name} ORDER BY ${key}`)
    const entries = rows.map((cells) => Object.fromEntries(all.map((column, at) => [column, cells[at] ?? null])))
    state.set(name, new Map(entries.map((row) => [row[key] ?? '', row])))
  }
  return state
}

export function copyOf(state: PreservedState): Map<string, Map<string, Row>> {
  return new Map([...state].map(([name, rows]) => [name, new Map(rows)]))
}

const literal = (value: Cell): string => (value === null ? 'NULL' : `'${value}'`)

/** Few values, so that what is written may be what was there. */
const value = (from: Random): Cell =>
  from.chance(0.12) ? null : from.pick(['a', 'b', 'ab', 'A', 'none', `v${from.int(1, 9)}`, `w${from.int(1, 9999)}`])

export function insertion(from: Random, { name, key, columns }: Shape, id: string): string {
  const values = columns.map(() => literal(value(from)))
  return `INSERT INTO ${name} (${[key, ...columns].join(', ')}) VALUES (${[id, ...values].join(', ')})`
}

/** Random writes of an application: updates, deletes, deletes and inserts under the same key, inserts. */
export function writes(from: Random, shapes: readonly Shape[], state: PreservedState, most: number): readonly string[] {
  const statements: string[] = []
  const present = new Map([...state].map(([name, rows]) => [name, new Set(rows.keys())]))
  const keysOf = (name: string): Set<string> => present.get(name) ?? new Set()
  const isHeld = (name: string, id: string): boolean =>
    shapes.some((shape) => shape.parent === name && keysOf(shape.name).has(id))
  for (let count = from.int(1, most); count > 0; count -= 1) {
    const shape = from.pick(shapes)
    const { name, key, columns, parent } = shape
    const keys = keysOf(name)
    const remove = (id: string): void => void statements.push(`DELETE FROM ${name} WHERE ${key} = ${id}`)
    const update = (id: string, some: readonly string[]): void => {
      if (some.length === 0) return
      const sets = some.map((column) => `${column} = ${literal(value(from))}`)
      statements.push(`UPDATE ${name} SET ${sets.join(', ')} WHERE ${key} = ${id}`)
    }
    const kind = from.weighted([
      [5, 'update' as const],
      [1, 'update all' as const],
      [2, 'delete' as const],
      [2, 'again' as const],
      [2, 'insert' as const],
    ])
    if (kind === 'insert') {
      const id = String(from.int(1, 12))
      if (keys.has(id) || (parent !== undefined && !keysOf(parent).has(id))) continue
      statements.push(insertion(from, shape, id))
      keys.add(id)
      continue
    }
    if (keys.size === 0) continue
    const id = from.pick([...keys])
    if (kind === 'update') update(id, from.sample(columns, 1))
    else if (kind === 'update all') update(id, columns)
    else if (!isHeld(name, id)) {
      remove(id)
      if (kind === 'again') statements.push(insertion(from, shape, id))
      else keys.delete(id)
    }
  }
  return statements
}
