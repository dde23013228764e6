import { column, integer, readDeclared, table } from '@org/migrate-core'
import type { TableModel } from '@org/migrate-core/dialect'
import { generatedNameKey, supportedFeaturesOf } from '@org/migrate-core/internal'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { readDrizzle, toDrizzle } from '@org/migrate-drizzle/mysql'
import { eq, inArray, sql } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import { describe, expect, it } from 'vitest'
import { portableFeatures } from '../../../../packages/core/src/declare/declared-schema.ts'
import { createAndRead } from '../../../kit/create-and-read.ts'
import { byVersion, readSnake, snakeTable } from '../../../kit/drizzle-version.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const withoutName = my.index as (name?: string) => ReturnType<typeof my.index>
const only = (tables: ReadonlyMap<string, TableModel>): TableModel => [...tables.values()][0] as TableModel
const code = (expected: string) => expect.objectContaining({ code: expected })
const native = (text: string) => ({ kind: 'native', dialect: 'mysql', sql: text })

const date = new Date('2020-01-02T03:04:05.600Z')
const bytes = my.customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'varbinary(9)' })
const users = my.mysqlTable('users', { id: my.int().primaryKey(), realm: my.varchar({ length: 9 }) })

describe('what is said of columns', () => {
  it('what an update sets, in the digits of its type', () => {
    const { schema } = readDrizzle([
      my.mysqlTable('t', {
        a: my.timestamp().onUpdateNow(),
        b: my.timestamp({ fsp: 6, mode: 'string' }).notNull().defaultNow().onUpdateNow(),
        c: my.datetime().$onUpdate(() => date),
      }),
    ])
    expect(only(schema.tables).columns).toEqual([
      { name: 'a', type: native('timestamp'), nullable: true, onUpdate: 'now' },
      { name: 'b', type: native('timestamp(6)'), nullable: false, default: { kind: 'now' }, onUpdate: 'now' },
      { name: 'c', type: { kind: 'timestamp', withTimezone: false, precision: 0 }, nullable: true },
    ])
  })

  it('defaults and computed values as the column writes them', () => {
    const { schema } = readDrizzle([
      my.mysqlTable('t', {
        a: my.datetime({ fsp: 3 }).default(date),
        b: my.timestamp().default(new Date('2020-01-02T03:04:05Z')),
        c: my.date().default(date),
        d: my.bigint({ mode: 'bigint' }).default(-9223372036854775808n),
        e: my.decimal({ precision: 30, mode: 'bigint' }).default(12345678901234567890n),
        f: my.decimal({ precision: 5, scale: 2, mode: 'number' }).default(1.5),
        g: my.json().default({ a: [1, 'b'], c: "it's" }),
        h: bytes().default(Buffer.from([0, 255])),
        i: my.boolean().default(true),
        j: my.int().default(sql`(1 + 1)`),
        k: my.text().default(sql`NULL`),
        l: my.mysqlEnum(['a', "b'c"]).default("b'c"),
        m: my.varchar({ length: 20 }).default("it's \\ ü"),
        n: my.int().generatedAlwaysAs(sql`1 + ${2n}`),
        o: my.int().generatedAlwaysAs(() => sql`(1 + 2)`, { mode: 'stored' }),
        p: my.varchar({ length: 20 }).generatedAlwaysAs('const'),
        q: my.time().default('10:00:00'),
        r: my.year().default(2020),
      }),
    ])
    const literal = (value: string | number | boolean) => ({ default: { kind: 'literal', value } })
    const written = (text: string) => ({ default: { kind: 'expression', sql: text } })
    expect(
      Object.fromEntries(
        only(schema.tables).columns.map(({ name, type: _, nullable: __, ...rest }) => [name, rest] as const),
      ),
    ).toEqual({
      a: literal('2020-01-02 03:04:05.600'),
      b: literal('2020-01-02 03:04:05.000'),
      c: literal('2020-01-02'),
      d: literal('-9223372036854775808'),
      e: literal('12345678901234567890'),
      f: literal('1.5'),
      g: literal('{"a":[1,"b"],"c":"it\'s"}'),
      h: written("X'00ff'"),
      i: literal(true),
      j: written('1 + 1'),
      k: {},
      l: literal("b'c"),
      m: literal("it's \\ ü"),
      n: { generated: { expression: '1 + 2', stored: false } },
      o: { generated: { expression: '1 + 2', stored: true } },
      p: { generated: { expression: "'const'", stored: false } },
      q: literal('10:00:00'),
      r: literal(2020),
    })
  })
})

