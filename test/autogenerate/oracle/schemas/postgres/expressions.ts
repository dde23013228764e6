import { eq, gt, sql } from 'drizzle-orm'
import { check, integer, numeric, pgMaterializedView, pgTable, pgView, real, text, varchar } from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const people = pgTable('people', { id: id(), name: text('name').notNull(), age: integer('age'), team: integer('team') })
const teams = pgTable('teams', { id: id(), title: text('title') })

export const expressions: readonly OracleSchema[] = [
  schema(
    'a check',
    [{ t: pgTable('t', { id: id(), age: integer('age') }, (t) => [check('t_age', sql`${t.age} >= 18`)]) }],
    'ALTER TABLE t ALTER COLUMN age SET NOT NULL',
  ),
  schema(
    'checks with lists, texts and two columns',
    [
      {
        t: pgTable(
          't',
          { id: id(), kind: varchar('kind', { length: 9 }).notNull(), low: real('low'), high: numeric('high') },
          (t) => [
            check('t_kind', sql`${t.kind} in ('a', 'it''s')`),
            check('t_range', sql`${t.low} is null or ${t.low} < ${t.high}`),
            check('t_length', sql`length(${t.kind}) between 1 and 10`),
          ],
        ),
      },
    ],
    'ALTER TABLE t ALTER COLUMN kind DROP NOT NULL',
  ),
  schema(
    'a check is added, one taken away',
    [
      {
        t: pgTable('t', { id: id(), a: integer('a'), b: integer('b'), c: integer('c').notNull() }, (t) => [
          check('t_a', sql`${t.a} > 0`),
        ]),
      },
      {
        t: pgTable('t', { id: id(), a: integer('a'), b: integer('b'), c: integer('c').notNull() }, (t) => [
          check('t_c', sql`${t.c} > 0`),
        ]),
      },
    ],
    'ALTER TABLE t ALTER COLUMN c DROP NOT NULL',
  ),
  schema(
    'a check says something else',
    [
      { t: pgTable('t', { id: id(), a: integer('a'), b: text('b') }, (t) => [check('t_a', sql`${t.a} > 0`)]) },
      { t: pgTable('t', { id: id(), a: integer('a'), b: text('b') }, (t) => [check('t_a', sql`${t.a} > 1`)]) },
    ],
    'ALTER TABLE t ALTER COLUMN b SET NOT NULL',
  ),
  schema(
    'generated columns',
    [
      {
        t: pgTable('t', {
          id: id(),
          name: text('name').notNull(),
          lower: text('lower').generatedAlwaysAs(sql`lower(name)`),
          size: integer('size').generatedAlwaysAs(sql`length(name)`),
          hello: text('hello').generatedAlwaysAs(sql`'hello ' || "name"`),
        }),
      },
    ],
    'ALTER TABLE t ALTER COLUMN name DROP NOT NULL',
  ),
  schema(
    'a generated column is added, one computes something else, one becomes plain',
    [
      {
        t: pgTable('t', {
          id: id(),
          net: integer('net').notNull(),
          gross: integer('gross').generatedAlwaysAs(sql`net * 2`),
          tax: integer('tax').generatedAlwaysAs(sql`net / 5`),
        }),
      },
      {
        t: pgTable('t', {
          id: id(),
          net: integer('net').notNull(),
          gross: integer('gross').generatedAlwaysAs(sql`net * 3`),
          tax: integer('tax'),
          half: integer('half').generatedAlwaysAs(sql`net / 2`),
        }),
      },
    ],
    'ALTER TABLE t ALTER COLUMN net DROP NOT NULL',
  ),
  schema(
    'a view',
    [{ people, adults: pgView('adults').as((query) => query.select().from(people).where(gt(people.age, 17))) }],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
  schema(
    'a view over two tables',
    [
      {
        people,
        teams,
        members: pgView('members').as((query) =>
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
        names: pgView('names', { name: text('name') }).as(sql`select name from people order by name`),
        theirs: pgView('theirs', { name: text('name') }).existing(),
      },
    ],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
  schema(
    'a materialised view',
    [
      {
        people,
        adults: pgMaterializedView('adults').as((query) => query.select().from(people).where(gt(people.age, 17))),
      },
    ],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
  schema(
    'a view comes, one goes, and one stays over a table that changes',
    [
      {
        people,
        one: pgView('one').as((query) => query.select().from(people)),
        two: pgView('two').as((query) => query.select({ id: people.id, age: people.age }).from(people)),
      },
      (() => {
        const later = pgTable('people', { id: id(), name: text('name'), age: numeric('age'), team: integer('team') })
        return {
          later,
          two: pgView('two').as((query) => query.select({ id: later.id, age: later.age }).from(later)),
          three: pgMaterializedView('three').as((query) => query.select({ name: later.name }).from(later)),
        }
      })(),
    ],
    'ALTER TABLE people ADD COLUMN extra text',
  ),
]
