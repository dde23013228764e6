import Database from 'better-sqlite3'
import type { Expectation } from './expect.ts'
import { quoted } from './names.ts'
import type { Report } from './oracle.ts'
import { cellLiteral } from './oracle-rows.ts'
import type { TableShot } from './snapshot.ts'
import { unmatched } from './spec.ts'

/**
 * Tries the changed table: its CREATE text alone in an empty database, one of its rows, and writes that the changes are
 * there to refuse, to complete or to compare otherwise.
 */
export function checkBehaviour(text: string, table: TableShot, expected: Expectation, report: Report): void {
  const bad = (message: string): void => report('change behaves', `${message}\n${text}`)
  const row = table.rows[0]
  const db = new Database(':memory:')
  try {
    db.pragma('foreign_keys = OFF')
    db.exec(text)
    if (row === undefined) return
    const writable = table.columns.filter((one) => one.hidden === 0)
    const given = new Map(writable.map((one) => [one.name, cellLiteral(row.get(one.name) ?? '')]))
    const insert = (changed: ReadonlyMap<string, string | undefined>): string | undefined => {
      const names = [...given.keys()].filter((name) => !(changed.has(name) && changed.get(name) === undefined))
      const values = names.map((name) => changed.get(name) ?? given.get(name) ?? 'NULL')
      db.exec(`DELETE FROM ${quoted(table.name)}`)
      try {
        db.exec(
          names.length === 0
            ? `INSERT INTO ${quoted(table.name)} DEFAULT VALUES`
            : `INSERT INTO ${quoted(table.name)} (${names.map(quoted).join(', ')}) VALUES (${values.join(', ')})`,
        )
        return undefined
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    }
    const usual = insert(new Map())
    if (usual !== undefined) bad(`one of its own rows is refused: ${usual}`)
    for (const column of expected.columns) {
      const { name } = column
      if (column.nullable === false) {
        if (!insert(new Map([[name, 'NULL']]))?.includes('NOT NULL')) bad(`${name} takes NULL`)
      }
      if (column.nullable === true) {
        const refused = insert(new Map([[name, 'NULL']]))
        if (refused?.includes('NOT NULL')) bad(`${name} still refuses NULL`)
      }
      if (column.default !== undefined && column.default !== null && given.has(name)) {
        insert(new Map([[name, undefined]]))
        const value = db
          .prepare(`SELECT ${quoted(name)} IS NOT NULL FROM ${quoted(table.name)}`)
          .pluck()
          .get()
        if (value === 0) bad(`${name} does not use its default`)
      }
      if (column.collation !== undefined) checkCollation(db, name, table, column.collation ?? 'BINARY', bad)
    }
    for (const check of expected.added) {
      if (check.kind !== 'addCheck') continue
      const value = check.expression.includes('987654321') ? '987654321' : `'${unmatched}'`
      const refused = insert(new Map([[check.column, value]]))
      // a STRICT column may refuse the value for its type, before any CHECK is asked
      if (!refused?.includes('CHECK') && !refused?.includes('cannot store'))
        bad(`the check ${check.expression} does not refuse ${value}: ${refused ?? 'taken'}`)
    }
  } finally {
    db.close()
  }
}

function checkCollation(
  db: Database.Database,
  name: string,
  table: TableShot,
  collation: string,
  bad: (message: string) => void,
): void {
  const compared = db
    .prepare(
      `SELECT count(*) FILTER (WHERE ${quoted(name)} = 'A'), count(*) FILTER (WHERE ${quoted(name)} = 'a ') FROM ${quoted(table.name)}`,
    )
    .raw()
  db.pragma('ignore_check_constraints = ON')
  db.exec(`DELETE FROM ${quoted(table.name)}`)
  const otherColumns = table.columns.filter((one) => one.hidden === 0 && one.name !== name && one.notNull)
  db.exec(
    `INSERT OR IGNORE INTO ${quoted(table.name)} (${[name, ...otherColumns.map((one) => one.name)].map(quoted).join(', ')}) VALUES (${["'a'", ...otherColumns.map((one) => cellLiteral(table.rows[0]?.get(one.name) ?? ''))].join(', ')})`,
  )
  db.pragma('ignore_check_constraints = OFF')
  const [upper, padded] = compared.get() as [number, number]
  const matched = upper === 1 ? 'NOCASE' : padded === 1 ? 'RTRIM' : 'BINARY'
  if (matched !== collation) bad(`${name} compares by ${matched}, not ${collation}`)
}
