import type { Plan, PlannedLoss } from '@org/migrate-core'
import { expect } from 'vitest'
import { rowsOf, seen } from './chain.ts'
import type { Opened } from './subject.ts'

/** All values, by column: `item.name`, and the number of rows: `item`. */
export type Contents = ReadonlyMap<string, readonly (string | null)[]>

/** What is in the tables, read by the server's own client. */
export async function contentsOf(opened: Opened, quoted: (name: string) => string): Promise<Contents> {
  const contents = new Map<string, readonly (string | null)[]>()
  for (const { ref, columns } of (await seen(opened)).tables.values()) {
    const schema = ref.schema === undefined ? '' : `${quoted(ref.schema)}.`
    const key = ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`
    const rows = await rowsOf(opened, `SELECT * FROM ${schema}${quoted(ref.name)} ORDER BY 1`)
    contents.set(`table ${key}`, rows.map(String))
    columns.forEach(({ name }, at) => {
      contents.set(
        `column ${key}.${name}`,
        rows.map((row) => row[at] ?? null),
      )
    })
  }
  return contents
}

const changed = (before: readonly (string | null)[], after: readonly (string | null)[]): number =>
  before.filter((value, at) => value !== after[at]).length

/** What the plan of an upgrade says is lost: it was there. */
export function expectCounted(before: Contents, losses: readonly PlannedLoss[]): void {
  for (const { object, how, rows } of losses) {
    const values = before.get(object)
    if (values === undefined || rows === undefined || how !== 'dropped') continue
    expect(rows, `${object}: values that are dropped`).toBe(values.filter((value) => value !== null).length)
  }
}

/**
 * Up and down again: whatever is another value than before was named by the plan, with at least as many values. Columns that have no
 * row of the table any more are of the table.
 */
export function expectAnnounced(before: Contents, after: Contents, losses: readonly PlannedLoss[]): void {
  for (const [object, values] of before) {
    if (object.startsWith('table ')) continue
    const found = changed(values, after.get(object) ?? [])
    if (found === 0) continue
    const table = `table ${object.slice('column '.length, object.lastIndexOf('.'))}`
    const named = losses.filter((loss) => !loss.preserved && (loss.object === object || loss.object === table))
    const most = named.reduce((sum, { rows }) => sum + (rows ?? Number.POSITIVE_INFINITY), 0)
    expect(found, `${object} is another one, and the plan named ${JSON.stringify(losses)}`).toBeLessThanOrEqual(most)
  }
}

/** Where the rows of a table are, by its name: another place once the server has written them anew. SQLite alone. */
export async function placesOf(opened: Opened): Promise<ReadonlyMap<string, string | null>> {
  const rows = await rowsOf(opened, "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")
  return new Map(rows.map(([name, place]) => [name ?? '', place ?? null]))
}

/** The tables that a plan says are rebuilt are, and no others. */
export function expectRebuilt(
  plan: Plan,
  before: ReadonlyMap<string, string | null>,
  after: ReadonlyMap<string, string | null>,
  quoted: (name: string) => string,
): void {
  const copied = plan.steps.flatMap(({ operations }) =>
    operations.flatMap(({ statements }) => statements.flatMap(({ copy }) => (copy === undefined ? [] : [copy.from]))),
  )
  for (const [name, place] of before) {
    if (name.startsWith('migrate_') || name.startsWith('sqlite_') || !after.has(name)) continue
    const said = copied.filter((from) => from === quoted(name) || from.endsWith(`.${quoted(name)}`)).length
    // A second rebuild may take the pages of the first.
    if (said < 2)
      expect([name, after.get(name) !== place], 'a table and whether it was rebuilt').toEqual([name, said === 1])
  }
}

/** What the plan of a downgrade says is preserved is in the table of preserved values then, as many as it said. */
export async function expectPreserved(
  opened: Opened,
  losses: readonly PlannedLoss[],
  quoted: (name: string) => string,
): Promise<void> {
  const rows = await rowsOf(opened, `SELECT table_name, ${quoted('column')} AS c FROM migrate_preserved`).catch(
    () => [],
  )
  const found = new Map<string, number>()
  for (const [table, column] of rows) {
    const object = column === '' || column === null ? `table ${table}` : `column ${table}.${column}`
    found.set(object, (found.get(object) ?? 0) + 1)
  }
  const said = losses.filter(({ preserved, rows: n }) => preserved && n !== 0).map(({ object, rows: n }) => [object, n])
  expect(Object.fromEntries(found), 'the preserved values').toEqual(Object.fromEntries(said))
}
