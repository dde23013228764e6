import { expect, it } from 'vitest'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'
import { migratorOn, objectsOf } from './kit.ts'

const server = ['mysql', 'mariadb'] as const

/** Two tables, one of which is called as the database is; each has a column of the name that the other has. */
const tables = ({ name }: TestDatabase): string => `CREATE TABLE \`${name}\` (id int PRIMARY KEY, other int, n int);
 CREATE TABLE plain (id int PRIMARY KEY, n int); INSERT INTO plain VALUES (7, 70); INSERT INTO \`${name}\` VALUES (1, 7, 10);`

describeOnEach(server, 'a view of a table that is called as its database', (createDatabase) => {
  it('says whose columns it reads, when it is dropped and comes back', async () => {
    const db = await createDatabase()
    const own = `\`${db.name}\``
    await db.sql(`${tables(db)}
 CREATE VIEW of_table AS SELECT ${own}.id, plain.n AS m, 'x' AS text FROM ${own} JOIN plain ON plain.id = ${own}.other WHERE ${own}.n > 1;
 CREATE VIEW of_alias AS SELECT ${own}.id, other.n FROM plain AS ${own} JOIN plain AS other ON other.id = ${own}.id;
 CREATE VIEW nested AS SELECT a.m, ${own}.n FROM (of_table AS a) LEFT JOIN ${own} ON ${own}.id = a.id`)
    const before = await objectsOf(db)
    const views = ['nested', 'of_alias', 'of_table']
    const migrator = migratorOn(db, (op) => {
      for (const view of views) op.dropView(view)
    })
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(before)
    expect(await db.sql('SELECT * FROM of_table')).toEqual([{ id: 1, m: 70, text: 'x' }])
    expect(await db.sql('SELECT * FROM of_alias')).toEqual([{ id: 7, n: 70 }])
    expect(await db.sql('SELECT * FROM nested')).toEqual([{ m: 70, n: 10 }])
  })

  it('says so when a column that it reads gets another name', async () => {
    const db = await createDatabase()
    const own = `\`${db.name}\``
    await db.sql(
      `${tables(db)} CREATE VIEW v AS SELECT ${own}.n AS a, plain.n AS b FROM ${own} JOIN plain ON plain.id = ${own}.other`,
    )
    await migratorOn(db, (op) => op.renameColumn('plain', 'n', 'm')).upgrade()
    expect(await db.sql('SELECT * FROM v')).toEqual([{ a: 10, b: 70 }])
  })
})

describeOnEach(server, 'a view', (createDatabase) => {
  it('is of the database that it comes back in, also where it calls a function', async () => {
    const db = await createDatabase()
    const own = `\`${db.name}\``
    await db.sql(`${tables(db)} CREATE FUNCTION twice (n int) RETURNS int DETERMINISTIC RETURN n * 2;
 CREATE VIEW v AS SELECT twice(${own}.n) AS a FROM ${own}`)
    const { introspect } = await live(db)
    const definition = (await introspect()).views.get('v')?.definition
    expect(definition).toContain('twice')
    expect(definition).not.toMatch(/`\.`twice`/)
    expect(definition).toMatch(new RegExp(`from ${own}$`))
  })
})
