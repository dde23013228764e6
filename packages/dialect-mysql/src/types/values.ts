import { MigrateError, rowsOf } from '@org/migrate-core/connection'
import type { Row, SqlValue } from '@org/migrate-core/dialect'

/** What the server says of a column of a result: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html */
export interface Field {
  readonly name: string
  /** The column of the table that it comes from; empty for an expression. */
  readonly orgName: string
  readonly orgTable: string
  readonly columnType: number
  readonly columnLength: number
  readonly characterSet: number
  readonly flags: number
  readonly decimals: number
}

const binary = 63
const unsigned = 32

/** `field_types.h`: the numbers of the protocol. */
const types = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newDate: 14,
  bit: 16,
  vector: 242,
  json: 245,
  newDecimal: 246,
  geometry: 255,
  int24: 9,
} as const

const integers: ReadonlySet<number> = new Set([
  types.tiny,
  types.short,
  types.long,
  types.int24,
  types.longlong,
  types.year,
])
const decimals: ReadonlySet<number> = new Set([types.decimal, types.newDecimal])
const times: ReadonlySet<number> = new Set([types.timestamp, types.date, types.newDate, types.time, types.datetime])

type Decode = (bytes: Buffer) => SqlValue

const asText: Decode = (bytes) => bytes.toString('utf8')
const asAscii: Decode = (bytes) => bytes.toString('latin1')
const asInteger: Decode = (bytes) => BigInt(bytes.toString('latin1'))
const asNumber: Decode = (bytes) => Number(bytes.toString('latin1'))

/** Values other than 0 and 1 are what they are. */
const asBoolean: Decode = (bytes) => {
  const text = bytes.toString('latin1')
  return text === '1' ? true : text === '0' ? false : BigInt(text)
}

/** A number of up to 64 bits, the highest first. */
const asBits: Decode = (bytes) => (bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`))

/** A copy: what the driver gives is a window into its packet. */
const asBytes: Decode = (bytes) => Buffer.from(bytes)

/** The one type of integer columns that shows its width, as both servers do for what was declared BOOLEAN. */
function isBoolean(field: Field): boolean {
  const plain = field.orgTable !== '' && field.orgName !== ''
  return plain && field.columnType === types.tiny && field.columnLength === 1 && (field.flags & unsigned) === 0
}

function decoderOf(field: Field): Decode {
  const { columnType } = field
  if (isBoolean(field)) return asBoolean
  if (integers.has(columnType)) return asInteger
  if (columnType === types.float || columnType === types.double) return asNumber
  if (decimals.has(columnType) || times.has(columnType)) return asAscii
  if (columnType === types.bit) return asBits
  // JSON is said to be binary, and is UTF-8.
  if (columnType === types.json) return asText
  if (columnType === types.geometry || columnType === types.vector) return asBytes
  return field.characterSet === binary ? asBytes : asText
}

/** Raw values of the text protocol, in the order of the columns. */
export function toLists(raw: readonly (readonly (Buffer | null)[])[], fields: readonly Field[]): SqlValue[][] {
  const decoders = fields.map(decoderOf)
  return raw.map((values) =>
    decoders.map((decode, at) => {
      const bytes = values[at] as Buffer | null
      return bytes === null ? null : decode(bytes)
    }),
  )
}

/** The same as rows. */
export function toRows(raw: readonly (readonly (Buffer | null)[])[], fields: readonly Field[]): Row[] {
  const decoders = fields.map(decoderOf)
  const names = fields.map(({ name }) => name)
  return rowsOf(names, raw, (bytes, at) => (bytes === null ? null : (decoders[at] as Decode)(bytes)))
}

/** As text a FLOAT has six digits, of which most values need more: such results are read in the binary protocol. */
export function losesDigits(fields: readonly Field[]): boolean {
  return fields.some((field) => field.columnType === types.float)
}

/** Rounded up, the greatest float would be more than a FLOAT takes (1264). */
const greatestFloat = 3.4028234663852886e38

/** The shortest decimal that is this float: 0.1 was stored, and not 0.10000000149011612. */
function shortest(value: number): string {
  for (let digits = 6; digits < 10; digits += 1) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value && Math.abs(Number(text)) <= greatestFloat) return text
  }
  return String(value)
}

/** A number of the binary protocol as the text protocol has it, with the digits that a FLOAT needs. */
export function floatText(value: number, { columnType }: Pick<Field, 'columnType'>): string {
  if (Object.is(value, -0)) return '-0'
  return columnType === types.float ? shortest(value) : String(value)
}

/** Whether its values may have fractions of a second. */
export const isTime = ({ columnType }: Pick<Field, 'columnType'>): boolean =>
  times.has(columnType) && columnType !== types.date

export const isFloat = ({ columnType }: Pick<Field, 'columnType'>): boolean =>
  columnType === types.float || columnType === types.double

/** Throws TypeError, which names the place of the value. */
export function refuseUnsendable(params: readonly SqlValue[]): void {
  params.forEach((value, at) => {
    if (value === undefined) throw new TypeError(`parameter ${at + 1} is undefined; pass null for an SQL NULL`)
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new TypeError(`parameter ${at + 1} is ${value}, which MySQL cannot store`)
    }
  })
}

/** A statement that the server would answer by closing the connection. */
export function tooLarge(bytes: number, limit: number, database: string): MigrateError<'STATEMENT_FAILED'> {
  const message = `a statement of ${bytes} bytes is more than ${database} takes (max_allowed_packet is ${limit})`
  const remedy =
    'Raise max_allowed_packet on the server; where the statement has several values, write fewer of them at once.'
  return new MigrateError('STATEMENT_FAILED', { fault: 'full', database }, message, { remedy })
}
