import type { ColumnModel, ColumnType, DefaultValue, EnumModel } from '@org/migrate-core/dialect'
import { present } from '@org/migrate-core/dialect'
import { foldNumber, grammar, serialBits, types } from '@org/migrate-dialect-postgres/internal'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { notExpressible } from '../build/make-table.ts'
import { defaultFrom, generatedFrom } from '../read/column.ts'
import { textDefault } from '../read/default-text.ts'
import { elementOf, enumOf } from '../read/internals.ts'
import type { Reading, TableReading } from '../read/table.ts'

/** The enum that a column, or the elements of its arrays, are of: it need not be exported. */
export function enumFrom(column: PgColumn, { placed }: Reading): EnumModel | undefined {
  const { element } = elementOf(column)
  const own = enumOf(element)
  return own && { ref: placed(own.enumName, own.schema), values: [...(element.enumValues ?? [])] }
}

/** As the server shows it: the schema of an enum that is found without is left out. */
function elementType(element: PgColumn, reading: TableReading): ColumnType {
  const own = enumFrom(element, reading)
  return own === undefined ? types.fromSql(element.getSQLType()) : { kind: 'enum', ...own.ref, values: own.values }
}

function typeFrom(column: PgColumn, reading: TableReading): ColumnType {
  const { element, dimensions } = elementOf(column)
  const type = elementType(element, reading)
  // The server keeps no sizes.
  if (dimensions > 0) return { kind: 'native', dialect: 'postgres', sql: types.toSql(type) + '[]'.repeat(dimensions) }
  // An enum that says no schema stands in that of its table; Drizzle's stands in public.
  const elsewhere = type.kind === 'enum' && type.schema === undefined && reading.ref.schema !== undefined
  return elsewhere ? { ...type, schema: 'public' } : type
}

/** Other words for it stay as they are: they are the same to us, and another text to drizzle-kit. */
const isNow = (text: string): boolean => text.toLowerCase() === 'now()'

const utc = /^(\d{4,6}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/

/** A list as the server prints it: quotes around an element only where it could not be told otherwise. */
const plainList = (list: string): string =>
  list.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (quoted, element: string) =>
    /^[^\s{},"\\]+$/.test(element) && !/^null$/i.test(element) ? element : quoted,
  )

/** What Drizzle makes of a Date or of a list, as the server prints it. */
function canonicaliseLiteral(literal: DefaultValue, type: ColumnType): DefaultValue {
  if (literal.kind !== 'literal' || typeof literal.value !== 'string') return literal
  if (type.kind === 'native' && type.sql.endsWith('[]')) return { kind: 'literal', value: plainList(literal.value) }
  const [, day, time, fraction = ''] = utc.exec(literal.value) ?? []
  if (day === undefined) return literal
  if (type.kind === 'date') return { kind: 'literal', value: day }
  if (type.kind !== 'timestamp') return literal
  const value = `${day} ${time}${fraction.replace(/\.?0+$/, '')}${type.withTimezone ? '+00' : ''}`
  return { kind: 'literal', value }
}

/** Texts where a number would lose digits. */
const numberOrText = (given: number | string): number | string =>
  Number.isSafeInteger(Number(given)) ? Number(given) : given

const exact = (given: number | string | undefined): string | undefined =>
  given === undefined ? undefined : String(given)

function identityFrom(column: PgColumn, reading: TableReading): ColumnModel['identity'] {
  const { generatedIdentity } = column
  const counted = (given: number | string | undefined): number | undefined => {
    if (given === undefined || Number.isSafeInteger(Number(given)))
      return given === undefined ? undefined : Number(given)
    const what = `The identity of ${reading.ref.name}.${reading.nameOf(column)}`
    throw notExpressible(reading.dialect, what, `${given} is beyond 2^53, where numbers lose digits; write it in SQL`)
  }
  if (generatedIdentity === undefined) return undefined
  const { sequenceName: sequence } = generatedIdentity
  const { startWith, increment, minValue, maxValue, cache, cycle } = generatedIdentity.sequenceOptions ?? {}
  const facts = {
    start: startWith === undefined ? undefined : numberOrText(startWith),
    increment: counted(increment),
    minValue: exact(minValue),
    maxValue: exact(maxValue),
    cache: counted(cache),
    cycle,
  }
  const definedFacts = Object.entries(facts).filter(([, value]) => value !== undefined)
  return {
    mode: generatedIdentity.type,
    ...(Object.fromEntries(definedFacts) as Omit<NonNullable<ColumnModel['identity']>, 'mode'>),
    ...present({ sequence }),
  }
}

export function columnFrom(column: PgColumn, reading: TableReading): ColumnModel {
  const type = typeFrom(column, reading)
  const defaultValue = defaultFrom(
    column,
    reading,
    (text) => textDefault(text, grammar, isNow),
    // A number of Drizzle's modes `number` and `bigint` is written to the database as text; drizzle-kit writes the number.
    (literal) =>
      typeof column.default === 'string'
        ? canonicaliseLiteral(literal, type)
        : foldNumber(canonicaliseLiteral(literal, type), type),
  )
  const generated = generatedFrom(column, reading, 'stored')
  const identity = identityFrom(column, reading)
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull && identity === undefined && serialBits(type) === undefined,
    ...present({ default: defaultValue, generated, identity }),
  }
}
