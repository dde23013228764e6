// The floor of the chain: the statements that a run sent, in its transactions, with the checks around a rebuild.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { Database } from './driver.mjs'

const [, , database, file] = process.argv
const db = new Database(database)
db.defaultSafeIntegers(true)
const statements = new Map()

function prepare(/** @type {string} */ sql) {
  let statement = statements.get(sql)
  if (statement === undefined) {
    statement = db.prepare(sql)
    if (statements.size > 200) statements.clear()
    statements.set(sql, statement)
  }
  return statement
}

function violations() {
  const children = db
    .prepare("SELECT DISTINCT m.name FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) WHERE m.type = 'table'")
    .pluck()
    .all()
  return children.reduce((sum, name) => sum + db.prepare(`PRAGMA foreign_key_check("${name}")`).all().length, 0)
}

let unchecked = false
let before = 0
for (const { kind, sql, params, unchecked: off } of deserialize(readFileSync(file))) {
  if (kind === 'begin') {
    unchecked = off
    if (unchecked) db.pragma('foreign_keys = OFF')
    db.exec('BEGIN IMMEDIATE')
    if (unchecked) before = violations()
  } else if (kind === 'end') {
    if (unchecked && violations() > before) throw new Error('foreign keys are violated')
    db.exec('COMMIT')
    if (unchecked) db.pragma('foreign_keys = ON')
  } else {
    const statement = prepare(sql)
    if (statement.reader) statement.raw(true).all(params)
    else statement.run(params)
  }
}
db.close()
