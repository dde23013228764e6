import { sql } from 'drizzle-orm'
import { integer, pgEnum, pgSchema, pgSequence, pgTable, serial, text } from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const mood = pgEnum('mood', ['sad', 'ok', 'happy'])
const people = { id: id(), mood: mood('mood').notNull().default('ok'), moods: mood('moods').array() }
const app = pgSchema('app')
const level = app.enum('level', ['low', 'high'])
const accounts = app.table('accounts', {
  id: serial('id').primaryKey(),
  level: level('level').notNull(),
  name: text('name'),
})

export const objects: readonly OracleSchema[] = [
  schema(
    'an enum',
    [{ mood, people: pgTable('people', people) }],
    'ALTER TABLE people ALTER COLUMN mood DROP NOT NULL',
  ),
  schema(
    'an enum that no table uses, and one with capitals and quotes',
    [
      (() => {
        const odd = pgEnum('oddKind', ['One', 'two three', "it's"])
        return { mood, odd, t: pgTable('t', { id: id(), kind: odd('kind'), name: text('name') }) }
      })(),
    ],
    'ALTER TABLE t ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'values are added to an enum, at its end and inside',
    [
      { mood, people: pgTable('people', people) },
      (() => {
        const later = pgEnum('mood', ['awful', 'sad', 'ok', 'fine', 'happy', 'great'])
        return {
          later,
          people: pgTable('people', {
            id: id(),
            mood: later('mood').notNull().default('ok'),
            moods: later('moods').array(),
          }),
        }
      })(),
    ],
    'ALTER TABLE people ALTER COLUMN mood DROP NOT NULL',
  ),
  schema(
    'a value is taken out of an enum',
    [
      { mood, people: pgTable('people', { id: id(), mood: mood('mood').notNull().default('ok') }) },
      (() => {
        const later = pgEnum('mood', ['ok', 'happy'])
        return { later, people: pgTable('people', { id: id(), mood: later('mood').notNull().default('ok') }) }
      })(),
    ],
    'ALTER TABLE people ALTER COLUMN mood DROP NOT NULL',
    { fill: { mood: "'ok'" } },
  ),
  schema(
    'an enum comes, and one goes',
    [
      { mood, people: pgTable('people', { id: id(), mood: mood('mood') }) },
      (() => {
        const size = pgEnum('size', ['s', 'm', 'l'])
        return { size, people: pgTable('people', { id: id(), size: size('size').notNull().default('m') }) }
      })(),
    ],
    'ALTER TABLE people ALTER COLUMN size DROP NOT NULL',
  ),
  schema(
    'a text becomes an enum, an enum a text',
    [
      { mood, people: pgTable('people', { id: id(), a: text('a'), b: mood('b') }) },
      { mood, people: pgTable('people', { id: id(), a: mood('a'), b: text('b') }) },
    ],
    'ALTER TABLE people ALTER COLUMN b SET NOT NULL',
  ),
  schema(
    'sequences',
    [
      {
        plain: pgSequence('plain'),
        full: pgSequence('full', {
          startWith: 100,
          increment: 5,
          minValue: 10,
          maxValue: 10_000,
          cache: 3,
          cycle: true,
        }),
        t: pgTable('t', {
          id: id(),
          number: integer('number').default(sql`nextval('plain'::regclass)`),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE t ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'a sequence comes, one counts otherwise, one goes',
    [
      { a: pgSequence('a'), b: pgSequence('b'), t: pgTable('t', { id: id(), name: text('name') }) },
      {
        b: pgSequence('b', { increment: 2, maxValue: 500 }),
        c: pgSequence('c'),
        t: pgTable('t', { id: id(), name: text('name') }),
      },
    ],
    'ALTER TABLE t ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'another schema',
    [
      {
        app,
        level,
        accounts,
        users: pgTable('users', { id: id(), account: integer('account').references(() => accounts.id) }),
      },
    ],
    'ALTER TABLE app.accounts ALTER COLUMN name SET NOT NULL',
    { schemas: ['app'] },
  ),
  schema(
    'a table in another schema changes, one comes there',
    [
      { app, level, accounts },
      {
        app,
        level,
        accounts: app.table('accounts', {
          id: serial('id').primaryKey(),
          level: level('level'),
          email: text('email').unique(),
        }),
        logins: app.table('logins', { id: id(), account: integer('account').notNull().default(1) }),
        numbers: app.sequence('numbers', { startWith: 3 }),
      },
    ],
    'ALTER TABLE app.logins ALTER COLUMN account DROP NOT NULL',
    { schemas: ['app'] },
  ),
]
