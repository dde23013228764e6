import { column, enumeration } from '@org/migrate-core'
import { integer, pgEnum, pgSchema, text } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { own, rows, t } from './declared.ts'

const itself = cell('enum', 'itself')
const values = cell('enum', 'values')
const inColumn = cell('column', 'values of an enum')

const mood = (...of: readonly [string, ...string[]]) => {
  const type = pgEnum('mood', of)
  return { mood: type, ...t({ a: type() }) }
}
const feeling = (...of: readonly [string, ...string[]]) => {
  const type = pgEnum('feeling', of)
  return { feeling: type, ...t({ a: type() }) }
}
const enumWithTable = (name: string, ...of: readonly [string, ...string[]]) => ({ e: pgEnum(name, of), ...t({}) })
const sad = rows('id, a', "1, 'sad'", "2, 'ok'")
const cellsOf = (...of: readonly string[]) => ({ sql: 'SELECT a FROM t ORDER BY id', rows: of })
const app = pgSchema('app')
const state = app.enum('state', ['draft', 'out'])
/** Of the connection's own schema, in a table of another one. */
const abroad = (name: string, ...of: readonly [string, ...string[]]) => {
  const type = pgEnum(name, of)
  return { type, app, u: app.table('u', { id: integer().primaryKey(), a: type().default('ok') }) }
}
const sadAbroad = "INSERT INTO app.u VALUES (1, 'sad'), (2, 'ok')"
const cellsOfSchema = (...of: readonly string[]) => ({ sql: 'SELECT a FROM app.u ORDER BY id', rows: of })
const abroadHas = (name: string, column: string): string =>
  `CREATE TYPE ${name} AS ENUM ('sad', 'ok'); CREATE SCHEMA app; CREATE TABLE app.u (id integer PRIMARY KEY, ${column})`
const ownMood = pgEnum('mood', ['sad', 'ok'])
const appMood = app.enum('mood', ['good', 'bad'])
const twoMoods = `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('good', 'bad')`
const nameless = (...of: readonly string[]) => own({ a: column(enumeration(of)) })

