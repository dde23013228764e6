import {
  type ColumnType,
  emptySchema,
  isMigrateError,
  type Operation,
  type TableModel,
} from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, it } from 'vitest'
import { compileFor } from '../../../../packages/dialect-postgres/src/compile/compile.ts'
import { describeOn } from '../../../kit/servers.ts'
import { applied, compileOne, world } from './kit.ts'

const dialect = await postgresDialect({ url: 'postgres://127.0.0.1/nowhere' }).load()

const table = (more: Partial<TableModel>): Operation => ({
  kind: 'createTable',
  table: {
    ref: { name: 't' },
    columns: [{ name: 'a', type: { kind: 'text' }, nullable: true }],
    constraints: [],
    indexes: [],
    options: {},
    ...more,
  },
})

function codeOf(major: number, operation: Operation): string {
  try {
    compileOne({ ...dialect, compiler: { table: compileFor(major) } }, emptySchema, operation)
    return 'compiles'
  } catch (error) {
    return isMigrateError(error) ? error.code : String(error)
  }
}

describe('what a version has not', () => {
  it.each<[number, number, Operation]>([
    [14, 15, table({ constraints: [{ kind: 'unique', columns: ['a'], nullsNotDistinct: true }] })],
    [14, 15, table({ indexes: [{ name: 'i', unique: true, elements: [{ column: 'a' }], nullsNotDistinct: true }] })],
    ...[10, -2].map((scale): [number, number, Operation] => {
      const type: ColumnType = { kind: 'decimal', precision: 2, scale }
      return [14, 15, table({ columns: [{ name: 'a', type, nullable: true }] })]
    }),
    [
      14,
      15,
      {
        kind: 'createView',
        view: { ref: { name: 'v' }, definition: 'SELECT 1 AS a', options: { security_invoker: 'true' } },
      },
    ],
    [
      17,
      18,
      table({
        columns: [{ name: 'a', type: { kind: 'text' }, nullable: true, generated: { expression: '1', stored: false } }],
      }),
    ],
  ])('is refused on %i and compiles on %i', (before, since, operation) => {
    expect([codeOf(before, operation), codeOf(since, operation)]).toEqual(['UNSUPPORTED', 'compiles'])
  })

  const long = 'ü'.repeat(32)
  it.each<[string, Operation]>([
    ['a table', table({ ref: { name: long } })],
    ['a column', table({ columns: [{ name: long, type: { kind: 'text' }, nullable: true }] })],
    ['a constraint', table({ constraints: [{ kind: 'unique', name: long, columns: ['a'] }] })],
    ['an index', table({ indexes: [{ name: long, unique: false, elements: [{ column: 'a' }] }] })],
    ['a schema', { kind: 'createSchema', schema: long }],
    ['an enum', { kind: 'createEnum', enum: { ref: { name: long }, values: ['a'] } }],
    ['a sequence', { kind: 'createSequence', sequence: { ref: { name: long } } }],
    ['a view', { kind: 'createView', view: { ref: { name: long }, definition: 'SELECT 1' } }],
    [
      'the check of an enum',
      table({ columns: [{ name: 'c'.repeat(58), type: { kind: 'enum', values: ['a'] }, nullable: true }] }),
    ],
  ])('%s beyond 63 bytes is refused', (_, operation) => {
    expect(codeOf(18, operation)).toBe('NAME_TOO_LONG')
  })

  it.each<[string, Operation]>([
    [
      'MATCH PARTIAL',
      table({
        constraints: [
          {
            kind: 'foreignKey',
            columns: ['a'],
            references: { table: { name: 't' }, columns: ['a'] },
            match: 'partial',
          },
        ],
      }),
    ],
    [
      'an index of the first characters',
      table({ indexes: [{ name: 'i', unique: false, elements: [{ column: 'a', prefixLength: 3 }] }] }),
    ],
    [
      'an index by fulltext',
      table({ indexes: [{ name: 'i', unique: false, elements: [{ column: 'a' }], method: 'fulltext' }] }),
    ],
    [
      'a column that an update sets to its time',
      table({ columns: [{ name: 'a', type: { kind: 'date' }, nullable: true, onUpdate: 'now' }] }),
    ],
    [
      'an identity with a bound that is no integer',
      table({
        columns: [
          {
            name: 'a',
            type: { kind: 'integer', bits: 32 },
            nullable: false,
            identity: { mode: 'always', maxValue: '1); DROP' },
          },
        ],
      }),
    ],
    [
      'a type of MySQL',
      table({ columns: [{ name: 'a', type: { kind: 'native', dialect: 'mysql', sql: 'year' }, nullable: true }] }),
    ],
  ])('%s is refused', (_, operation) => {
    expect(codeOf(18, operation)).toBe('UNSUPPORTED')
  })
})

