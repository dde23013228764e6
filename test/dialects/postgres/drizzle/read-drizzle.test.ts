import { bigint, column, integer, readDeclared, table, text } from '@org/migrate-core'
import type { TableModel } from '@org/migrate-core/dialect'
import { generatedNameKey, supportedFeaturesOf } from '@org/migrate-core/internal'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle, toDrizzle } from '@org/migrate-drizzle/postgres'
import { eq, gt, inArray, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { portableFeatures } from '../../../../packages/core/src/declare/declared-schema.ts'
import { createAndRead } from '../../../kit/create-and-read.ts'
import { byVersion, readSnake, snakeTable } from '../../../kit/drizzle-version.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const withoutName = pg.index as (name?: string) => ReturnType<typeof pg.index>
const only = (tables: ReadonlyMap<string, TableModel>): TableModel => [...tables.values()][0] as TableModel
const code = (expected: string) => expect.objectContaining({ code: expected })

const moods = pg.pgEnum('mood', ['ok', 'bad'])
const app = pg.pgSchema('app')
const bytea = pg.customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })
const upper = pg.customType<{ data: string }>({ dataType: () => 'text', toDriver: (value) => sql`upper(${value})` })

describe('what is said of columns', () => {
  it('how an identity counts', () => {
    const { schema, notes } = readDrizzle([
      pg.pgTable('t', {
        a: pg.integer().generatedAlwaysAsIdentity(),
        b: pg.bigint({ mode: 'bigint' }).generatedByDefaultAsIdentity({
          name: 'of_b',
          startWith: '10',
          increment: -5,
          minValue: '-9223372036854775807',
          maxValue: 100,
          cache: '7',
          cycle: true,
        }),
      }),
    ])
    expect(only(schema.tables).columns.map(({ identity }) => identity)).toEqual([
      { mode: 'always' },
      {
        mode: 'byDefault',
        start: 10,
        increment: -5,
        minValue: '-9223372036854775807',
        maxValue: '100',
        cache: 7,
        cycle: true,
        sequence: 'of_b',
      },
    ])
    expect(notes).toEqual([])
  })

  it('defaults and computed values as the column writes them', () => {
    const date = new Date('2020-01-02T03:04:05.600Z')
    const { schema } = readDrizzle([
      pg.pgTable('t', {
        a: pg.timestamp().default(date),
        b: pg.timestamp({ withTimezone: true, precision: 3 }).default(date),
        c: pg.date({ mode: 'date' }).default(date),
        d: pg.bigint({ mode: 'bigint' }).default(-9223372036854775808n),
        e: pg.numeric({ mode: 'bigint' }).default(12345678901234567890n),
        f: pg.numeric({ mode: 'number' }).default(1.5),
        g: pg.jsonb().default({ a: [1, 'b'], c: "it's" }),
        h: pg.json().default([]),
        i: pg.text().array().default(['a', 'b"c', 'd\\e', "f'g", 'null', '']),
        j: pg.timestamp().array().default([date]),
        k: bytea().default(Buffer.from([0, 255])),
        l: pg.point({ mode: 'xy' }).default({ x: 1, y: 2 }),
        m: upper().default('x'),
        n: pg.boolean().default(false),
        o: pg.integer().default(sql`1 + 1`),
        p: pg.text().default(sql`NULL`),
        q: pg
          .integer()
          .$default(() => 1)
          .$onUpdate(() => 2),
        r: pg.text().generatedAlwaysAs('const'),
        s: pg.integer().generatedAlwaysAs(() => sql`1 + ${2n}`),
        u: pg.real().default(-0.5),
        v: pg.text().default("it's \\ \u00fc"),
      }),
    ])
    const literal = (value: string | number | boolean) => ({ default: { kind: 'literal', value } })
    const written = (text: string) => ({ default: { kind: 'expression', sql: text } })
    expect(
      Object.fromEntries(
        only(schema.tables).columns.map(({ name, type: _, nullable: __, ...rest }) => [name, rest] as const),
      ),
    ).toEqual({
      a: literal('2020-01-02 03:04:05.6'),
      b: literal('2020-01-02 03:04:05.6+00'),
      c: literal('2020-01-02'),
      d: written('-9223372036854775808'),
      e: written('12345678901234567890'),
      f: literal(1.5),
      g: literal('{"a":[1,"b"],"c":"it\'s"}'),
      h: literal('[]'),
      i: literal('{a,"b\\"c","d\\\\e",f\'g,"null",""}'),
      j: literal('{2020-01-02T03:04:05.600Z}'),
      k: written(String.raw`E'\\x00ff'::bytea`),
      l: literal('(1,2)'),
      m: written("upper('x')"),
      n: literal(false),
      o: written('1 + 1'),
      p: { default: { kind: 'literal', value: null } },
      q: {},
      r: { generated: { expression: "'const'", stored: true } },
      s: { generated: { expression: '1 + 2', stored: true } },
      u: literal(-0.5),
      v: literal("it's \\ \u00fc"),
    })
  })
})

