import type { ColumnType } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { affinityOf, memory, strictType, types } from './kit.ts'

const logical: readonly (readonly [ColumnType, string, string])[] = [
  [{ kind: 'integer', bits: 16 }, 'SMALLINT', 'integer'],
  [{ kind: 'integer', bits: 32 }, 'INTEGER', 'integer'],
  [{ kind: 'integer', bits: 64 }, 'BIGINT', 'integer'],
  [{ kind: 'boolean' }, 'BOOLEAN', 'numeric'],
  [{ kind: 'text' }, 'TEXT', 'text'],
  [{ kind: 'varchar' }, 'VARCHAR', 'text'],
  [{ kind: 'varchar', length: 255 }, 'VARCHAR(255)', 'text'],
  [{ kind: 'char', length: 3 }, 'CHAR(3)', 'text'],
  [{ kind: 'decimal' }, 'DECIMAL', 'numeric'],
  [{ kind: 'decimal', precision: 10 }, 'DECIMAL(10)', 'numeric'],
  [{ kind: 'decimal', precision: 10, scale: 2 }, 'DECIMAL(10,2)', 'numeric'],
  [{ kind: 'real' }, 'REAL', 'real'],
  [{ kind: 'double' }, 'DOUBLE', 'real'],
  [{ kind: 'date' }, 'DATE', 'numeric'],
  [{ kind: 'time' }, 'TIME', 'numeric'],
  [{ kind: 'time', precision: 3 }, 'TIME(3)', 'numeric'],
  [{ kind: 'timestamp', withTimezone: false }, 'DATETIME', 'numeric'],
  [{ kind: 'timestamp', withTimezone: false, precision: 6 }, 'DATETIME(6)', 'numeric'],
  [{ kind: 'timestamp', withTimezone: true }, 'TIMESTAMPTZ', 'numeric'],
  [{ kind: 'timestamp', withTimezone: true, precision: 0 }, 'TIMESTAMPTZ(0)', 'numeric'],
  [{ kind: 'json' }, 'JSON', 'numeric'],
  [{ kind: 'uuid' }, 'UUID TEXT', 'text'],
  [{ kind: 'bytes' }, 'BLOB', 'blob'],
  [{ kind: 'bytes', length: 16 }, 'BLOB(16)', 'blob'],
]

test.each(logical)('%j is %s and comes back', (type, text, affinity) => {
  expect(types.toSql(type)).toBe(text)
  expect(types.fromSql(text)).toEqual(type)
  expect(types.fromSql(` ${text.toLowerCase().replace('(', ' ( ').replace(',', ' , ')} `)).toEqual(type)
  expect(affinityOf(text)).toBe(affinity)
  const declared = memory(`CREATE TABLE t (a ${text})`).prepare("SELECT type FROM pragma_table_info('t')").pluck().get()
  expect(types.fromSql(String(declared))).toEqual(type)
})

test.each([
  '',
  'ANY',
  'UUID',
  'MEDIUMTEXT',
  'UNSIGNED BIG INT',
  'INTEGER(10)',
  'DECIMAL(10,-2)',
  'VARCHAR(1,2)',
  '"weird type ) x"',
])('%s is nothing logical and stays as it is', (text) => {
  const type = types.fromSql(text)
  expect(type).toEqual({ kind: 'native', dialect: 'sqlite', sql: text })
  expect(types.toSql(type)).toBe(text)
})

test.each([
  ['int', { kind: 'integer', bits: 32 }],
  ['numeric(10, 2)', { kind: 'decimal', precision: 10, scale: 2 }],
  ['Double  Precision', { kind: 'double' }],
  ['timestamp', { kind: 'timestamp', withTimezone: false }],
  ['character varying(20)', { kind: 'varchar', length: 20 }],
])('%s is read too', (text, type) => {
  expect(types.fromSql(text)).toEqual(type)
})

test('a type of another database is refused', () => {
  expect(() => types.toSql({ kind: 'native', dialect: 'postgres', sql: 'tsvector' })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED' }),
  )
})

test.each(logical.map(([type]) => type))('%j has a form that a STRICT table takes', (type) => {
  expect(() => memory(`CREATE TABLE t (a ${types.toSql(strictType(type))}) STRICT`)).not.toThrow()
})
