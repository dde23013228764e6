import Database from 'better-sqlite3'
import { type ColumnExpectation, type Expectation, valuesTouched } from './expect.ts'
import { quoted } from './names.ts'
import type { Report } from './oracle.ts'
import { type ColumnShot, cell, type TableShot } from './snapshot.ts'
import { mentions } from './sql-text.ts'

/** A cell of a snapshot as SQL again. */
export function cellLiteral(text: string): string {
  const asText = / text ([0-9A-F]*)$/.exec(text)
  if (asText !== null) return `CAST(x'${asText[1]}' AS TEXT)`
  return text.slice(0, text.lastIndexOf(' '))
}

/** What SQLite stores when these values are written into a column of that type. */
function stored(values: readonly string[], column: ColumnShot, strict: boolean): string[] {
  const db = new Database(':memory:')
  try {
    db.exec(`CREATE TABLE stored (value ${column.type})${strict ? ' STRICT' : ''}`)
    const rows: string[] = []
    for (const value of values) {
      db.exec(`INSERT INTO stored VALUES (${cellLiteral(value)})`)
      rows.push(
        db
          .prepare(`SELECT ${cell('value')} FROM stored`)
          .pluck()
          .get() as string,
      )
      db.exec('DELETE FROM stored')
    }
    return rows
  } finally {
    db.close()
  }
}

export function checkRows(before: TableShot, after: TableShot, expected: Expectation, report: Report): void {
  if (before.rows.length !== after.rows.length) {
    report('rows kept', `${before.rows.length} rows became ${after.rows.length}`)
    return
  }
  // WITHOUT ROWID, if only for a while, gives the rowids up
  const preservesRowids = expected.options.withoutRowid === undefined
  const ordered = preservesRowids && before.rowid !== undefined && after.rowid !== undefined
  if (ordered && before.rowids.join() !== after.rowids.join()) {
    report('rowids kept', `rowids ${before.rowids.join()} became ${after.rowids.join()}`)
  }
  const touched = expected.columns.filter(valuesTouched).flatMap((one) => [one.before ?? '', one.name])
  const want: { readonly column: ColumnExpectation; readonly values: readonly string[] }[] = []
  for (const column of expected.columns) {
    const now = after.columns.find((one) => one.name === column.name)
    const previous = before.columns.find((one) => one.name === column.before)
    if (now === undefined || previous === undefined || column.generated !== undefined) continue
    // a generated column follows the columns it is computed from
    const definition = expected.generatedTexts.get(previous.name)
    if (previous.hidden !== 0 && definition !== undefined && mentions(definition, touched)) continue
    const values = column.using ?? before.rows.map((row) => row.get(previous.name) ?? '')
    want.push({
      column,
      values: column.type !== undefined || column.using !== undefined ? stored(values, now, after.strict) : values,
    })
  }
  if (ordered) {
    for (const { column, values } of want) {
      const check = valuesTouched(column) ? 'values converted' : 'rows kept'
      after.rows.forEach((row, at) => {
        const actual = row.get(column.name)
        if (actual !== values[at])
          report(check, `${column.name} of row ${after.rowids[at]} should be ${values[at]} and is ${actual}`)
      })
    }
    return
  }
  // without rowids on both sides, rows have no names: compare them as a set
  const line = (cells: readonly (string | undefined)[]): string => JSON.stringify(cells)
  const desired = before.rows.map((_, at) => line(want.map(({ values }) => values[at]))).sort()
  const actual = after.rows.map((row) => line(want.map(({ column }) => row.get(column.name)))).sort()
  if (desired.join() !== actual.join())
    report('rows kept', `rows should be ${desired.join('\n')}\nand are ${actual.join('\n')}`)
}

/** A column list for people. */
export function named(columns: readonly { readonly name: string }[]): string {
  return columns.map((one) => quoted(one.name)).join(', ')
}
