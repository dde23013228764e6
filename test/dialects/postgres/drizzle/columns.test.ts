import type { ColumnModel, ColumnType } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle } from '@org/migrate-drizzle/postgres'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { createAndRead } from '../../../kit/create-and-read.ts'
import { exportedBuilders, kindsOf } from '../../../kit/drizzle-builders.ts'
import { byVersion, isVersion1, matrix } from '../../../kit/drizzle-version.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const native = (sql: string): ColumnType => ({ kind: 'native', dialect: 'postgres', sql })
const integer = (bits: 16 | 32 | 64): ColumnType => ({ kind: 'integer', bits })
const stamp = (withTimezone: boolean, precision?: number): ColumnType => ({
  kind: 'timestamp',
  withTimezone,
  ...(precision === undefined ? {} : { precision }),
})
const mood: ColumnType = { kind: 'enum', name: 'mood', values: ['ok', "it's"] }
const size: ColumnType = { kind: 'enum', name: 'size', schema: 'app', values: ['s', 'l'] }

const moods = pg.pgEnum('mood', ['ok', "it's"])
const sizes = pg.pgSchema('app').enum('size', { small: 's', large: 'l' })
const citext = pg.customType<{ data: string }>({ dataType: () => 'citext' })
const bytea = pg.customType<{ data: Buffer }>({ dataType: () => 'bytea' })

type Case = readonly [pg.PgColumnBuilderBase, ColumnType, Partial<ColumnModel>?]
const never = { nullable: false }

/** Each builder with the type that it stands for; those of extensions are behind. */
const common: readonly Case[] = [
  [pg.bigint({ mode: 'number' }), integer(64)],
  [pg.bigint({ mode: 'bigint' }), integer(64)],
  [pg.bigserial({ mode: 'number' }), native('bigserial'), never],
  [pg.bigserial({ mode: 'bigint' }), native('bigserial'), never],
  [pg.boolean(), { kind: 'boolean' }],
  [pg.char(), { kind: 'char', length: 1 }],
  [pg.char({ length: 3 }), { kind: 'char', length: 3 }],
  [pg.char({ length: 3, enum: ['abc'] }), { kind: 'char', length: 3 }],
  [pg.cidr(), native('cidr')],
  [bytea(), { kind: 'bytes' }],
  [pg.date(), { kind: 'date' }],
  [pg.date({ mode: 'date' }), { kind: 'date' }],
  [pg.doublePrecision(), { kind: 'double' }],
  [moods(), mood],
  [sizes(), size],
  [pg.inet(), native('inet')],
  [pg.integer(), integer(32)],
  [pg.interval(), native('interval')],
  [pg.interval({ fields: 'day to second', precision: 3 }), native('interval day to second(3)')],
  [pg.interval({ fields: 'year' }), native('interval year')],
  [pg.interval({ precision: 2 }), native('interval(2)')],
  [pg.json(), { kind: 'json' }],
  [pg.jsonb(), native('jsonb')],
  [pg.line(), native('line')],
  [pg.line({ mode: 'abc' }), native('line')],
  [pg.macaddr(), native('macaddr')],
  [pg.macaddr8(), native('macaddr8')],
  [pg.numeric(), { kind: 'decimal' }],
  [pg.numeric({ precision: 5 }), { kind: 'decimal', precision: 5 }],
  [pg.numeric({ precision: 10, scale: 2, mode: 'number' }), { kind: 'decimal', precision: 10, scale: 2 }],
  [pg.numeric({ precision: 30, mode: 'bigint' }), { kind: 'decimal', precision: 30 }],
  [pg.point(), native('point')],
  [pg.point({ mode: 'xy' }), native('point')],
  [pg.real(), { kind: 'real' }],
  [pg.serial(), native('serial'), never],
  [pg.smallint(), integer(16)],
  [pg.smallserial(), native('smallserial'), never],
  [pg.text(), { kind: 'text' }],
  [pg.text({ enum: ['a', 'b'] }), { kind: 'text' }],
  [pg.time(), { kind: 'time' }],
  [pg.time({ precision: 3 }), { kind: 'time', precision: 3 }],
  [pg.time({ withTimezone: true }), native('time with time zone')],
  [pg.time({ withTimezone: true, precision: 2 }), native('time(2) with time zone')],
  [pg.timestamp(), stamp(false)],
  [pg.timestamp({ precision: 3 }), stamp(false, 3)],
  [pg.timestamp({ withTimezone: true }), stamp(true)],
  [pg.timestamp({ withTimezone: true, precision: 3, mode: 'string' }), stamp(true, 3)],
  [pg.timestamp({ mode: 'string' }), stamp(false)],
  [pg.uuid(), { kind: 'uuid' }],
  [pg.varchar(), { kind: 'varchar' }],
  [pg.varchar({ length: 40 }), { kind: 'varchar', length: 40 }],
  [pg.bit({ dimensions: 3 }), native('bit(3)')],
  [pg.text().array(), native('text[]')],
  [matrix(pg.integer()), native('integer[][]')],
  [pg.varchar({ length: 9 }).array(), native('character varying(9)[]')],
  [pg.timestamp({ withTimezone: true, precision: 3 }).array(), native('timestamp(3) with time zone[]')],
  [pg.numeric({ precision: 10, scale: 2 }).array(), native('numeric(10,2)[]')],
  [moods().array(), native('"mood"[]')],
  [sizes().array(), native('"app"."size"[]')],
]

