import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pushChanges, surveyPush } from '@org/migrate-autogenerate'
import {
  boolean,
  bytes,
  column,
  type DefaultInput,
  date,
  decimal,
  double,
  enumeration,
  expression,
  integer,
  native,
  readDeclared,
  real,
  smallint,
  table,
  time,
  timestamp,
  varchar,
} from '@org/migrate-core'
import { type ColumnType, defaultMisfit, type UnloadedDialect } from '@org/migrate-core/dialect'
import { afterAll, describe, expect, it } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { errorOf, line, migratorOf, type Recorded } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'
import { executeIn } from '../unit/run/kit.ts'

const createT: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('word', varchar(20), { default: 'abcdef' })
    t.column('n', integer(), { default: 100_000 })
    t.primaryKey(['id'])
  })

const listed: Recorded = (op) => op.alterColumn('t', 'word', { type: enumeration(['a', 'b']) })
const shortened: Recorded = (op) => op.alterColumn('t', 'word', { type: varchar(3) })
const narrowed: Recorded = (op) => op.alterColumn('t', 'n', { type: smallint() })
const added: Recorded = (op) => op.addColumn('t', 'mood', enumeration(['a', 'b']), { default: 'c' })
const created: Recorded = (op) =>
  op.createTable('u', (u) => u.column('mood', enumeration(['a', 'b']), { default: 'c' }))

const messageOf = async (dialect: UnloadedDialect, change: Recorded) => {
  const migrator = migratorOf(dialect, line(createT, change))
  await migrator.upgrade('r1')
  const { code, message, location } = await errorOf(migrator.plan('head'))
  expect(await errorOf(migrator.upgrade())).toMatchObject({ code, message })
  return { code, message: message.replace(': type:', ':'), revision: location?.revision }
}
const refused = (message: string) => ({ code: 'INVALID_OPERATION', message, revision: 'r2' })
const ofEnums: readonly (readonly [string, Recorded, string])[] = [
  [
    'a changed column',
    listed,
    'change column t.word: the default of word, "abcdef", is none of the values of the enum',
  ],
  ['a new column', added, 'add column t.mood: the default of mood, "c", is none of the values of the enum'],
  ['a new table', created, 'create table u: the default of mood, "c", is none of the values of the enum'],
]

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a default that no row could get', (createDatabase, server) => {
  it.each([
    ...ofEnums,
    ['a shorter text', shortened, 'change column t.word: the default of word, "abcdef", is longer than 3 characters'],
    ['a smaller number', narrowed, 'change column t.n: the default of n, 100000, is outside of what 16 bits hold'],
  ] as const)('is named by the plan, of %s', async (_, change, message) => {
    const { url } = await createDatabase()
    expect(await messageOf(dialectFor(familyOf(server) as 'postgres' | 'mysql', url), change)).toEqual(refused(message))
  })
})

describeOnEach(['mariadb', 'mysql'], 'a default that no row could get', (createDatabase) => {
  it('is a word for true, where a truth value is a number', async () => {
    const { url } = await createDatabase()
    const word: Recorded = (op) => op.createTable('u', (u) => u.column('isOpen', boolean(), { default: 'true' }))
    const number: Recorded = (op) => op.createTable('v', (v) => v.column('isOpen', boolean(), { default: '1' }))
    expect(await messageOf(dialectFor('mysql', url), word)).toEqual(
      refused('create table u: the default of isOpen, "true", is no number'),
    )
    expect((await migratorOf(dialectFor('mysql', url), line(createT, number)).upgrade()).applied).toEqual(['main:r2'])
  })
})

