import { describe, expect, test } from 'vitest'
import {
  addColumnText,
  dropColumnText,
  memory,
  parseTable,
  readTable,
  renameColumnText,
  renameTableText,
  retargetTable,
  stored,
} from './kit.ts'
import { zoo } from './zoo.ts'

const other = 'CREATE TABLE other (id INTEGER PRIMARY KEY, x INT, UNIQUE (id, x))'
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

describe.each(zoo)('%s', (_label, sql) => {
  const table = readTable(sql)
  const { name } = table.ref

  function createDatabase() {
    const db = memory(other, sql)
    return { db, text: () => stored(db) }
  }

  test('SQLite accepts the text and keeps it', () => {
    expect(createDatabase().text()[name]?.replace(/\s+/g, ' ')).toBe(
      sql.replace(/\s+/g, ' ').replace('CREATE TABLE /* a, b */ t', 'CREATE TABLE t'),
    )
  })

  test('a new column stands where ADD COLUMN puts it', () => {
    const { db, text } = createDatabase()
    const before = text()[name] ?? ''
    db.exec(`ALTER TABLE ${quoted(name)} ADD COLUMN "new" TEXT DEFAULT 'x'`)
    expect(addColumnText(before, `"new" TEXT DEFAULT 'x'`)).toBe(text()[name])
  })

  test('a renamed table has the text that RENAME gives it', () => {
    const { db, text } = createDatabase()
    const before = text()[name] ?? ''
    db.exec(`ALTER TABLE ${quoted(name)} RENAME TO "new ""name"`)
    expect(renameTableText(before, name, 'new "name')).toBe(text()['new "name'])
  })

  test.each(table.columns.map((column) => column.name))('the column %s is renamed as RENAME COLUMN does', (column) => {
    const { db, text } = createDatabase()
    const before = text()[name] ?? ''
    const edited = renameColumnText(before, column, 'new "name')
    let refusal = ''
    try {
      db.exec(`ALTER TABLE ${quoted(name)} RENAME COLUMN ${quoted(column)} TO "new ""name"`)
    } catch (error) {
      refusal = String(error)
    }
    if (refusal === '') return expect(edited).toBe(text()[name])
    // SQLite 3.54 renames no such column: a rebuild gives the table the edited text.
    expect(['rowid', '_rowid_', 'oid']).toContain(column)
    expect(refusal).toMatch(`cannot rename from rowid alias: ${column}`)
    expect(memory(other, edited).prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(name)).toEqual(
      table.columns.map((each) => (each.name === column ? 'new "name' : each.name)),
    )
  })

  test('dropping the column leaves a table that has the same left as after DROP COLUMN', () => {
    const { db, text } = createDatabase()
    const edited = dropColumnText(text()[name] ?? '', 'keep')
    db.exec(`ALTER TABLE ${quoted(name)} DROP COLUMN "keep"`)
    const ours = memory(other, edited)
    const facts = (raw: typeof db) =>
      raw.prepare(`SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)`).all(name)
    expect(facts(ours)).toEqual(facts(db))
    expect(ours.prepare('SELECT * FROM pragma_foreign_key_list(?)').all(name)).toEqual(
      db.prepare('SELECT * FROM pragma_foreign_key_list(?)').all(name),
    )
  })

  test('each single drop that the text allows gives a text that SQLite reads', () => {
    for (const column of table.columns) {
      const edited = dropColumnText(sql, column.name)
      const left = parseTable(edited).columns.map((item) => item.name.name)
      expect(left).toEqual(table.columns.map((item) => item.name).filter((item) => item !== column.name))
    }
  })

  test('under another name the table is the same', () => {
    const { db, text } = createDatabase()
    db.exec(retargetTable(text()[name] ?? '', '_new'))
    const facts = (of: string) =>
      db.prepare(`SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)`).all(of)
    expect(facts('_new')).toEqual(facts(name))
    const keys = (of: string) => db.prepare('SELECT * FROM pragma_foreign_key_list(?)').all(of)
    expect(keys('_new')).toEqual(keys(name))
  })
})
