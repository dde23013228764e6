import type { PlannedLoss } from '@org/migrate-core'
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