const withDefault =
  (type: ColumnType, value: DefaultInput): Recorded =>
  (op) =>
    op.createTable('u', (u) => u.column('x', type, { default: value }))

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a number that no row could get', (createDatabase, server) => {
  it('is one that is rounded beyond its column, or is beyond its float', async () => {
    const { url } = await createDatabase()
    const dialect = dialectFor(familyOf(server) as 'postgres' | 'mysql', url)
    const messages: string[] = []
    for (const [type, value] of [
      [decimal(3, 2), 9.995],
      [decimal(3, 2), '-99.9e-1'],
      [decimal(3, 2), '1e1'],
      [real(), 1e39],
      [double(), expression('1e400')],
    ] as const) {
      const result = await migratorOf(dialect, line(withDefault(type, value)))
        .upgrade()
        .then(
          ({ applied }) => applied.join(),
          ({ message }: Error) => message.replace('create table u: the default of x, ', ''),
        )
      messages.push(result)
      if (result === 'main:r1') await migratorOf(dialect, line(withDefault(type, value))).downgrade('base')
    }
    expect(messages).toEqual([
      '9.995, has more than 1 digits before the point when it is rounded',
      'main:r1',
      '"1e1", has more than 1 digits before the point',
      '1e+39, is outside of what its type (real) holds',
      '1e400, is outside of what its type (double) holds',
    ])
  })
})

describeOnEach(['mariadb', 'mysql'], 'a default that the server refuses in the middle of a run', (createDatabase) => {
  it.each<[ColumnType, DefaultInput, string]>([
    [date(), 'today', '"today", has no digits'],
    [date(), '2020-13-01', '"2020-13-01", is no day of the calendar'],
    [
      timestamp(),
      '2020-01-01T00:00:00Z',
      '"2020-01-01T00:00:00Z", ends with Z, which the server does not read; leave it out',
    ],
    [time(), 'noon', '"noon", has no digits'],
    [bytes(2), 'abc', '"abc", is longer than 2 bytes'],
    [boolean(), 300, '300, is outside of -128 to 127'],
    [native('mysql', 'bigint unsigned'), -1, '-1, is outside of 0 to 18446744073709551615'],
    [native('mysql', 'tinyint'), 300, '300, is outside of -128 to 127'],
  ])('is refused before anything of it runs: %j %j', async (type, value, why) => {
    const { url, sql } = await createDatabase()
    const both: Recorded = (op) => {
      op.createTable('t', (t) => t.column('x', integer()))
      withDefault(type, value)(op)
    }
    const { code, message } = await errorOf(migratorOf(dialectFor('mysql', url), line(both)).upgrade())
    expect([code, message]).toEqual(['INVALID_OPERATION', `create table u: the default of x, ${why}`])
    expect(await sql('SHOW TABLES')).toEqual([])
  })

  it('is none where the server takes it', async () => {
    const { url, sql } = await createDatabase()
    const all: Recorded = (op) =>
      op.createTable('u', (u) => {
        u.column('d', date(), { default: '20200131' })
        u.column('at', timestamp(), { default: '2020-1-2 3:4' })
        u.column('span', time(), { default: '-838:59:59' })
        u.column('b', bytes(3), { default: 'abc' })
        u.column('n', native('mysql', 'tinyint unsigned'), { default: 255 })
        u.column('m', decimal(3, 2), { default: '9.994' })
        u.column('f', real(), { default: 3.4e38 })
      })
    await migratorOf(dialectFor('mysql', url), line(all)).upgrade()
    await sql('INSERT INTO u () VALUES ()')
    const [row] = await sql('SELECT CAST(d AS char) AS d, CAST(span AS char) AS span, n, m FROM u')
    expect(row).toMatchObject({ d: '2020-01-31', n: 255, m: '9.99' })
  })
})

describeOnEach(['postgres', 'mariadb', 'mysql'], 'NULL as an expression', (createDatabase, server) => {
  it('is no default of a column that is NOT NULL, and the downgrade of it is none', async () => {
    const { url, sql } = await createDatabase()
    const dialect = dialectFor(familyOf(server) as 'postgres' | 'mysql', url)
    const migrator = migratorOf(
      dialect,
      line(
        (op) => op.createTable('u', (u) => u.column('n', integer(), { nullable: false, default: expression('NULL') })),
        (op) => op.alterColumn('u', 'n', { default: expression('(null)') }),
        (op) => op.addColumn('u', 'm', integer(), { nullable: false, default: expression(' Null ') }),
      ),
    )
    const own = server === 'postgres' ? 'current_schema()' : 'DATABASE()'
    const defaults = () =>
      sql(
        `SELECT column_default AS fallback, is_nullable AS nullable FROM information_schema.columns WHERE table_name = 'u' AND table_schema = ${own}`,
      )
    const none = { fallback: null, nullable: 'NO' }
    await migrator.upgrade()
    expect(await defaults()).toMatchObject([none, none])
    await migrator.downgrade('r1')
    expect(await defaults()).toMatchObject([none])
  })
})

