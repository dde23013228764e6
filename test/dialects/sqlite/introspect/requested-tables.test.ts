import { describe, expect, test } from 'vitest'
import { introspect, memory, type Raw, reader } from '../ddl/kit.ts'

/** A text as only `writable_schema` could have put it there. */
function edited(db: Raw, name: string, sql: string): Raw {
  db.unsafeMode()
  db.pragma('writable_schema = ON')
  db.prepare('UPDATE sqlite_master SET sql = ? WHERE name = ?').run(sql, name)
  return db
}

describe('tables that refer to those asked for', () => {
  const family = `CREATE TABLE Parent (Id INTEGER PRIMARY KEY, up INT REFERENCES parent (ID));
    CREATE TABLE child (p INT REFERENCES PARENT (id) ON DELETE CASCADE);
    CREATE TABLE other (c TEXT DEFAULT 'references parent'); CREATE TABLE grandchild (x, FOREIGN KEY (x) REFERENCES child)`

  test('come along when they are asked for, and only then', async () => {
    const session = reader(memory(family))
    const tables = [{ name: 'parent' }]
    expect([...(await introspect(session, { tables, referrers: true })).tables.keys()]).toEqual(['Parent', 'child'])
    expect([...(await introspect(session, { tables })).tables.keys()]).toEqual(['Parent'])
    expect([...(await introspect(session, { tables: [], referrers: true })).tables.keys()]).toEqual([])
  })

  test('have the names of the parent as the parent spells them', async () => {
    const { tables } = await introspect(reader(memory(family)), { tables: [{ name: 'Parent' }], referrers: true })
    const references = { table: { name: 'Parent' }, columns: ['Id'] }
    expect(tables.get('child')?.constraints).toEqual([
      { kind: 'foreignKey', columns: ['p'], references, onDelete: 'cascade' },
    ])
    expect(tables.get('Parent')?.constraints[1]).toEqual({ kind: 'foreignKey', columns: ['up'], references })
  })
})

test('a trigger belongs to its table as the table spells its name', async () => {
  const db = memory(
    `CREATE TABLE x28 (a); CREATE VIEW Seen AS SELECT a FROM x28; CREATE TRIGGER g AFTER INSERT ON X28 BEGIN SELECT 1; END;
    CREATE TRIGGER h INSTEAD OF INSERT ON SEEN BEGIN SELECT 2; END`,
  )
  const { triggers } = await introspect(reader(db))
  expect([...triggers.values()].map(({ name, table }) => [name, table.name])).toEqual([
    ['g', 'x28'],
    ['h', 'Seen'],
  ])
})

describe('a text that cannot be read', () => {
  const odd = 'CREATE TABLE odd (a INT) SOMETHING NEW'
  const damaged = () => edited(memory('CREATE TABLE t (a INT); CREATE TABLE odd (a INT REFERENCES t)'), 'odd', odd)

  test('does not affect a request for something else', async () => {
    const schema = await introspect(reader(edited(memory('CREATE TABLE t (a); CREATE TABLE odd (a)'), 'odd', odd)), {
      tables: [{ name: 't' }],
      referrers: true,
    })
    expect([...schema.tables.keys()]).toEqual(['t'])
  })

  test('is an error for who asked for it, or for everything', async () => {
    const unread = { code: 'UNPARSED_SQL', details: { sql: odd } }
    await expect(introspect(reader(damaged()), { tables: [{ name: 'odd' }] })).rejects.toMatchObject(unread)
    await expect(introspect(reader(damaged()))).rejects.toMatchObject(unread)
  })

  test('of a view or trigger is an error only where it has to do with a table asked for', async () => {
    const db = memory(
      `CREATE TABLE t (a); CREATE TABLE u (a); CREATE VIEW v AS SELECT a FROM t;
      CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END`,
    )
    edited(db, 'v', 'CREATE VIEW v [] SELECT a FROM t')
    expect((await introspect(reader(db), { tables: [{ name: 'u' }] })).views.size).toBe(0)
    await expect(introspect(reader(db), { tables: [{ name: 'T' }] })).rejects.toMatchObject({ code: 'UNPARSED_SQL' })
    edited(db, 'v', 'CREATE VIEW v AS SELECT 1')
    edited(db, 'g', 'CREATE TRIGGER g')
    expect((await introspect(reader(db), { tables: [{ name: 'u' }] })).triggers.size).toBe(0)
    await expect(introspect(reader(db), { tables: [{ name: 't' }] })).rejects.toMatchObject({ code: 'UNPARSED_SQL' })
  })
})