describe('what is said of tables', () => {
  it('indexes of the first characters and in an order, and nothing of how they are built', () => {
    const { schema } = readDrizzle([
      my.mysqlTable('t', { a: my.text(), b: my.varchar({ length: 20 }) }, (t) => [
        my.index('i').on(sql`${t.a}(10)`, sql`${t.b} (5) DESC`).algorithm('inplace').lock('none'),
        my.uniqueIndex('j').on(sql`(lower(${t.b}))`).using('btree'),
      ]),
    ])
    expect(only(schema.tables).indexes).toEqual([
      {
        name: 'i',
        unique: false,
        elements: [
          { column: 'a', prefixLength: 10 },
          { column: 'b', prefixLength: 5, order: 'desc' },
        ],
      },
      { name: 'j', unique: true, elements: [{ expression: 'lower(`b`)' }], method: 'btree' },
    ])
  })

  it('names that were not given, as drizzle-kit makes them', () => {
    const t = snakeTable(my.mysqlTable, my)(
      't',
      { userId: my.int().references(() => users.id), b: my.int().unique(), c: my.serial() },
      (own) => [
        my.primaryKey({ columns: [own.userId, own.b] }),
        my.foreignKey({ name: 'given_fk', columns: [own.b], foreignColumns: [users.id] }),
        my.unique('given').on(own.userId, own.b),
        withoutName().on(own.b),
      ],
    )
    const { schema, generatedNames } = readDrizzle([t, users], readSnake)
    const readTable = schema.tables.get('t') as TableModel
    expect([...readTable.constraints, ...readTable.indexes].map(({ name }) => name)).toEqual([
      undefined,
      't_user_id_users_id_fk',
      'given_fk',
      't_b_unique',
      'given',
      'c',
      't_b_index',
    ])
    expect([...generatedNames].sort()).toEqual(
      ['c', 't_b_index', 't_b_unique', 't_user_id_users_id_fk'].map((name) => generatedNameKey({ name: 't' }, name)),
    )
  })

  it('names beyond 64 characters are told apart where none were given, and refused by the server where they were given', () => {
    const long = `${'x'.repeat(62)}ü`
    const { schema } = readDrizzle([
      my.mysqlTable(long, { [long]: my.int().unique(), b: my.int() }, (t) => [my.index(`${long}yz`).on(t.b)]),
    ])
    const readTable = only(schema.tables)
    expect([readTable.ref.name, readTable.indexes[0]?.name]).toEqual([long, `${long}yz`])
    expect(readTable.constraints[0]?.name).toMatch(/^x{55}_[0-9a-f]{8}$/)
  })

  it('tables of a creator, and of circles', () => {
    const idOfSecond = (): my.AnyMySqlColumn => second.id
    const prefixed = my.mysqlTableCreator((name) => `pre_${name}`)
    const first = prefixed('first', { id: my.int().primaryKey(), second: my.int() }, (t) => ({
      back: my.foreignKey({ columns: [t.second], foreignColumns: [idOfSecond()] }),
    }))
    const second = prefixed('second', {
      id: my.int().primaryKey(),
      first: my.int().references((): my.AnyMySqlColumn => first.id),
    })
    const { schema } = readDrizzle({ first, second })
    expect([...schema.tables.keys()]).toEqual(['pre_first', 'pre_second'])
    expect(schema.tables.get('pre_first')?.constraints[1]).toMatchObject({
      name: 'pre_first_second_pre_second_id_fk',
      references: { table: { name: 'pre_second' }, columns: ['id'] },
    })
  })

  it('a view of the name of another thing is refused', () => {
    const view = (name: string) => my.mysqlView(name, {}).as(sql`select 1`)
    expect(() => readDrizzle([view('v'), view('v')])).toThrowError(code('OBJECT_EXISTS'))
    expect(() => readDrizzle([users, view('users')])).toThrowError(code('OBJECT_EXISTS'))
  })
})

describe('values in a definition', () => {
  const t = my.mysqlTable('t', { a: my.bigint({ mode: 'bigint' }), b: my.varchar({ length: 20 }) })

  it('stand in lists, in what columns write, in subqueries', () => {
    const view = my.mysqlView('v').as((qb) => {
      const inner = qb.select({ b: t.b }).from(t).where(eq(t.a, 9007199254740993n)).as('inner')
      return qb
        .select({ b: inner.b })
        .from(inner)
        .where(inArray(inner.b, ["it's", 'b\\c']))
    })
    // 1.0 sends a bigint of a column as its text.
    const exact = byVersion('9007199254740993', "'9007199254740993'")
    expect(readDrizzle([view]).schema.views.get('v')?.definition).toBe(
      `select \`b\` from (select \`b\` from \`t\` where \`t\`.\`a\` = ${exact}) \`inner\` where \`inner\`.\`b\` in ('it''s', 'b\\\\c')`,
    )
  })

  it.each([
    ['a placeholder in a list', () => inArray(t.b, [sql.placeholder('p')])],
    ['a Date in a list', () => sql`${t.b} in ${[new Date(0)]}`],
  ])('%s is refused', (_, condition) => {
    expect(() => readDrizzle([my.mysqlTable('c', { a: my.text() }, () => [my.check('c', condition())])])).toThrowError(
      code('UNSUPPORTED'),
    )
  })
})

