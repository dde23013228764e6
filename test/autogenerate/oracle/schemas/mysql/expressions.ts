import { eq, gt, sql } from 'drizzle-orm'
import { check, decimal, int, json, mysqlTable, mysqlView, text, varchar } from 'drizzle-orm/mysql-core'
import { type OracleSchema, schema } from '../../schema.ts'

// drizzle-kit joins the text of a check by its name alone, over all databases of the server: these names are no other test's.
const id = () => int('id').primaryKey()
const name = () => varchar('name', { length: 40 }).notNull()
const people = mysqlTable('people', { id: id(), name: name(), age: int('age'), team: int('team') })
const teams = mysqlTable('teams', { id: id(), title: text('title') })
const extra = 'ALTER TABLE people ADD COLUMN extra text'

export const expressions: readonly OracleSchema[] = [
  schema(
    'a check',
    [{ t: mysqlTable('t', { id: id(), age: int('age') }, (t) => [check('kit_age', sql`${t.age} >= 18`)]) }],
    'ALTER TABLE t MODIFY age int NOT NULL',
  ),
  schema(
    'checks with lists, texts and two columns',
    [
      {
        t: mysqlTable(
          't',
          { id: id(), kind: varchar('kind', { length: 9 }).notNull(), low: int('low'), high: decimal('high') },
          (t) => [
            check('kit_kind', sql`${t.kind} in ('a', 'it''s')`),
            check('kit_range', sql`${t.low} is null or ${t.low} < ${t.high}`),
            check('kit_length', sql`char_length(${t.kind}) between 1 and 10`),
          ],
        ),
      },
    ],
    'ALTER TABLE t MODIFY kind varchar(9)',
  ),
  schema(
    'a check is added, one taken away',
    [
      {
        t: mysqlTable('t', { id: id(), a: int('a'), b: int('b'), c: int('c').notNull() }, (t) => [
          check('kit_goes', sql`${t.a} > 0`),
        ]),
      },
      {
        t: mysqlTable('t', { id: id(), a: int('a'), b: int('b'), c: int('c').notNull() }, (t) => [
          check('kit_comes', sql`${t.c} > 0`),
        ]),
      },
    ],
    'ALTER TABLE t MODIFY c int',
  ),
  schema(
    'a check says something else',
    [
      { t: mysqlTable('t', { id: id(), a: int('a'), b: text('b') }, (t) => [check('kit_changes', sql`${t.a} > 0`)]) },
      { t: mysqlTable('t', { id: id(), a: int('a'), b: text('b') }, (t) => [check('kit_changes', sql`${t.a} > 1`)]) },
    ],
    'ALTER TABLE t MODIFY b text NOT NULL',
  ),
  schema(
    'generated columns',
    [
      {
        t: mysqlTable('t', {
          id: id(),
          name: name(),
          lower: varchar('lower', { length: 40 }).generatedAlwaysAs(sql`lower(\`name\`)`),
          size: int('size').generatedAlwaysAs(sql`length(\`name\`)`, { mode: 'stored' }),
          plain: int('plain'),
        }),
      },
    ],
    'ALTER TABLE t MODIFY plain int NOT NULL',
  ),
  schema(
    'a generated column is added, one computes something else, one becomes plain',
    [
      {
        t: mysqlTable('t', {
          id: id(),
          net: int('net').notNull(),
          gross: int('gross').generatedAlwaysAs(sql`\`net\` * 2`),
          tax: int('tax').generatedAlwaysAs(sql`\`net\` + 5`, { mode: 'stored' }),
          plain: int('plain'),
        }),
      },
      {
        t: mysqlTable('t', {
          id: id(),
          net: int('net').notNull(),
          gross: int('gross').generatedAlwaysAs(sql`\`net\` * 3`),
          tax: int('tax'),
          half: int('half').generatedAlwaysAs(sql`\`net\` DIV 2`),
          plain: int('plain'),
        }),
      },
    ],
    'ALTER TABLE t MODIFY plain int NOT NULL',
  ),
  schema(
    'what is read out of JSON',
    [
      {
        t: mysqlTable('t', {
          id: id(),
          data: json('data').notNull(),
          kind: varchar('kind', { length: 20 }).generatedAlwaysAs(sql`json_unquote(json_extract(\`data\`, '$.kind'))`),
          plain: int('plain'),
        }),
      },
    ],
    'ALTER TABLE t MODIFY plain int NOT NULL',
  ),
  schema(
    'a view',
    [{ people, adults: mysqlView('adults').as((query) => query.select().from(people).where(gt(people.age, 17))) }],
    extra,
  ),
  schema(
    'a view over two tables',
    [
      {
        people,
        teams,
        members: mysqlView('members').as((query) =>
          query
            .select({ title: teams.title, name: people.name })
            .from(people)
            .innerJoin(teams, eq(people.team, teams.id)),
        ),
      },
    ],
    'ALTER TABLE teams ADD COLUMN extra text',
  ),
  schema(
    'a view in SQL, and one that is there already',
    [
      {
        people,
        names: mysqlView('names', { name: name() }).as(sql`select name from people order by name`),
        theirs: mysqlView('theirs', { name: name() }).existing(),
      },
    ],
    extra,
  ),
  schema(
    'a view comes, one goes, and one stays over a table that changes',
    [
      {
        people,
        one: mysqlView('one').as((query) => query.select().from(people)),
        two: mysqlView('two').as((query) => query.select({ id: people.id, age: people.age }).from(people)),
      },
      (() => {
        const later = mysqlTable('people', { id: id(), name: text('name'), age: decimal('age'), team: int('team') })
        return {
          later,
          two: mysqlView('two').as((query) => query.select({ id: later.id, age: later.age }).from(later)),
          three: mysqlView('three').as((query) => query.select({ name: later.name }).from(later)),
        }
      })(),
    ],
    extra,
  ),
]