describe('what is said of tables', () => {
  const users = pg.pgTable('users', { id: pg.integer().primaryKey(), realm: pg.text() })

  it('storage parameters of an index, and nothing of how it is built', () => {
    const { schema } = readDrizzle([
      pg.pgTable('t', { a: pg.text(), b: pg.jsonb() }, (t) => [
        pg.index('i').using('btree', t.a).with({ fillfactor: 70, deduplicate_items: false }).concurrently(),
        pg.index('j').using('gin', t.b.op('jsonb_path_ops')),
        pg.index('k').onOnly(t.a),
      ]),
    ])
    expect(only(schema.tables).indexes).toEqual([
      {
        name: 'i',
        unique: false,
        elements: [{ column: 'a' }],
        options: { fillfactor: '70', deduplicate_items: 'false' },
      },
      { name: 'j', unique: false, elements: [{ column: 'b', operatorClass: 'jsonb_path_ops' }], method: 'gin' },
      { name: 'k', unique: false, elements: [{ column: 'a' }] },
    ])
  })

  it('names that were not given, as drizzle-kit makes them', () => {
    const t = snakeTable(pg.pgTable, pg)(
      't',
      { userId: pg.integer().references(() => users.id), b: pg.integer().unique(), c: pg.integer().unique('given_c') },
      (own) => [
        pg.primaryKey({ columns: [own.userId, own.b] }),
        pg.foreignKey({ columns: [own.b], foreignColumns: [own.userId] }),
        pg.foreignKey({ name: 'given_fk', columns: [own.c], foreignColumns: [users.id] }),
        pg.unique().on(own.userId, own.c),
        withoutName().on(own.b),
        pg.index('given').on(own.c),
      ],
    )
    const { schema, generatedNames } = readDrizzle([t, users], readSnake)
    const userUnique = byVersion('t_userId_c_unique', 't_user_id_c_unique')
    const readTable = schema.tables.get('t') as TableModel
    expect([...readTable.constraints, ...readTable.indexes].map(({ name }) => name)).toEqual([
      't_user_id_b_pk',
      't_user_id_users_id_fk',
      't_b_t_user_id_fk',
      'given_fk',
      't_b_unique',
      'given_c',
      userUnique,
      't_b_index',
      'given',
    ])
    expect([...generatedNames].sort()).toEqual(
      ['t_b_index', 't_b_t_user_id_fk', 't_b_unique', userUnique, 't_user_id_b_pk', 't_user_id_users_id_fk']
        .map((name) => generatedNameKey({ name: 't' }, name))
        .sort(),
    )
    expect(schema.tables.get('users')?.constraints).toEqual([{ kind: 'primaryKey', columns: ['id'] }])
  })

  it('names beyond 63 bytes: cut as the server cuts them, or, where none were given, told apart', () => {
    const long = `${'x'.repeat(61)}ü`
    const other = pg.pgTable(`${long}yz`, { [`${long}1`]: pg.integer().unique(), b: pg.integer() }, (t) => [
      pg.index(`${long}index`).on(t.b),
      pg.check(`${long}check`, sql`${t.b} > 0`),
    ])
    const { schema, generatedNames } = readDrizzle([other])
    const readTable = only(schema.tables)
    const cut = `${'x'.repeat(61)}ü`
    expect([readTable.ref.name, readTable.columns[0]?.name, readTable.indexes[0]?.name]).toEqual([cut, cut, cut])
    expect(readTable.constraints.map(({ name }) => name)).toEqual([cut, expect.stringMatching(/^x{54}_[0-9a-f]{8}$/)])
    expect(generatedNames.size).toBe(1)
  })

  it('tables of a creator, of the object form, and of circles', () => {
    const idOfSecond = (): pg.AnyPgColumn => second.id
    const prefixed = pg.pgTableCreator((name) => `pre_${name}`)
    const first = prefixed('first', { id: pg.integer().primaryKey(), second: pg.integer() }, (t) => ({
      back: pg.foreignKey({ columns: [t.second], foreignColumns: [idOfSecond()] }),
    }))
    const second = prefixed('second', {
      id: pg.integer().primaryKey(),
      first: pg.integer().references((): pg.AnyPgColumn => first.id),
    })
    const { schema } = readDrizzle({ first, second })
    expect([...schema.tables.keys()]).toEqual(['pre_first', 'pre_second'])
    expect(schema.tables.get('pre_first')?.constraints[1]).toMatchObject({
      name: 'pre_first_second_pre_second_id_fk',
      references: { table: { name: 'pre_second' }, columns: ['id'] },
    })
  })

  it('an enum of public in a table of another schema', () => {
    const { schema } = readDrizzle([app.table('t', { a: moods(), b: moods().array() })])
    expect(only(schema.tables).columns.map(({ type }) => type)).toEqual([
      { kind: 'enum', name: 'mood', schema: 'public', values: ['ok', 'bad'] },
      { kind: 'native', dialect: 'postgres', sql: '"mood"[]' },
    ])
    expect([...schema.enums.keys()]).toEqual(['mood'])
    expect(schema.schemas).toEqual(['app'])
  })

  it('two enums of one name with other values are refused, as two views and sequences are', () => {
    const t = pg.pgTable('t', { a: moods() })
    expect(() => readDrizzle([t, pg.pgEnum('mood', ['ok'])])).toThrowError(code('OBJECT_EXISTS'))
    const view = (name: string) => pg.pgView(name, {}).as(sql`select 1`)
    expect(() => readDrizzle([view('v'), view('v')])).toThrowError(code('OBJECT_EXISTS'))
    expect(() => readDrizzle([t, view('t')])).toThrowError(code('OBJECT_EXISTS'))
    expect(() => readDrizzle([pg.pgSequence('t'), t])).toThrowError(code('OBJECT_EXISTS'))
  })
})