/** Builders of 1.0 alone. */
type News = { readonly [name: string]: (how?: object) => pg.PgColumnBuilderBase }
const news = pg as unknown as News
const ofVersion1 = (): readonly Case[] => [
  [pg.bigint({ mode: 'string' as 'number' }), integer(64)],
  [news.bytea?.() as pg.PgColumnBuilderBase, { kind: 'bytes' }],
]

const ofExtensions: readonly Case[] = [
  [citext(), native('citext')],
  [citext().array(), native('citext[]')],
  [pg.geometry(), native('geometry(point)')],
  [
    pg.geometry({ type: 'point', mode: 'xy', srid: 4326 }),
    native(byVersion('geometry(point)', 'geometry(point,4326)')),
  ],
  [pg.halfvec({ dimensions: 2 }), native('halfvec(2)')],
  [pg.sparsevec({ dimensions: 5 }), native('sparsevec(5)')],
  [pg.vector({ dimensions: 3 }), native('vector(3)')],
]

const builders: readonly Case[] = [...common, ...(isVersion1 ? ofVersion1() : [])]

const named = (cases: readonly Case[]): Record<string, pg.PgColumnBuilderBase> =>
  Object.fromEntries(cases.map(([builder], at) => [`c${at}`, builder]))

const expected = (cases: readonly Case[]) =>
  cases.map(([, type, more], at) => ({ name: `c${at}`, type, nullable: true, ...more }))

describe('readDrizzle', () => {
  it('knows every column builder that drizzle-orm exports', () => {
    // The first two are what others are made of.
    expect(
      [
        'PgColumnBuilder',
        byVersion('PgIntColumnBaseBuilder', 'PgClonedColumnBuilder'),
        ...kindsOf([...builders, ...ofExtensions].map(([builder]) => builder)),
      ].sort(),
    ).toEqual(exportedBuilders(pg))
  })

  it.each([
    ['the server', builders],
    ['extensions', ofExtensions],
  ])('reads the types of %s', (_, cases) => {
    const { schema } = readDrizzle([pg.pgTable('t', named(cases))])
    expect(schema.tables.get('t')?.columns).toEqual(expected(cases))
  })

  it('finds enums and schemas that are used and not exported', () => {
    const { schema } = readDrizzle([pg.pgTable('t', { a: moods().array(), b: matrix(sizes()) })])
    expect([...schema.enums]).toEqual([
      ['mood', { ref: { name: 'mood' }, values: ['ok', "it's"] }],
      ['app.size', { ref: { schema: 'app', name: 'size' }, values: ['s', 'l'] }],
    ])
    expect(schema.schemas).toEqual(['app'])
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'what readDrizzle reads', (createDatabase) => {
  it('is what the server shows once it has been made', async () => {
    const { url } = await createDatabase()
    const { schema } = readDrizzle([pg.pgTable('t', named(builders))])
    // `serial` brings its sequence.
    const differences = await createAndRead(await postgresDialect({ url }).load(), schema)
    expect(differences).toEqual(['c2', 'c34', 'c36', 'c3'].map((name) => `sequence t_${name}_seq is not expected`))
  })
})
