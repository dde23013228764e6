import { describe, expect, test } from 'vitest'
import { rowidAlias } from '../../../../packages/dialect-sqlite/src/introspect/columns.ts'
import { affinityOf, introspect, memory, normalise, parseTable, reader, readTable } from '../ddl/kit.ts'
import { zoo } from '../ddl/zoo.ts'

const other = 'CREATE TABLE other (id INTEGER PRIMARY KEY, x INT, UNIQUE (id, x))'
const actions: { readonly [action: string]: string | undefined } = {
  CASCADE: 'cascade',
  RESTRICT: 'restrict',
  'SET NULL': 'setNull',
  'SET DEFAULT': 'setDefault',
}

/** What SQLite's pragmas say of a table, in words that a model has too. */
describe.each(zoo)('%s: the model says what the pragmas say', (_label, sql) => {
  const db = memory(other, sql)
  const table = readTable(sql)
  const { name } = table.ref
  const all = (text: string) => db.prepare(text).all(name) as Record<string, string | number | null>[]

  test('columns', () => {
    const pragmaRows = all('SELECT * FROM pragma_table_xinfo(?)')
    expect(table.columns.map((column) => column.name)).toEqual(pragmaRows.map((row) => row.name))
    const alias = rowidAlias(parseTable(sql))
    for (const [at, row] of pragmaRows.entries()) {
      const column = table.columns[at]
      expect(column?.nullable).toBe(row.notnull === 0 && column?.name !== alias)
      expect(column?.generated === undefined ? 0 : column.generated.stored ? 3 : 2).toBe(row.hidden)
      expect(column?.default === undefined).toBe(row.dflt_value === null || /^null$/i.test(String(row.dflt_value)))
    }
  })

  test('the primary key and the rowid', () => {
    const pragmaRows = all('SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk').map((row) => row.name)
    const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
    expect(key?.kind === 'primaryKey' ? key.columns : []).toEqual(pragmaRows)
    // An alias of the rowid needs no index of its own.
    const [list] = all('SELECT wr FROM pragma_table_list(?)')
    const indexed = all("SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'").length > 0
    expect(rowidAlias(parseTable(sql)) !== undefined).toBe(pragmaRows.length > 0 && !indexed && list?.wr === 0)
  })

  test('unique constraints', () => {
    const pragmaRows = all("SELECT name FROM pragma_index_list(?) WHERE origin = 'u'").map(({ name: index }) =>
      db.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').pluck().all(index),
    )
    const [key] = table.constraints.flatMap((constraint) =>
      constraint.kind === 'primaryKey' ? [constraint.columns] : [],
    )
    // SQLite makes one index of a UNIQUE and a PRIMARY KEY over the same columns.
    const ours = table.constraints.flatMap((constraint) =>
      constraint.kind === 'unique' && constraint.columns.join() !== key?.join() ? [constraint.columns] : [],
    )
    expect(ours.map((columns) => JSON.stringify(columns)).sort()).toEqual(
      pragmaRows.map((columns) => JSON.stringify(columns)).sort(),
    )
  })

  test('foreign keys', () => {
    const rows = all('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq')
    const ids = [...new Set(rows.map((row) => row.id))]
    const pragmaRows = ids.map((id) => {
      const mine = rows.filter((row) => row.id === id)
      return [
        mine.map((row) => row.from),
        String(mine[0]?.table).toLowerCase(),
        mine.flatMap((row) => (row.to === null ? [] : [row.to])),
        actions[String(mine[0]?.on_delete)],
        actions[String(mine[0]?.on_update)],
      ]
    })
    const ours = table.constraints.flatMap((key) =>
      key.kind === 'foreignKey'
        ? [[key.columns, key.references.table.name.toLowerCase(), key.references.columns, key.onDelete, key.onUpdate]]
        : [],
    )
    expect(ours).toEqual(pragmaRows)
  })

  test('options and affinities', () => {
    const [list] = all('SELECT wr, strict FROM pragma_table_list(?)')
    expect([table.options.withoutRowid ?? false, table.options.strict ?? false]).toEqual([
      list?.wr === 1,
      list?.strict === 1,
    ])
    for (const row of all('SELECT type FROM pragma_table_xinfo(?)')) {
      const created = memory(
        `CREATE TABLE probe (a ${row.type === '' ? '' : JSON.stringify(row.type)})`,
        "INSERT INTO probe VALUES ('12'), (12), (1.5), ('1.0')",
      )
      const stored = created.prepare("SELECT group_concat(typeof(a), ' ') FROM probe").pluck().get()
      const affinity = affinityOf(String(row.type))
      const expected = {
        integer: 'integer integer real integer',
        numeric: 'integer integer real integer',
        real: 'real real real real',
        text: 'text text text text',
        blob: 'text integer real text',
      }
      expect(stored).toBe(expected[affinity])
    }
  })

  test('introspection gives the same, and the normal form of it is stable', async () => {
    const schema = await introspect(reader(db))
    expect(schema.tables.get(name)?.columns).toEqual(table.columns)
    // A table that refers to itself as T is spelled t, as it is.
    const spelled = JSON.parse(JSON.stringify(table.constraints).replaceAll('{"name":"T"}', '{"name":"t"}'))
    expect(schema.tables.get(name)?.constraints).toEqual(spelled)
    expect(normalise(normalise(table))).toEqual(normalise(table))
  })
})
