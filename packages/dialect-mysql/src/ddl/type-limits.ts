import { type ColumnModel, type ColumnType, refText, type TableModel } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { unsupported } from '../sql/quote.ts'
import { collationOf } from '../types/canonicalise.ts'
import { toSql } from '../types/types.ts'

/** https://dev.mysql.com/doc/refman/8.4/en/column-count-limit.html: of all columns of a row that are no BLOB or TEXT. */
const maxRowBytes = 65_535
const maxCharLength = 255
const maxFraction = 6
const maxDigits = 65
const maxScale = { mysql: 30, mariadb: 38 } as const
/** https://dev.mysql.com/doc/refman/8.4/en/enum.html; MariaDB has no limit of the kind. */
const maxEnumLength = 255
const maxEnumValues = 65_535

/** The fewest that a character can take up to. */
const characterBytes = (collation = ''): number =>
  /^utf(?:8mb4|16|32)/.test(collation) ? 4 : collation.startsWith('utf8') ? 3 : 1

/** The length of a text or of bytes that stand in the row, in characters. */
const sizeIn = (text: string): number | undefined => {
  const [, size] = /^(?:var)?(?:char|binary)\((\d+)\)$/i.exec(text) ?? []
  return size === undefined ? undefined : Number(size)
}

const range = (from: number, to: number, what: string, value: number): string | undefined =>
  value >= from && value <= to ? undefined : `${what} is ${from} to ${to}`

function whyNotEnum(server: Server, values: readonly string[], collation: string | undefined): string | undefined {
  const isCased = collation?.endsWith('_ci') !== true
  const compared = values
    .map((value) => value.replace(/ +$/, ''))
    .map((value) => (isCased ? value : value.toLowerCase()))
  const isRepeated = new Set(compared).size < compared.length
  const repeated = isRepeated ? values.find((_, at) => compared.indexOf(compared[at] ?? '') < at) : undefined
  if (repeated !== undefined)
    return `it has the value '${repeated}' more than once${isCased ? '' : `, as ${collation} compares`}`
  if (values.length > maxEnumValues) return `an enum has ${maxEnumValues} values at most`
  const isLong = server.flavour === 'mysql' && values.some((value) => value.length > maxEnumLength)
  return isLong ? `a value of an enum has ${maxEnumLength} characters at most` : undefined
}

function whyNot(server: Server, { type }: ColumnModel, collation: string | undefined): string | undefined {
  const text = toSql(type)
  const size = sizeIn(text)
  if (/^char\(/i.test(text) && size !== undefined) return range(0, maxCharLength, 'its length', size)
  if (size !== undefined) return range(0, Math.floor(maxRowBytes / characterBytes(collation)), 'its length', size)
  if (type.kind === 'enum') return whyNotEnum(server, type.values, collation)
  const [, kind = '', first = '', second = '0'] = /^(\w+)\((\d+)(?:,\s*(-?\d+))?\)/.exec(text.toLowerCase()) ?? []
  if (/^(?:time|datetime|timestamp)$/.test(kind)) return range(0, maxFraction, 'its precision', Number(first))
  if (!/^(?:decimal|numeric)$/.test(kind)) return undefined
  const scale = Math.min(maxScale[server.flavour], Number(first))
  const inOrder = `its scale, which comes behind the number of all digits as in decimal(10, 2),`
  return range(0, maxDigits, 'the number of its digits', Number(first)) ?? range(0, scale, inOrder, Number(second))
}

/** Refuses a type that the server refuses in the middle of a run. */
export function requireSize(server: Server, column: ColumnModel, collation: string | undefined): void {
  const why = whyNot(server, column, collation)
  if (why === undefined) return
  const text = toSql(column.type)
  throw unsupported(`the type ${text.length > 80 ? `${text.slice(0, 80)}…` : text} of column ${column.name}`, why)
}

const fixedBytes: { readonly [kind in ColumnType['kind']]?: number } = { boolean: 1, real: 4, double: 8, date: 3 }

/** The fewest bytes of a row that a column takes up to. */
function bytesOf(server: Server, table: TableModel, column: ColumnModel): number {
  const { type, source } = column
  if (type.kind === 'integer') return type.bits / 8
  const text = toSql(type)
  const size = /\bCOMPRESSED\b/i.test(source ?? '') ? undefined : sizeIn(text)
  if (size === undefined) return fixedBytes[type.kind] ?? 0
  const bytes = size * characterBytes(collationOf(server, table, column))
  return /^var/i.test(text) ? bytes + (bytes > 255 ? 2 : 1) : bytes
}

/** Refuses a table whose rows are longer than the server lets them be. */
export function requireRow(server: Server, table: TableModel): void {
  const nulls = Math.ceil(table.columns.filter(({ nullable }) => nullable).length / 8)
  const bytes = table.columns.reduce((sum, column) => sum + bytesOf(server, table, column), nulls)
  if (bytes <= maxRowBytes) return
  const why = `they take up to ${bytes} bytes of a row, and all that are no TEXT or BLOB have ${maxRowBytes}`
  throw unsupported(`the columns of ${refText(table.ref)}`, why)
}