describe('types', () => {
  it.each<[string, ColumnType, string]>([
    ['int4', { kind: 'integer', bits: 32 }, 'integer'],
    ['smallint', { kind: 'integer', bits: 16 }, 'smallint'],
    ['INT8', { kind: 'integer', bits: 64 }, 'bigint'],
    ['bool', { kind: 'boolean' }, 'boolean'],
    ['text', { kind: 'text' }, 'text'],
    ['varchar( 12 )', { kind: 'varchar', length: 12 }, 'character varying(12)'],
    ['character varying', { kind: 'varchar' }, 'character varying'],
    ['char', { kind: 'char', length: 1 }, 'character(1)'],
    ['numeric(10,2)', { kind: 'decimal', precision: 10, scale: 2 }, 'numeric(10,2)'],
    ['decimal', { kind: 'decimal' }, 'numeric'],
    ['float(24)', { kind: 'real' }, 'real'],
    ['float', { kind: 'double' }, 'double precision'],
    ['date', { kind: 'date' }, 'date'],
    ['time(3) without time zone', { kind: 'time', precision: 3 }, 'time(3) without time zone'],
    ['timestamptz(3)', { kind: 'timestamp', withTimezone: true, precision: 3 }, 'timestamp(3) with time zone'],
    ['timestamp without time zone', { kind: 'timestamp', withTimezone: false }, 'timestamp without time zone'],
    ['json', { kind: 'json' }, 'json'],
    ['uuid', { kind: 'uuid' }, 'uuid'],
    ['bytea', { kind: 'bytes' }, 'bytea'],
    ['jsonb', { kind: 'native', dialect: 'postgres', sql: 'jsonb' }, 'jsonb'],
    ['int[3][]', { kind: 'native', dialect: 'postgres', sql: 'integer[]' }, 'integer[]'],
    [
      'varchar(5) ARRAY',
      { kind: 'native', dialect: 'postgres', sql: 'character varying(5)[]' },
      'character varying(5)[]',
    ],
    ['timetz', { kind: 'native', dialect: 'postgres', sql: 'time with time zone' }, 'time with time zone'],
    [
      'interval day to second(3)',
      { kind: 'native', dialect: 'postgres', sql: 'interval day to second(3)' },
      'interval day to second(3)',
    ],
    ['bit', { kind: 'native', dialect: 'postgres', sql: 'bit(1)' }, 'bit(1)'],
    ['"char"', { kind: 'native', dialect: 'postgres', sql: '"char"' }, '"char"'],
    ['app."Mood"[]', { kind: 'native', dialect: 'postgres', sql: 'app."Mood"[]' }, 'app."Mood"[]'],
    ['pg_catalog.int4', { kind: 'integer', bits: 32 }, 'integer'],
  ])('%s', (text, type, sql) => {
    expect(dialect.types.fromSql(text)).toEqual(type)
    expect(dialect.types.toSql(type)).toBe(sql)
  })
})

describeOn('postgres', 'every spelling of a type', () => {
  const on = world('postgres')

  it('is the one that format_type has', async () => {
    const { database } = on()
    const types = [
      'int4',
      'varchar( 12 )',
      'char',
      'numeric(10)',
      'float(24)',
      'float',
      'time(3)',
      'timestamptz(3)',
      'int[3][]',
      'varchar(5) ARRAY',
      'timetz(2)',
      'interval day to second(3)',
      'bit',
      'varbit(3)',
      '"char"',
      'bpchar',
      'serial',
    ].filter((type) => type !== 'serial')
    await database.sql(`CREATE TABLE t (${types.map((type, at) => `c${at} ${type}`).join(', ')})`)
    const rows = await database.sql(
      "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum",
    )
    const { fromSql, toSql } = dialect.types
    const printed = rows.map((row) => String(row.type))
    expect(
      types.map((type) => toSql(fromSql(type))).map((type) => type.replace('numeric(10)', 'numeric(10,0)')),
    ).toEqual(printed)
    expect(printed.map((type) => toSql(fromSql(type)))).toEqual(printed)
  })

  it('a view of what has been renamed is not made again from a text that may mean something else now', async () => {
    const setup = 'CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT DISTINCT a FROM t'
    const t = { name: 't' }
    const change = {
      kind: 'alterColumn',
      table: t,
      column: 'c',
      change: { type: { kind: 'integer', bits: 64 } },
    } as const
    await expect(
      applied(on(), setup, { kind: 'renameColumn', table: t, column: 'a', to: 'c' }, change),
    ).rejects.toThrow('something that it reads was renamed')
    await applied(on(), '', change)
    expect(await on().database.sql('SELECT a FROM v')).toEqual([])
  })
})