export const enums: readonly Case[] = [
  itself.add('that nothing uses yet', t({}), enumWithTable('mood', 'sad', 'ok'), ["create enum mood ('sad', 'ok')"]),
  itself.add('in a schema of its own', t({}), { app, state, ...t({}) }, [
    'create schema app',
    "create enum app.state ('draft', 'out')",
  ]),
  itself.drop('that nothing uses', enumWithTable('mood', 'sad', 'ok'), t({}), ['drop enum mood']),
  itself.drop('with its column', mood('sad', 'ok'), t({}), [
    'drop column t.a -- loses the values of t.a',
    'drop enum mood',
  ]),
  itself.rename('answered', mood('sad', 'ok'), feeling('sad', 'ok'), ['rename enum mood to feeling'], {
    answers: { renamed: [{ from: 'mood', to: 'feeling' }] },
    rows: sad,
    finds: cellsOf('sad', 'ok'),
  }),
  itself.rename(
    'of a column in another schema',
    abroad('mood', 'sad', 'ok'),
    abroad('feeling', 'sad', 'ok'),
    ['rename enum mood to feeling'],
    { answers: { renamed: [{ from: 'mood', to: 'feeling' }] }, rows: sadAbroad, finds: cellsOfSchema('sad', 'ok') },
  ),
  itself.rename('no answer', mood('sad', 'ok'), feeling('sad', 'ok'), [], {
    openQuestions: ['enum mood -> feeling'],
  }),
  itself.rename(
    'it is no rename: the column moves over',
    mood('sad', 'ok'),
    feeling('sad', 'ok'),
    [
      "create enum feeling ('sad', 'ok')",
      'alter column t.a: type enum feeling (\'sad\', \'ok\') using "a"::text::"feeling" -- note: the server does not do this by itself: see whether `using` says what is meant',
      'drop enum mood',
    ],
    {
      answers: { none: true },
      rows: sad,
      finds: cellsOf('sad', 'ok'),
    },
  ),
  itself.rename(
    'with a value at once',
    mood('sad', 'ok'),
    feeling('unhappy', 'ok'),
    ['rename enum mood to feeling', 'alter enum feeling: {"rename":[{"to":"unhappy","value":"sad"}]}'],
    {
      answers: {
        renamed: [
          { from: 'mood', to: 'feeling' },
          { from: 'feeling.sad', to: 'unhappy' },
        ],
      },
      rows: sad,
      finds: cellsOf('unhappy', 'ok'),
    },
  ),
  itself.equal(
    'used by a column, and exported nowhere',
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id integer PRIMARY KEY, a mood)",
    { ...t({ a: pgEnum('mood', ['sad', 'ok'])() }) },
  ),
  itself.equal(
    'a name with capitals',
    `CREATE TYPE "Mood" AS ENUM ('sad', 'ok'); CREATE TABLE t (id integer PRIMARY KEY, a "Mood" DEFAULT 'ok')`,
    { ...t({ a: pgEnum('Mood', ['sad', 'ok'])().default('ok') }) },
  ),
  itself.equal(
    'in another schema',
    "CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('draft', 'out'); CREATE TABLE t (id integer PRIMARY KEY, a app.state)",
    { app, ...t({ a: state() }) },
  ),
  itself.equal('of a column in another schema', abroadHas('mood', "a mood DEFAULT 'ok'"), abroad('mood', 'sad', 'ok')),
  itself.equal(
    'with capitals, of a column in another schema',
    abroadHas('"Mood"', `a "Mood" DEFAULT 'ok'`),
    abroad('Mood', 'sad', 'ok'),
  ),
  itself.equal('of an array in another schema', abroadHas('mood', 'a mood[]'), {
    mood: ownMood,
    app,
    u: app.table('u', { id: integer().primaryKey(), a: ownMood().array() }),
  }),
  itself.equal(
    'of columns in two schemas',
    `${abroadHas('mood', 'a mood')}; CREATE TABLE t (id integer PRIMARY KEY, a mood)`,
    { mood: ownMood, app, ...t({ a: ownMood() }), u: app.table('u', { id: integer().primaryKey(), a: ownMood() }) },
  ),
  itself.equal(
    'of one name in two schemas',
    `${twoMoods}; CREATE TABLE t (id integer PRIMARY KEY, a mood); CREATE TABLE app.u (id integer PRIMARY KEY, a app.mood)`,
    {
      ...{ mood: ownMood, app, other: appMood, ...t({ a: ownMood() }) },
      u: app.table('u', { id: integer().primaryKey(), a: appMood() }),
    },
  ),
  itself.equal(
    'of one name in two schemas, each used in the other one',
    `${twoMoods}; CREATE TABLE t (id integer PRIMARY KEY, a app.mood); CREATE TABLE app.u (id integer PRIMARY KEY, a public.mood)`,
    {
      ...{ mood: ownMood, app, other: appMood, ...t({ a: appMood() }) },
      u: app.table('u', { id: integer().primaryKey(), a: ownMood() }),
    },
  ),
  itself.equal(
    'not declared with table(…), and not used',
    "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id integer PRIMARY KEY)",
    own({}),
  ),
  values.add('at the end', mood('sad', 'ok'), mood('sad', 'ok', 'happy'), [
    'alter enum mood: {"add":[{"value":"happy"}]}',
  ]),
  values.add('at the beginning', mood('sad', 'ok'), mood('awful', 'sad', 'ok'), [
    'alter enum mood: {"add":[{"before":"sad","value":"awful"}]}',
  ]),
  values.add(
    'two in the middle, and one that is a default at once',
    mood('sad', 'ok'),
    (() => {
      const type = pgEnum('mood', ['sad', 'so', 'la', 'ok'])
      return { mood: type, ...t({ a: type().default('la') }) }
    })(),
    [
      'alter enum mood: {"add":[{"before":"ok","value":"so"},{"before":"ok","value":"la"}]}',
      "alter column t.a: default 'la'",
    ],
  ),
  values.add(
    'of a column in another schema',
    abroad('mood', 'sad', 'ok'),
    abroad('mood', 'sad', 'ok', 'happy'),
    ['alter enum mood: {"add":[{"value":"happy"}]}'],
    { rows: sadAbroad, finds: cellsOfSchema('sad', 'ok') },
  ),
  values.drop(
    'of a column in another schema',
    abroad('mood', 'sad', 'ok'),
    abroad('mood', 'ok'),
    ['alter enum mood: {"drop":[{"replaceBy":"ok","value":"sad"}]} -- loses which rows had \'sad\' of mood'],
    { fill: { 'mood = sad': "'ok'" }, rows: sadAbroad, finds: cellsOfSchema('ok', 'ok') },
  ),
  values.rename(
    'of a column in another schema',
    abroad('mood', 'sad', 'ok'),
    abroad('mood', 'unhappy', 'ok'),
    ['alter enum mood: {"rename":[{"to":"unhappy","value":"sad"}]}'],
    {
      answers: { renamed: [{ from: 'mood.sad', to: 'unhappy' }] },
      rows: sadAbroad,
      finds: cellsOfSchema('unhappy', 'ok'),
    },
  ),
  values.drop(
    'with the value that rows get instead',
    mood('sad', 'ok'),
    mood('ok'),
    ['alter enum mood: {"drop":[{"replaceBy":"ok","value":"sad"}]} -- loses which rows had \'sad\' of mood'],
    {
      fill: { 'mood = sad': "'ok'" },
      rows: sad,
      finds: cellsOf('ok', 'ok'),
    },
  ),
  values.drop(
    'and the file asks',
    mood('sad', 'ok'),
    mood('ok'),
    ['alter enum mood: {"drop":[{"value":"sad"}]} -- loses which rows had \'sad\' of mood -- asks for (sad)'],
    { rows: sad, refused: 'REVISION_INCOMPLETE' },
  ),
  values.change(
    'in another order',
    mood('sad', 'ok', 'happy'),
    mood('happy', 'ok', 'sad'),
    ['alter enum mood: {"order":["happy","ok","sad"]}'],
    {
      rows: sad,
      finds: { sql: 'SELECT a FROM t ORDER BY a', rows: ['ok', 'sad'] },
    },
  ),
  values.rename(
    'answered, and rows follow',
    mood('sad', 'ok'),
    mood('unhappy', 'ok'),
    ['alter enum mood: {"rename":[{"to":"unhappy","value":"sad"}]}'],
    {
      answers: { renamed: [{ from: 'mood.sad', to: 'unhappy' }] },
      rows: sad,
      finds: cellsOf('unhappy', 'ok'),
    },
  ),
  values.rename('no answer', mood('sad', 'ok'), mood('unhappy', 'ok'), [], {
    openQuestions: ['enum value mood.sad -> unhappy'],
  }),
  values.rename(
    'it is no rename: the file asks for what rows get',
    mood('sad', 'ok'),
    mood('unhappy', 'ok'),
    [
      'alter enum mood: {"add":[{"before":"ok","value":"unhappy"}],"drop":[{"value":"sad"}]} -- loses which rows had \'sad\' of mood -- asks for (sad)',
    ],
    {
      answers: { dropped: ['mood.sad'] },
      rows: sad,
      refused: 'REVISION_INCOMPLETE',
    },
  ),
  values.equal(
    'added one by one, between others',
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TYPE mood ADD VALUE 'so' BEFORE 'ok'; CREATE TABLE t (id integer PRIMARY KEY, a mood)",
    mood('sad', 'so', 'ok'),
  ),
  values.equal(
    'with quotes, spaces and capitals',
    `CREATE TYPE mood AS ENUM ('it''s', 'So So', ' '); CREATE TABLE t (id integer PRIMARY KEY, a mood)`,
    mood("it's", 'So So', ' '),
  ),
  inColumn.add('of table(…), without a type of its own', nameless('sad', 'ok'), nameless('sad', 'ok', 'happy'), [
    "alter column t.a: type enum ('sad', 'ok', 'happy')",
  ]),
  inColumn.drop(
    'of table(…), with the value that rows get instead',
    nameless('sad', 'ok'),
    nameless('ok'),
    ["fill t.a where 'sad' with 'ok' by (id): 'sad' goes from t.a", "alter column t.a: type enum ('ok')"],
    {
      fill: { 't.a = sad': "'ok'" },
      rows: sad,
      finds: cellsOf('ok', 'ok'),
    },
  ),
  inColumn.change('in another order', nameless('sad', 'ok'), nameless('ok', 'sad'), [
    "alter column t.a: type enum ('ok', 'sad')",
  ]),
  inColumn.rename(
    'of table(…), answered',
    nameless('sad', 'ok'),
    nameless('unhappy', 'ok'),
    [
      "alter column t.a: type enum ('sad', 'ok', 'unhappy')",
      "fill t.a where 'sad' with 'unhappy' by (id): 'sad' of t.a is called 'unhappy' now",
      "alter column t.a: type enum ('unhappy', 'ok')",
    ],
    {
      answers: { renamed: [{ from: 't.a.sad', to: 'unhappy' }] },
      rows: sad,
      finds: cellsOf('unhappy', 'ok'),
    },
  ),
  inColumn.equal(
    'of a text in Drizzle, which only TypeScript knows',
    'CREATE TABLE t (id integer PRIMARY KEY, a text)',
    t({ a: text({ enum: ['sad', 'ok'] }) }),
  ),
]