describe('values in a definition', () => {
  const t = pg.pgTable('t', { a: pg.bigint({ mode: 'bigint' }), b: pg.text(), at: pg.timestamp() })
  const viewOf = (query: (qb: pg.QueryBuilder) => Parameters<ReturnType<typeof pg.pgView<'v'>>['as']>[0]) =>
    readDrizzle([pg.pgView('v').as(query as never)]).schema.views.get('v')?.definition

  it('stand in lists, in what columns write, in subqueries', () => {
    expect(
      viewOf((qb) =>
        qb
          .select({ a: t.a })
          .from(t)
          .where(inArray(t.b, ["it's", 'b\\c'])),
      ),
    ).toBe(`select "a" from "t" where "t"."b" in ('it''s', E'b\\\\c')`)
    expect(
      viewOf((qb) =>
        qb
          .select({ a: t.a })
          .from(t)
          .where(gt(t.at, new Date('2020-01-01T00:00:00Z'))),
      ),
    ).toBe(`select "a" from "t" where "t"."at" > '2020-01-01T00:00:00.000Z'`)
    expect(
      viewOf((qb) => {
        const inner = qb.select({ a: t.a }).from(t).where(eq(t.a, 9007199254740993n)).as('inner')
        return qb.select({ a: inner.a }).from(inner).limit(5)
      }),
    ).toBe('select "a" from (select "a" from "t" where "t"."a" = 9007199254740993) "inner" limit 5')
    const [check] = only(
      readDrizzle([
        pg.pgTable('c', { a: pg.text() }, (own) => [
          pg.check('c', sql`${own.a} in ${['x', 'y']} or ${own.a} is not distinct from ${null} or ${true}`),
        ]),
      ]).schema.tables,
    ).constraints
    expect(check).toMatchObject({ expression: `"a" in ('x', 'y') or "a" is not distinct from null or true` })
  })

  it.each([
    ['a placeholder', () => sql`${t.b} = ${sql.placeholder('p')}`],
    ['a placeholder in a list', () => inArray(t.b, [sql.placeholder('p')])],
    ['a Date of no column', () => sql`${t.at} > ${new Date(0)}`],
    ['a Date in a list', () => sql`${t.at} in ${[new Date(0)]}`],
    ['a list that is one value', () => sql`${t.b} = ${sql.param([1, 2])}`],
  ])('%s is refused', (_, condition) => {
    expect(() => readDrizzle([pg.pgTable('c', { a: pg.text() }, () => [pg.check('c', condition())])])).toThrowError(
      code('UNSUPPORTED'),
    )
  })
})

