import {
  type ColumnType,
  type ColumnTypeKind,
  holding,
  isText,
  MigrateError,
  requireArguments,
  withArticle,
  withMethods,
} from '@org/migrate-core/dialect'

/** Names the column that a value belongs to, for errors. */
export interface ValueLocation {
  readonly table: string
  readonly column: string
}

/** How JSON text becomes a value and a value becomes JSON text. */
export interface JsonCodec {
  parse(text: string): unknown
  stringify(value: unknown): string
}

export const isJsonCodec = withMethods('an object with `parse` and `stringify`', 'parse', 'stringify')

/** How the values of one column are read and written. SQL NULL never comes here: Drizzle passes it by. */
export interface ColumnCodec {
  readonly dataType: 'string' | 'number' | 'bigint' | 'boolean' | 'json' | 'buffer' | 'custom'
  fromDriver(value: unknown, location: ValueLocation): unknown
  toDriver(value: unknown, location: ValueLocation): unknown
}

export function invalidValue(location: ValueLocation, why: string, cause?: unknown): MigrateError<'VALUE_INVALID'> {
  requireArguments(
    'invalidValue',
    { location, why },
    { location: holding({ table: isText, column: isText }), why: isText },
  )
  const { table, column } = location
  const message = `${table}.${column}: ${why}.`
  return new MigrateError('VALUE_INVALID', { table, column, why }, message, { cause })
}

const typeName = (value: unknown): string =>
  value instanceof Uint8Array ? 'a blob' : value === null ? 'null' : withArticle(typeof value)

/** A number that has lost digits already looks like one that has not: so only safe ones are believed. */
function toInteger(value: unknown, location: ValueLocation): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^[-+]?\d+$/.test(value)) return BigInt(value)
  if (typeof value === 'number' && Number.isInteger(value)) {
    throw invalidValue(
      location,
      'the integer is beyond 2^53 and came as a number; open the connection with safe integers',
    )
  }
  throw invalidValue(location, `expected an integer, found ${typeName(value)}`)
}

function inRange(value: bigint, bits: 16 | 32 | 64, location: ValueLocation): bigint {
  if (BigInt.asIntN(bits, value) === value) return value
  throw invalidValue(location, `${value} does not fit into ${bits} bits`)
}

const bigint: ColumnCodec = {
  dataType: 'bigint',
  fromDriver: toInteger,
  toDriver: (value, location) => inRange(toInteger(value, location), 64, location),
}

const smallInteger = (bits: 16 | 32): ColumnCodec => ({
  dataType: 'number',
  // SQLite does not enforce the width: what is stored is given, as long as a number can hold it.
  fromDriver(value, location) {
    const number = Number(toInteger(value, location))
    if (Number.isSafeInteger(number)) return number
    throw invalidValue(location, `${String(value)} does not fit into a number; declare the column as bigint`)
  },
  toDriver: (value, location) => inRange(toInteger(value, location), bits, location),
})

const double: ColumnCodec = {
  dataType: 'number',
  fromDriver(value, location) {
    if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
    throw invalidValue(location, `expected a number, found ${typeName(value)}`)
  },
  toDriver: (value) => value,
}

const boolean: ColumnCodec = {
  dataType: 'boolean',
  fromDriver(value, location) {
    if (typeof value === 'boolean') return value
    // Where booleans are integers, what is not zero is true.
    if (typeof value === 'bigint' || typeof value === 'number') return Number(value) !== 0
    throw invalidValue(location, `expected a boolean, found ${typeName(value)}`)
  },
  toDriver: (value) => value,
}

/** For servers, or drivers of them, that have no booleans. */
export const integerBoolean: ColumnCodec = {
  ...boolean,
  toDriver: (value) => (value === true ? 1n : value === false ? 0n : value),
}

const string: ColumnCodec = {
  dataType: 'string',
  // The affinity of DATE, TIME and DECIMAL on SQLite turns text that looks like a number into one.
  fromDriver(value, location) {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint' || typeof value === 'number') return String(value)
    throw invalidValue(location, `expected text, found ${typeName(value)}`)
  },
  toDriver: (value) => value,
}

const bytes: ColumnCodec = {
  dataType: 'buffer',
  fromDriver(value, location) {
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    if (typeof value === 'string') return Buffer.from(value, 'utf8')
    throw invalidValue(location, `expected a blob, found ${typeName(value)}`)
  },
  toDriver: (value) => value,
}

const untouched: ColumnCodec = { dataType: 'custom', fromDriver: (value) => value, toDriver: (value) => value }

export const plainJson: JsonCodec = {
  parse: (text) => JSON.parse(text) as unknown,
  stringify(value) {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) throw new TypeError(`${typeof value} has no JSON form`)
    return text
  },
}

/**
 * The driver of another connection parses JSON, and Drizzle does it in a nested relation: the value in the row is right, so what to fix is how
 * it is read.
 */
function parsedJson({ table, column }: ValueLocation, found: string): MigrateError<'VALUE_INVALID'> {
  const why = `expected JSON text, found ${found}`
  const message = `${table}.${column}: ${why}. JSON that was parsed before may have rounded numbers.`
  const remedy =
    'Open the database with openPostgres, openMysql or openSqlite of @org/migrate-drizzle, and select JSON from its own table, not through `with`.'
  return new MigrateError('VALUE_INVALID', { table, column, why }, message, { remedy })
}

/**
 * JSON in a column declared JSON: its text, exact to the digit. A driver that has parsed it already may have rounded its
 * numbers, so only single values are taken from one. `check` may refuse a text that the server would not keep.
 */
export function jsonColumn(
  json: JsonCodec,
  check: (text: string) => string | undefined = () => undefined,
): ColumnCodec {
  return {
    dataType: 'json',
    fromDriver(value, location) {
      if (typeof value === 'number' || typeof value === 'boolean') return value
      if (typeof value === 'bigint') return json.parse(String(value))
      if (typeof value !== 'string') {
        if (value instanceof Uint8Array) throw invalidValue(location, 'expected JSON text, found a blob')
        throw parsedJson(location, typeName(value))
      }
      try {
        return json.parse(value)
      } catch (cause) {
        throw invalidValue(location, 'the text is not JSON', cause)
      }
    },
    toDriver(value, location) {
      let text: string
      try {
        text = json.stringify(value)
      } catch (cause) {
        throw invalidValue(location, 'the value has no JSON form', cause)
      }
      const why = check(text)
      if (why === undefined) return text
      throw invalidValue(location, why)
    },
  }
}

export type Codecs = {
  readonly [K in ColumnTypeKind]: (type: Extract<ColumnType, { readonly kind: K }>, json: JsonCodec) => ColumnCodec
}

const codecs: Codecs = {
  integer: ({ bits }) => (bits === 64 ? bigint : smallInteger(bits)),
  boolean: () => boolean,
  text: () => string,
  varchar: () => string,
  char: () => string,
  decimal: () => string,
  real: () => double,
  double: () => double,
  date: () => string,
  time: () => string,
  timestamp: () => string,
  json: (_type, json) => jsonColumn(json),
  uuid: () => string,
  bytes: () => bytes,
  enum: () => string,
  native: () => untouched,
}

/** How the values of a logical type are read and written; `own` is what a dialect does otherwise. */
export function codecOf(type: ColumnType, json: JsonCodec, own: Partial<Codecs> = {}): ColumnCodec {
  return ((own[type.kind] ?? codecs[type.kind]) as (type: ColumnType, json: JsonCodec) => ColumnCodec)(type, json)
}
