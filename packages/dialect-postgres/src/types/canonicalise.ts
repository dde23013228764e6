import { assign, type ColumnModel, type ColumnType, type DefaultValue, type TableRef } from '@org/migrate-core/dialect'
import { plainDigits, printedJsonb } from './expressions/printed-values.ts'
import { fromSql, toSql } from './types.ts'

/** The type that the column has here: its `native` where it says one. */
export function typeOf({ type, native }: Pick<ColumnModel, 'type' | 'native'>): ColumnType {
  if (native?.postgres !== undefined) return fromSql(native.postgres)
  return type.kind === 'native' && type.dialect === 'postgres' ? fromSql(type.sql) : type
}

/** `[][]` of a type. All arrays of an element are one type to the server; it keeps only for others to read how many there were. */
function dimensions({ type, native }: Pick<ColumnModel, 'type' | 'native'>): string | undefined {
  const nativeSql = native?.postgres ?? (type.kind === 'native' ? type.sql : '')
  return /(?:\[\]){2,}$/.exec(nativeSql)?.[0]
}

/** The type's SQL as it was declared. An enum without a schema of its own stands in that of the table. */
export function typeText(table: TableRef, column: Pick<ColumnModel, 'type' | 'native'>): string {
  const type = typeOf(column)
  const placed = type.kind === 'enum' && type.name !== undefined && type.schema === undefined
  const text = toSql(placed && table.schema !== undefined ? { ...type, schema: table.schema } : type)
  const written = dimensions(column)
  return written === undefined ? text : text.replace(/\[\]$/, () => written)
}

const serials: ReadonlyMap<string, 16 | 32 | 64> = new Map([
  ...['smallserial', 'serial2'].map((name) => [name, 16] as const),
  ...['serial', 'serial4'].map((name) => [name, 32] as const),
  ...['bigserial', 'serial8'].map((name) => [name, 64] as const),
])

/** How many bits the integer of a `serial` has; undefined for every real type. */
export function serialBits(type: ColumnType): 16 | 32 | 64 | undefined {
  return type.kind === 'native' ? serials.get(type.sql) : undefined
}

const isNumeric = (type: ColumnType): boolean => ['integer', 'decimal', 'real', 'double'].includes(type.kind)
const isText = (type: ColumnType): boolean => ['text', 'varchar', 'char', 'enum'].includes(type.kind)
const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i

function numberLiteral(value: string | number | boolean, type: ColumnType): DefaultValue {
  if (typeof value === 'boolean') return { kind: 'literal', value: value ? 1 : 0 }
  const text = typeof value === 'string' ? value.trim() : String(value)
  if (!number.test(text)) return { kind: 'literal', value }
  if (type.kind === 'real' || type.kind === 'double') return { kind: 'literal', value: Number(text) }
  const digits = plainDigits(text)
  return String(Number(digits)) === digits
    ? { kind: 'literal', value: Number(digits) }
    : { kind: 'expression', sql: digits }
}

/** A default of a numeric column by its value: `'0'` and `0` are the same. */
export function foldNumber(value: DefaultValue | undefined, type: ColumnType): DefaultValue | undefined {
  if (type.kind !== 'decimal') return value
  if (value?.kind === 'expression') return number.test(value.sql.trim()) ? numberLiteral(value.sql, type) : value
  return value?.kind !== 'literal' || value.value === null ? value : numberLiteral(value.value, type)
}

function canonicaliseLiteral(value: string | number | boolean, type: ColumnType): DefaultValue {
  if (type.kind === 'boolean') {
    // A number is no boolean here: DEFAULT 1 would be refused.
    if (value === 0 || value === 1) return { kind: 'literal', value: value === 1 }
    return { kind: 'literal', value }
  }
  // The catalog keeps which of the two was written: `'0'::numeric` or `0`.
  if (type.kind === 'decimal' && typeof value === 'string') return { kind: 'literal', value }
  if (isNumeric(type)) return numberLiteral(value, type)
  if (type.kind === 'native' && type.sql === 'jsonb' && typeof value === 'string') {
    return { kind: 'literal', value: printedJsonb(value) }
  }
  const asText = isText(type) || type.kind === 'json'
  return { kind: 'literal', value: asText && typeof value !== 'string' ? String(value) : value }
}

/** A default as the column's type takes it: 0 and 1 of a boolean, a number that was given as text, jsonb as it is kept. NULL is none. */
export function canonicaliseDefault(value: DefaultValue | undefined, type: ColumnType): DefaultValue | undefined {
  if (value?.kind !== 'literal') return value
  return value.value === null ? undefined : canonicaliseLiteral(value.value, type)
}

/** The column as the server will have it: its own type, its default by that type; an identity is never NULL. */
export function canonicaliseColumn(column: ColumnModel): ColumnModel {
  const { native: _, ...rest } = column
  const type = typeOf(column)
  const canonical: ColumnModel = {
    ...rest,
    type,
    nullable: column.nullable && column.identity === undefined && serialBits(type) === undefined,
  }
  return assign(canonical, 'default', canonicaliseDefault(column.default, type))
}

/** Whether a type has collations. Of a native type the server knows. */
export function isCollatable(type: ColumnType): boolean {
  return ['text', 'varchar', 'char', 'native'].includes(type.kind) || enumValuesOf(type)
}

/** Whether the server may store values of a type outside their row, compressed: a column says how then. */
export function isStretched(type: ColumnType): boolean {
  if (type.kind === 'native')
    return /^(?:text|varchar|character varying|jsonb?|xml|bytea|numeric|tsvector)\b|\[\]$/i.test(type.sql)
  return ['text', 'varchar', 'char', 'json', 'bytes', 'decimal'].includes(type.kind) || enumValuesOf(type)
}

const enumValuesOf = (type: ColumnType): boolean => type.kind === 'enum' && type.name === undefined
