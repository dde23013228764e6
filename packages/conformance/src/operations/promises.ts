import type { Plan, PlannedLoss, PlannedRestore, StepLoss } from '@org/migrate-core'
import { equal } from '../assert.ts'
import { introspected, rowsOf } from '../database.ts'
import type { SubjectDatabase } from '../subject.ts'

/** All values, by column: `item.name`, and the number of rows: `item`. */
type Contents = ReadonlyMap<string, readonly (string | null)[]>

/** What is in the tables, read by the server's own client. */
export async function contentsOf(database: SubjectDatabase, quoted: (name: string) => string): Promise<Contents> {
  const contents = new Map<string, readonly (string | null)[]>()
  for (const { ref, columns } of (await introspected(database)).tables.values()) {
    const schema = ref.schema === undefined ? '' : `${quoted(ref.schema)}.`
    const key = ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`
    const rows = await rowsOf(database, `SELECT * FROM ${schema}${quoted(ref.name)} ORDER BY 1`)
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
    equal(rows, values.filter((value) => value !== null).length, `${object}: values that are dropped`)
  }
}

/**
 * Up and down again: whatever is another value than before was named by the plan, with at least as many values. Columns that have no
 * row of the table any more are of the table.
 */
export function expectAnnounced(before: Contents, after: Contents, losses: readonly PlannedLoss[]): void {
  for (const [object, values] of before) {
    if (object.startsWith('table ')) continue
    const changedRows = changed(values, after.get(object) ?? [])
    if (changedRows === 0) continue
    const table = `table ${object.slice('column '.length, object.lastIndexOf('.'))}`
    const named = losses.filter((loss) => !loss.preserved && (loss.object === object || loss.object === table))
    const most = named.reduce((sum, { rows }) => sum + (rows ?? Number.POSITIVE_INFINITY), 0)
    if (changedRows > most)
      equal(changedRows, most, `${object} is another one, and the plan named ${JSON.stringify(losses)}`)
  }
}

/** What a run reports as lost is what its plan said, wherever the plan knew how much. A statement list counts no rows. */
export function expectReported(plan: Plan, reported: readonly StepLoss[], counts = true): void {
  const essence = ({ object, how, rows, preserved }: PlannedLoss): string =>
    JSON.stringify([object, how, counts ? rows : undefined, preserved])
  const planned = plan.steps.flatMap(({ losses }) => losses)
  const counted = planned.filter(({ rows }) => rows !== undefined && rows > 0)
  // What a list of statements does is not counted by the run, also where the plan has counted no row.
  const unknown = planned.filter(({ rows }) => rows === undefined || (!counts && rows === 0))
  const isUnknown = (loss: PlannedLoss): boolean =>
    unknown.some(({ object, how }) => object === loss.object && how === loss.how)
  const known = reported.filter((loss) => !isUnknown(loss))
  equal(known.map(essence).sort(), counted.map(essence).sort(), 'the losses that the run reports')
}

/** As many rows go as the plan says are deleted. A table that moves besides has another name afterwards. */
export function expectDeleted(before: Contents, after: Contents, losses: readonly PlannedLoss[]): void {
  for (const { object, how, rows } of losses) {
    if (how !== 'deleted' || rows === undefined || !after.has(object)) continue
    const left = new Set(after.get(object))
    const deleted = (before.get(object) ?? []).filter((row) => !left.has(row))
    equal(rows, deleted.length, `${object}: rows that are deleted`)
  }
}

const without = /^the derived downgrade makes (table|column)s? (.+) again without (?:its|their) (?:rows|values)$/

/** What the plan of an upgrade says its derived downgrade will not bring back is not there after the downgrade. */
export function expectWithout(notes: readonly string[], before: Contents, after: Contents): void {
  for (const note of notes) {
    const [, kind, names = ''] = without.exec(note) ?? []
    if (kind === undefined) continue
    for (const object of names.split(', ').map((name) => `${kind} ${name}`)) {
      const changedRows = after.get(object)
      equal(changedRows !== undefined, true, `that the derived downgrade creates ${object}`)
      if (kind === 'table') equal(changedRows, [], note)
      // A default gives each row the same value.
      else if (before.get(object)?.some((value) => value !== null)) equal(new Set(changedRows).size < 2, true, note)
    }
  }
}

const onRows = /^the derived downgrade fails while (?:rows of )?(\S+) (?:has rows|refer to)/

/** Why the derived downgrade fails on the rows that are there, as the plan of the upgrade says; undefined where it does not. */
export function failsOnRows(notes: readonly string[], contents: Contents): string | undefined {
  return notes.find((note) => {
    const table = onRows.exec(note)?.[1]
    return table !== undefined && (contents.get(`table ${table}`)?.length ?? 0) > 0
  })
}

/** How many values of downgrades are preserved now. Those of data steps wait for the next downgrade. */
export async function preservedCount(database: SubjectDatabase): Promise<number> {
  const query = "SELECT id FROM migrate_preserved WHERE step IN (':downgrade', ':left')"
  return (await rowsOf(database, query).catch(() => [])).length
}

/** What an upgrade says that it restores is not preserved any more afterwards; the rest is. */
export function expectRestored(restores: PlannedRestore | undefined, before: number, after: number): void {
  const { values = 0, superseded = 0, undecided = 0 } = restores ?? {}
  equal(values, before, 'the values that the plan says are preserved')
  const stays = after >= superseded && after <= superseded + undecided
  equal(stays, true, `that of ${before} preserved values ${superseded} to ${superseded + undecided} stay, not ${after}`)
}

/** Where the rows of each table are: elsewhere once the server has rewritten them. */
export async function storageOf(database: SubjectDatabase, query: string): Promise<ReadonlyMap<string, string | null>> {
  return new Map((await rowsOf(database, query)).map(([name, position]) => [name ?? '', position ?? null]))
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
  for (const [name, position] of before) {
    if (name.startsWith('migrate_') || name.startsWith('sqlite_') || !after.has(name)) continue
    const copies = copied.filter((from) => from === quoted(name) || from.endsWith(`.${quoted(name)}`)).length
    // A second rebuild may take the pages of the first.
    if (copies < 2)
      equal([name, after.get(name) !== position], [name, copies === 1], 'a table and whether it was rebuilt')
  }
}

/** What the plan of a downgrade says is preserved is in the table of preserved values then, as many as it said. */
export async function expectPreserved(
  database: SubjectDatabase,
  losses: readonly PlannedLoss[],
  quoted: (name: string) => string,
): Promise<void> {
  // Where a counter stood is no value of a row.
  const query = `SELECT table_name, ${quoted('column')} AS c FROM migrate_preserved WHERE step <> ':counter'`
  const rows = await rowsOf(database, query).catch(() => [])
  const changedRows = new Map<string, number>()
  for (const [table, column] of rows) {
    const object = column === '' || column === null ? `table ${table}` : `column ${table}.${column}`
    changedRows.set(object, (changedRows.get(object) ?? 0) + 1)
  }
  const copies = losses
    .filter(({ preserved, rows: n }) => preserved && n !== 0)
    .map(({ object, rows: n }) => [object, n])
  equal(Object.fromEntries(changedRows), Object.fromEntries(copies), 'the preserved values')
}

/** The plan says that there is no downgrade exactly where there is none. */
export function expectIrreversible(notes: readonly string[], isIrreversible: boolean): void {
  // That it fails on rows is true only where there are some.
  const announced = notes.filter((note) => /^no downgrade can/.test(note))
  const fails = notes.filter((note) => /^the derived .* fails/.test(note))
  if (isIrreversible) equal(announced.length + fails.length > 0, true, 'that the plan says that there is no downgrade')
  else equal(announced, [])
}
