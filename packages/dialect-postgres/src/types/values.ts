import { rowsOf } from '@org/migrate-core/connection'
import type { Row, SqlValue } from '@org/migrate-core/dialect'
import { storable } from '../sql/text.ts'

/** A column of a result as the protocol describes it; `table` is 0 where the value was computed. */
export interface ResultColumn {
  readonly name: string
  readonly type: number
  readonly table: number
  readonly number: number
}

type Shape = 'integer' | 'float' | 'boolean' | 'bytes'

/**
 * Numbers of the types that are not given as the server's own text. They are fixed in its catalog, the same in every version
 * (src/include/catalog/pg_type.dat). A column of a domain is described by the type below it, an array's text stays text.
 */
const shapes: ReadonlyMap<number, Shape> = new Map<number, Shape>([
  [16, 'boolean'],
  [17, 'bytes'],
  [20, 'integer'],
  [21, 'integer'],
  [23, 'integer'],
  // oid, xid, cid, xid8
  [26, 'integer'],
  [28, 'integer'],
  [29, 'integer'],
  [5069, 'integer'],
  [700, 'float'],
  [701, 'float'],
])

type Give = (text: string) => SqlValue

const giveText: Give = (text) => text

const give: { readonly [S in Shape]: (column: ResultColumn) => Give } = {
  integer: () => BigInt,
  float: () => Number,
  bytes: () => (text) => Buffer.from(text.slice(2), 'hex'),
  boolean: ({ table, number }) =>
    table !== 0 && number !== 0 ? (text) => text === 't' : (text) => (text === 't' ? 1n : 0n),
}

function givesOf(columns: readonly ResultColumn[]): readonly Give[] {
  return columns.map((column) => {
    const shape = shapes.get(column.type)
    return shape === undefined ? giveText : give[shape](column)
  })
}

/** Raw rows, every value the server's text, in the order of the columns. */
export function toLists(raw: readonly (readonly (string | null)[])[], columns: readonly ResultColumn[]): SqlValue[][] {
  const gives = givesOf(columns)
  return raw.map((values) => gives.map((each, at) => (values[at] === null ? null : each(values[at] as string))))
}

/** The same as rows. */
export function toRows(raw: readonly (readonly (string | null)[])[], columns: readonly ResultColumn[]): Row[] {
  const gives = givesOf(columns)
  const names = columns.map(({ name }) => name)
  return rowsOf(names, raw, (text, at) => (text === null ? null : (gives[at] as Give)(text)))
}

/**
 * A parameter whose text depends on the type that the server infers for its place: the driver asks for that type first, and
 * takes the text from here where it has no other.
 */
class Typed {
  readonly value: boolean | Uint8Array
  readonly at: number

  constructor(value: boolean | Uint8Array, at: number) {
    this.value = value
    this.at = at
  }

  /** A boolean as 1 and 0, which booleans and numbers read, also where a domain hides which of both it is. */
  toString(): string {
    const { value } = this
    if (typeof value === 'boolean') return value ? '1' : '0'
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  }
}

export type Parameter = string | Typed | null

/**
 * Values as they are sent: as text, of a type that the server infers from their place as it does for a literal.
 * Throws TypeError for undefined, UNSUPPORTED for a text that the server cannot hold.
 */
export function toParameters(params: readonly SqlValue[]): Parameter[] {
  return params.map((value, at) => {
    if (value === undefined) throw new TypeError(`parameter ${at + 1} is undefined; pass null for an SQL NULL`)
    if (typeof value === 'string') return storable(value)
    if (typeof value === 'boolean' || value instanceof Uint8Array) return new Typed(value, at)
    // The text of -0 as JavaScript writes it is 0.
    return value === null ? null : Object.is(value, -0) ? '-0' : String(value)
  })
}

/** It has no text in some places: `writerFor`. */
export const isBytes = (sent: Parameter): sent is Typed => sent instanceof Typed && typeof sent.value !== 'boolean'

function without(into: string, spell: (sent: Parameter) => string): (sent: Parameter) => string {
  return (sent) => {
    if (isBytes(sent)) throw new TypeError(`parameter ${sent.at + 1} is bytes, and its place is ${into}`)
    return spell(sent)
  }
}

const asText = without('a text', (sent) => String(sent instanceof Typed ? sent.value : sent))
const asNumber = without('a number', String)

const textsOfTypes: ReadonlyMap<number, (sent: Parameter) => string> = new Map([
  ...[18, 19, 25, 114, 1042, 1043, 3802].map((number) => [number, asText] as const),
  ...[20, 21, 23, 26, 700, 701, 790, 1700].map((number) => [number, asNumber] as const),
])

/** How a parameter is written in a place of this type. Throws TypeError for bytes that have no place there. */
export const writerFor = (type: number): ((sent: Parameter) => string) => textsOfTypes.get(type) ?? String

/** Whether its text is not the same in a place of every type. */
export const dependsOnType = (sent: Parameter): sent is Typed => sent instanceof Typed