describe('what is said and not compared', () => {
  const admin = pg.pgRole('admin', { createDb: true })
  const users = pg.pgTable('users', { id: pg.integer() }, () => [
    pg.pgPolicy('own_rows', { as: 'permissive', to: admin, for: 'select', using: sql`true` }),
  ])
  const posts = pg.pgTable('posts', { id: pg.integer() }).enableRLS()

  it('is a line each', () => {
    const { notes, schema } = readDrizzle({
      users,
      posts,
      admin,
      anon: pg.pgRole('anon').existing(),
      linked: pg.pgPolicy('linked', { to: 'public' }).link(posts),
      loose: pg.pgPolicy('loose'),
      secured: pg
        .pgView('secured')
        .with({ securityInvoker: true, checkOption: 'local' })
        .as((qb) => qb.select().from(posts)),
      kept: pg
        .pgMaterializedView('kept')
        .using('heap')
        .with({ fillfactor: 70 })
        .tablespace('fast')
        .withNoData()
        .as((qb) => qb.select().from(posts)),
      places: pg.pgTable('places', { at: pg.geometry() }),
      busy: pg.pgTable('busy', { id: pg.integer() }, (t) => [
        pg.index('online').on(t.id).concurrently(),
        pg.index('searched').using('btree', t.id),
      ]),
    })
    expect(notes).toEqual([
      'role admin is not compared: roles belong to the server; create it there, and declare it with .existing()',
      'policy loose is not compared: it is linked to no table',
      ...byVersion(['the SRID of places.at is not known: Drizzle does not keep it'], []),
      'CONCURRENTLY of index online of busy is not followed: it is created like any other',
    ])
    expect(
      [...schema.tables.values()].map(({ ref, rowSecurity, policies }) => [ref.name, rowSecurity, policies]),
    ).toEqual([
      [
        'users',
        { enabled: true, forced: false },
        [{ name: 'own_rows', as: 'permissive', for: 'select', to: ['admin'], using: 'true' }],
      ],
      ['posts', { enabled: true, forced: false }, [{ name: 'linked', as: 'permissive', for: 'all', to: ['public'] }]],
      ['places', undefined, undefined],
      ['busy', undefined, undefined],
    ])
    expect([...schema.views].map(([name, { options }]) => [name, options])).toEqual([
      ['secured', { security_invoker: 'true', check_option: 'local' }],
      ['kept', { fillfactor: '70', using: 'heap', tablespace: 'fast' }],
    ])
    expect(schema.views.get('kept')).toMatchObject({ materialized: true, noData: true })
  })

  it('leaves to others what is theirs', () => {
    const view = pg.pgView('theirs', { id: pg.integer() }).existing()
    const { existing, schema } = readDrizzle({
      view,
      stored: app.materializedView('stored', { id: pg.integer() }).existing(),
      aliased: pg.alias(users, 'other'),
      aliasedView: pg.alias(view, 'another'),
    })
    expect(existing).toEqual([{ name: 'theirs' }, { schema: 'app', name: 'stored' }])
    expect([schema.tables.size, schema.views.size]).toEqual([0, 0])
  })

  it('says what Drizzle has words for', () => {
    const { supportedFeatures: features } = readDrizzle([users])
    expect(Object.keys(features).filter((name) => features[name as keyof typeof features])).toEqual([
      'uniqueConstraints',
      'indexOptions',
      'rowSecurity',
      'views',
      'materializedViews',
      'sequences',
      'unusedEnums',
      'emptySchemas',
    ])
  })
})