describe('sqlite: a default that no row could get', () => {
  const home = mkdtempSync(join(tmpdir(), 'misfit-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const createDialect = () => dialectFor('sqlite', join(mkdtempSync(join(home, 'x-')), 'app.db'))

  it.each(ofEnums)('is named by the plan, of %s', async (_, change, message) => {
    expect(await messageOf(createDialect(), change)).toEqual(refused(message))
  })

  it.each([
    ['a text longer than its column', shortened],
    ['a number beyond its column', narrowed],
  ])('is none where rows get it: %s', async (_, change) => {
    expect((await migratorOf(createDialect(), line(createT, change)).upgrade()).applied).toEqual(['main:r1', 'main:r2'])
  })

  it('is none where a later operation or revision of the plan changes it', async () => {
    const correct: Recorded = (op) => op.alterColumn('t', 'word', { default: 'b' })
    const both: Recorded = (op) => {
      listed(op)
      correct(op)
    }
    for (const chain of [line(createT, both), line(createT, listed, correct)])
      expect((await migratorOf(createDialect(), chain).upgrade()).applied).toHaveLength(chain.length)
  })

  it('is refused by a push, which changes nothing', async () => {
    const dialect = createDialect()
    const mood = column(enumeration(['a', 'b']), { default: 'c' })
    const declared = readDeclared({
      u: table('u', { id: column(integer(), { nullable: false }), mood }, { primaryKey: ['id'] }),
    })
    const migrator = migratorOf(dialect, line())
    const { code, message, location } = await errorOf(pushChanges(migrator, declared))
    expect({ code, message, location }).toEqual({
      code: 'INVALID_OPERATION',
      message: 'create table u: the default of mood, "c", is none of the values of the enum',
      location: { operation: 'create table u' },
    })
    expect((await surveyPush(migrator, declared)).changes).toHaveLength(1)
  })

  it('is none of the revision where the column had it before', async () => {
    const file = join(mkdtempSync(join(home, 'x-')), 'app.db')
    executeIn(file, "CREATE TABLE u (id INTEGER, mood TEXT DEFAULT 'c' CHECK (mood IN ('a', 'b')))")
    const require: Recorded = (op) => op.alterColumn('u', 'mood', { nullable: false })
    expect((await migratorOf(dialectFor('sqlite', file), line(require)).upgrade()).applied).toEqual(['main:r1'])
  })
})

describe('what a default is no value of', () => {
  const of = (type: ColumnType, value: string | number, isSized = true) =>
    defaultMisfit({ type, default: { kind: 'literal', value } }, { isSized, isSame: (one, other) => one === other })

  it.each([
    [varchar(3), 'abc  ', undefined],
    [varchar(3), '😀😀😀', undefined],
    [varchar(1), 'ab', 'is longer than 1 character'],
    [smallint(), -32_768, undefined],
    [smallint(), '32768', 'is outside of what 16 bits hold'],
    [integer(), 'x', 'is no number'],
    [integer(), '1e3', undefined],
    [decimal(3, 1), '99.9', undefined],
    [decimal(3, 1), 100, 'has more than 2 digits before the point'],
    [enumeration(['a']), 'a', undefined],
    [integer(), '0x1F', undefined],
    [integer(), '1_000', undefined],
    [double(), '-Infinity', undefined],
    [varchar(3), 1e300, undefined],
  ])('of %j: %j', (type, value, why) => {
    expect(of(type, value)).toBe(why)
  })

  it('takes no length for one where the server does not', () => {
    expect(of(varchar(3), 'abcdef', false)).toBeUndefined()
  })
})
