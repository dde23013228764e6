import type { ColumnType, ColumnTypeKind, DialectTypes } from '@org/migrate-core/dialect'
import { dialectName, unsupported } from './unsupported.ts'

type Writers = { readonly [K in ColumnTypeKind]: (type: Extract<ColumnType, { readonly kind: K }>) => string }

const sized = (name: string, ...sizes: readonly (number | undefined)[]): string => {
  const given = sizes.filter((size) => size !== undefined)
  return given.length === 0 ? name : `${name}(${given.join(',')})`
}

/** In the spelling of format_type(), so that what is written reads back as the same text. */
const writers: Writers = {
  integer: ({ bits }) => (bits === 16 ? 'smallint' : bits === 32 ? 'integer' : 'bigint'),
  boolean: () => 'boolean',
  text: () => 'text',
  varchar: ({ length }) => sized('character varying', length),
  char: ({ length }) => sized('character', length),
  decimal: ({ precision, scale }) => (precision === undefined ? 'numeric' : sized('numeric', precision, scale ?? 0)),
  real: () => 'real',
  double: () => 'double precision',
  date: () => 'date',
  time: ({ precision }) => `${sized('time', precision)} without time zone`,
  timestamp: ({ withTimezone, precision }) =>
    `${sized('timestamp', precision)} with${withTimezone ? '' : 'out'} time zone`,
  json: () => 'json',
  uuid: () => 'uuid',
  bytes: () => 'bytea',
  // Its values stand in a CHECK beside it: see enumCheck.
  enum: ({ name }) => (name === undefined ? 'text' : unsupported(`enum ${name}`, 'this dialect has no named enums')),
  native: (type) =>
    type.dialect === dialectName
      ? type.sql
      : unsupported(`type ${type.sql}`, `it is a type of ${type.dialect}, not of ${dialectName}`),
}

export function toSql(type: ColumnType): string {
  return (writers[type.kind] as (type: ColumnType) => string)(type)
}

const shape = /^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( with(?:out)? time zone)?$/

export function fromSql(sql: string): ColumnType {
  const [, name, first, second, zone] = shape.exec(sql) ?? []
  const size = first === undefined ? undefined : Number(first)
  const precision = size === undefined ? {} : { precision: size }
  switch (name) {
    case 'smallint':
      return { kind: 'integer', bits: 16 }
    case 'integer':
      return { kind: 'integer', bits: 32 }
    case 'bigint':
      return { kind: 'integer', bits: 64 }
    case 'boolean':
    case 'text':
    case 'real':
    case 'date':
    case 'json':
    case 'uuid':
      return { kind: name }
    case 'double precision':
      return { kind: 'double' }
    case 'bytea':
      return { kind: 'bytes' }
    case 'character varying':
      return { kind: 'varchar', ...(size === undefined ? {} : { length: size }) }
    case 'character':
      return { kind: 'char', length: size ?? 1 }
    case 'numeric':
      return { kind: 'decimal', ...precision, ...(second === undefined ? {} : { scale: Number(second) }) }
    case 'time':
      return zone === ' with time zone' ? { kind: 'native', dialect: dialectName, sql } : { kind: 'time', ...precision }
    case 'timestamp':
      return { kind: 'timestamp', withTimezone: zone === ' with time zone', ...precision }
    default:
      return { kind: 'native', dialect: dialectName, sql }
  }
}

export const types: DialectTypes = { toSql, fromSql }