describe('tables of table(…)', () => {
  const declared = table('declared', { id: column(integer(), { nullable: false }) }, { comment: 'said' })
  const users = pg.pgTable('users', { id: pg.integer() })

  it('are read beside those of Drizzle, and say what they can', () => {
    const both = readDrizzle({ declared, users })
    expect([...both.schema.tables.keys()]).toEqual(['declared', 'users'])
    expect(both.schema.tables.get('declared')).toBe(declared.model)
    expect([both.supportedFeatures.comments, both.supportedFeatures.views]).toEqual([false, true])
    expect(supportedFeaturesOf(both, { name: 'declared' })).toEqual(portableFeatures)
    expect(supportedFeaturesOf(both, { name: 'users' })).toEqual(both.supportedFeatures)
  })

  it('alone they say no more than that, also as tables of Drizzle', () => {
    const other = table('other', { id: column(bigint()), word: column(text()) })
    expect(readDrizzle({ declared, other: toDrizzle(other) })).toEqual(readDeclared({ declared, other }))
    expect(() => readDeclared({ declared, users })).toThrowError(code('WRONG_DIALECT'))
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'what readDrizzle reads', (createDatabase) => {
  it('is what the server shows once it has been made', async () => {
    const mood = app.enum('mood', ['a', "b'c"])
    const users = pg.pgTable(
      'users',
      {
        id: pg.bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity({ minValue: 5, cache: 4 }),
        down: pg.smallint().generatedByDefaultAsIdentity({ increment: -1 }),
        born: pg.timestamp().notNull().default(new Date('2020-01-02T03:04:05.600Z')),
        seen: pg.timestamp({ withTimezone: true }).default(new Date('2020-01-02T03:04:05Z')),
        day: pg.date({ mode: 'date' }).default(new Date('2020-01-02T00:00:00Z')),
        tags: pg.text().array().notNull().default(['a', 'b c', "d'e", 'Null', '']),
        numbers: pg
          .integer()
          .array()
          .array()
          .default([[1], [2]]),
        moods: mood().array(),
        mood: mood().default("b'c"),
        plain: moods().default('ok'),
        doc: pg.jsonb().notNull().default({}),
        key: pg.uuid().defaultRandom(),
        made: pg.timestamp({ mode: 'string' }).defaultNow(),
        upper: pg.text().generatedAlwaysAs(() => sql`upper("name")`),
        bytes: bytea().default(Buffer.from('a')),
        name: pg.varchar({ length: 20 }).unique(),
      },
      (t) => [
        pg.index('by_name').on(t.name.desc(), t.born).with({ fillfactor: 70 }).where(sql`${t.day} > ${'2001-01-01'}`),
        pg.index('by_doc').using('gin', t.doc.op('jsonb_path_ops')),
        pg.check('positive', sql`${t.down} < ${10}`),
        pg.unique().on(t.name, t.born).nullsNotDistinct(),
      ],
    )
    const posts = app.table(
      'posts',
      {
        author: pg.bigint({ mode: 'number' }).references(() => users.id, { onDelete: 'cascade' }),
        nr: pg.integer(),
        mood: moods(),
      },
      (t) => [pg.primaryKey({ columns: [t.author, t.nr] })],
    )
    const { schema } = readDrizzle({
      app,
      mood,
      moods,
      users,
      posts,
      counter: app.sequence('counter', { startWith: 5, maxValue: 90, cycle: true }),
      active: pg.pgView('active').as((qb) => qb.select({ id: users.id }).from(users).where(eq(users.name, "o'x"))),
    })
    const { url } = await createDatabase()
    // The server reprints a SELECT.
    expect(await createAndRead(await postgresDialect({ url }).load(), schema)).toEqual([
      expect.stringMatching(
        /^view active: its SELECT is SELECT .*, expected select "id" from "users" where "users"."name" = 'o''x'$/,
      ),
    ])
  })
})