describe('views', () => {
  it('are read with what they state beside their query', () => {
    const { notes, schema } = readDrizzle([
      my
        .mysqlView('seen')
        .algorithm('merge')
        .sqlSecurity('invoker')
        .withCheckOption('local')
        .as((qb) => qb.select().from(users)),
    ])
    expect(notes).toEqual([])
    expect(schema.views.get('seen')?.options).toEqual({
      algorithm: 'merge',
      sql_security: 'invoker',
      check_option: 'local',
    })
  })

  it('leaves to others what is theirs', () => {
    const view = my.mysqlView('theirs', { id: my.int() }).existing()
    const { existing, schema } = readDrizzle({
      view,
      aliased: my.alias(users, 'other'),
      aliasedView: my.alias(view, 'another'),
    })
    expect(existing).toEqual([{ name: 'theirs' }])
    expect([schema.tables.size, schema.views.size]).toEqual([0, 0])
  })

  it('says what Drizzle has words for', () => {
    const { supportedFeatures } = readDrizzle([users])
    expect(
      Object.keys(supportedFeatures).filter((name) => supportedFeatures[name as keyof typeof supportedFeatures]),
    ).toEqual(['views'])
  })
})

it('tables of table(…) are read beside those of Drizzle, and say what they can', () => {
  const declared = table('declared', { id: column(integer(), { nullable: false }) }, { comment: 'said' })
  const both = readDrizzle({ declared, users })
  expect(both.schema.tables.get('declared')).toBe(declared.model)
  expect([supportedFeaturesOf(both, { name: 'declared' }), supportedFeaturesOf(both, { name: 'users' })]).toEqual([
    portableFeatures,
    both.supportedFeatures,
  ])
  expect(readDrizzle([toDrizzle(declared)])).toEqual(readDeclared([declared]))
})

describeOnDialects(['mysql', 'mariadb'], 'what readDrizzle reads', (createDatabase, flavour) => {
  it('is what the server shows once it has been made', async () => {
    const declaredTable = my.mysqlTable(
      'made',
      {
        id: my.bigint({ mode: 'number', unsigned: true }).autoincrement().primaryKey(),
        born: my.datetime({ fsp: 3 }).notNull().default(date),
        seen: my.timestamp({ fsp: 3 }).defaultNow().onUpdateNow(),
        plain: my.timestamp().notNull().defaultNow().onUpdateNow(),
        late: my.timestamp().default(new Date('2020-01-02T03:04:05Z')),
        day: my.date().default(date),
        doc: my.json().notNull().default({ a: "it's" }),
        big: my.bigint({ mode: 'bigint' }).default(9007199254740993n),
        score: my.decimal({ precision: 10, scale: 2 }).default('-1.50'),
        mood: my.mysqlEnum(['a', "b'c", 'd,e']).default("b'c"),
        ok: my.boolean().notNull().default(true),
        words: my.text(),
        name: my.varchar({ length: 20 }).unique(),
        upper: my.varchar({ length: 20 }).generatedAlwaysAs(() => sql`concat(\`name\`, 'x')`),
        boss: my.bigint({ mode: 'number', unsigned: true }).references((): my.AnyMySqlColumn => declaredTable.id),
      },
      (t) => [
        my.index('by_name').on(sql`${t.name} desc`, t.born),
        my.index('by_words').on(sql`${t.words}(20)`),
        ...(flavour === 'mysql' ? [my.index('lowered').on(sql`(lower(${t.name}))`)] : []),
        my.check('positive', sql`${t.score} < ${10} and ${t.name} <> ${"it's"}`),
        my.unique().on(t.name, t.born),
      ],
    )
    const pair = my.mysqlTable(
      'pair',
      {
        a: my.bigint({ mode: 'number', unsigned: true }).references(() => declaredTable.id, { onDelete: 'cascade' }),
        b: my.int(),
      },
      (t) => [my.primaryKey({ columns: [t.a, t.b] })],
    )
    const { schema } = readDrizzle({ declaredTable, pair })
    const { url } = await createDatabase()
    expect(await createAndRead(await mysqlDialect({ url }).load(), schema)).toEqual([])
  })
})
