import { decodeRowValue, type TableModel } from '@org/migrate-core/dialect'
import { encodeRowValue, uniqueKeyOf } from '@org/migrate-core/internal'
import type { StairwayDatabase } from './database.ts'
import { type Cells, type Counter, combinations, type GenerationTarget, mostAttempts, slotsOf } from './generate.ts'
import { inTransaction, tryWrite } from './insert.ts'
import type { WalkedRevision } from './route.ts'
import { holdsRows, type Snapshot } from './snapshot.ts'
import { hasName } from './values.ts'

/** The nullable columns that a precondition names: a query that has to give no row, a check that holds for new rows only. */
function expectedColumns(table: TableModel, queries: readonly string[]): readonly string[] {
  const checks = table.constraints.flatMap((each) =>
    each.kind === 'check' && each.notValid === true ? [each.expression] : [],
  )
  const texts = [...queries.filter((query) => hasName(query, table.ref.name)), ...checks]
  return table.columns
    .filter(({ nullable, generated }) => nullable && generated === undefined)
    .filter(({ name }) => texts.some((text) => hasName(text, name)))
    .map(({ name }) => name)
}

async function fillRow(
  target: GenerationTarget,
  table: TableModel,
  counter: Counter,
  { key, missing }: { readonly key: Cells; readonly missing: readonly string[] },
): Promise<boolean> {
  const { dialect, session } = target
  const { quote } = dialect.sql
  const n = counter.next
  counter.next += 1
  const hasAll = (cells: Cells): boolean => Object.values(cells).every((value) => value !== null)
  const slots = (await slotsOf(target, table, n, 'given'))
    .map((slot) => slot.filter((cells) => hasAll(cells) && missing.some((name) => Object.hasOwn(cells, name))))
    .filter((slot) => slot.length > 0)
  let attempts = 0
  for (const cells of combinations(slots)) {
    if (attempts === mostAttempts) return false
    attempts += 1
    const names = Object.keys(cells).filter((name) => missing.includes(name))
    if (names.length === 0) return false
    const params = [...names.map((name) => [name, cells[name] ?? null] as const), ...Object.entries(key)].map(
      ([name, value]) => {
        const column = table.columns.find((each) => each.name === name)
        const plain = decodeRowValue(encodeRowValue(value))
        return column === undefined ? plain : (dialect.rows?.fitted?.(plain, column) ?? plain)
      },
    )
    const equations = (columns: readonly string[], by: string): string =>
      columns.map((name) => `${quote.identifier(name).text} = ?`).join(by)
    const text = `UPDATE ${quote.table(table.ref).text} SET ${equations(names, ', ')} WHERE ${equations(Object.keys(key), ' AND ')}`
    const error = await tryWrite(target, () => session.savepoint(() => session.execute(text, params)))
    if (error === undefined) return true
  }
  return false
}

/**
 * A revision may expect that a job has filled a column since an earlier revision added it. Fills what it expects to be filled, in rows that
 * have NULL there. Gives whether any row was filled.
 */
export async function fillExpected(
  database: StairwayDatabase,
  walked: WalkedRevision,
  { schema }: Snapshot,
  counter: Counter,
): Promise<boolean> {
  const { dialect, session } = database
  const { quote } = dialect.sql
  const queries = await database.expectations(walked)
  const target: GenerationTarget = { ...database, schema }
  const written = dialect.model.asWritten?.(schema) ?? schema
  let filled = 0
  await inTransaction(session, 'commit', async () => {
    for (const table of [...written.tables.values()].filter(holdsRows)) {
      const [names, key] = [expectedColumns(table, queries), uniqueKeyOf(table) ?? []]
      if (names.length === 0 || key.length === 0) continue
      const list = [...key, ...names].map((name) => quote.identifier(name).text).join(', ')
      const isMissing = names.map((name) => `${quote.identifier(name).text} IS NULL`).join(' OR ')
      const rows = await session.query(`SELECT ${list} FROM ${quote.table(table.ref).text} WHERE ${isMissing}`)
      for (const row of rows) {
        const keyCells = Object.fromEntries(key.map((name) => [name, row[name] ?? null]))
        const missing = names.filter((name) => (row[name] ?? null) === null)
        if (await fillRow(target, table, counter, { key: keyCells, missing })) filled += 1
      }
    }
  })
  return filled > 0
}
