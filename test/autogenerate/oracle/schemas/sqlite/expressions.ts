import { eq, gt, sql } from 'drizzle-orm'
import { check, integer, real, sqliteTable, sqliteView, text } from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
/** What is changed where drizzle-kit wants the other table recreated anyway. */
const beside = sqliteTable('beside', { id: id(), name: text('name') })
const people = sqliteTable('people', {
  id: id(),
  name: text('name').notNull(),
  age: integer('age'),
  team: integer('team'),
})
const teams = sqliteTable('teams', { id: id(), title: text('title') })

export const expressions: readonly OracleSchema[] = [
  schema(
    'a check',
    [{ t: sqliteTable('t', { id: id(), age: integer('age') }, (t) => [check('t_age', sql`${t.age} >= 18`)]) }],
    'ALTER TABLE t ADD COLUMN extra integer',
  ),
  schema(
    'checks with lists, texts and two columns',
    [
      {
        t: sqliteTable('t', { id: id(), kind: text('kind').notNull(), low: real('low'), high: real('high') }, (t) => [
          check('t_kind', sql`${t.kind} in ('a', 'it''s')`),
          check('t_range', sql`${t.low} is null or ${t.low} < ${t.high}`),
          check('t_length', sql`length(${t.kind}) between 1 and 10`),
        ]),
      },
    ],
    'ALTER TABLE t ALTER COLUMN kind DROP NOT NULL',
  ),
  schema(
    'a check is added, one changed, one taken away',
    [
      {
        t: sqliteTable('t', { id: id(), a: integer('a'), b: integer('b'), c: integer('c').notNull() }, (t) => [
          check('t_a', sql`${t.a} > 0`),
          check('t_b', sql`${t.b} > 0`),
        ]),
      },
      {
        t: sqliteTable('t', { id: id(), a: integer('a'), b: integer('b'), c: integer('c').notNull() }, (t) => [
          check('t_a', sql`${t.a} > 1`),
          check('t_c', sql`${t.c} > 0`),
        ]),
      },
    ],
    'ALTER TABLE t ALTER COLUMN c DROP NOT NULL',
  ),
  schema(
    'generated columns',
    [
      {
        t: sqliteTable('t', {
          id: id(),
          name: text('name').notNull(),
          size: integer('size').generatedAlwaysAs(sql`length(name)`, { mode: 'stored' }),
          hello: text('hello').generatedAlwaysAs(sql`'hello ' || "name"`, { mode: 'virtual' }),
        }),
      },
    ],
    'ALTER TABLE t DROP COLUMN hello',
  ),
  schema(
    'a generated column that calls a function',
    [
      {
        beside,
        t: sqliteTable('t', {
          id: id(),
          name: text('name').notNull(),
          lower: text('lower').generatedAlwaysAs(sql`lower(name)`, { mode: 'virtual' }),
        }),
      },
    ],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    { noise: 'it reads the expression no further than to the first closing parenthesis' },
  ),
  schema(
    'a generated column is added, and one computes something else',
    [
      {
        t: sqliteTable('t', {
          id: id(),
          net: integer('net').notNull(),
          gross: integer('gross').generatedAlwaysAs(sql`net * 2`, { mode: 'virtual' }),
        }),
      },
      {
        t: sqliteTable('t', {
          id: id(),
          net: integer('net').notNull(),
          gross: integer('gross').generatedAlwaysAs(sql`net * 3`, { mode: 'virtual' }),
          tax: integer('tax').generatedAlwaysAs(sql`net + 1`),
        }),
      },
    ],
    'ALTER TABLE t DROP COLUMN tax',
  ),
  schema(
    'a view',
    [{ people, adults: sqliteView('adults').as((query) => query.select().from(people).where(gt(people.age, 17))) }],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
  schema(
    'a view over two tables',
    [
      {
        people,
        teams,
        members: sqliteView('members').as((query) =>
          query
            .select({ title: teams.title, name: people.name, size: sql<number>`length(${people.name})`.as('size') })
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
        names: sqliteView('names', { name: text('name') }).as(sql`select name from people order by name`),
        theirs: sqliteView('theirs', { name: text('name') }).existing(),
      },
    ],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
  schema(
    'a view comes, one changes, and one goes',
    [
      {
        people,
        one: sqliteView('one').as((query) => query.select().from(people)),
        two: sqliteView('two').as((query) => query.select({ id: people.id }).from(people)),
      },
      {
        people,
        two: sqliteView('two').as((query) => query.select({ id: people.id, age: people.age }).from(people)),
        three: sqliteView('three').as((query) => query.select({ name: people.name }).from(people)),
      },
    ],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
  schema(
    'the table under a view is rebuilt',
    [
      { people, old: sqliteView('old').as((query) => query.select({ name: people.name }).from(people)) },
      (() => {
        const later = sqliteTable('people', { id: id(), name: text('name'), age: real('age'), team: integer('team') })
        return { later, old: sqliteView('old').as((query) => query.select({ name: later.name }).from(later)) }
      })(),
    ],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
]
