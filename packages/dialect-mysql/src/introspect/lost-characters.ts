import type { Row, Session } from '@org/migrate-core/dialect'
import { storedText } from '../ddl/defaults.ts'
import type { Server } from '../flavour.ts'
import { type ColumnText, findPart, parseTableText, type TableText } from '../sql/column-text.ts'
import { quote, quotedString } from '../sql/quote.ts'
import { significant, stringValue } from '../sql/tokens.ts'
import { isBytes, isText, typesFor } from '../types/types.ts'
import { cell, text } from './catalog.ts'

/*
 * What the catalog does not show. Its character set is utf8mb3: a character beyond U+FFFF comes out as `?` in a value and as `????`
 * in an expression, and MODIFY would write that back. Who still has it, as measured:
 *
 * - the value of a default: DEFAULT() in a query, on both flavours; so it is with the bytes of a BINARY column, which MySQL's
 *   catalog cuts at the first zero and MariaDB's shows as if they were text;
 * - an expression: SHOW CREATE TABLE of MariaDB, and information_schema of MySQL;
 * - a value of an enum: nothing. `compile/columns.ts` asks the server there not to take another list for it.
 */

interface DoubtfulDefault {
  readonly name: string
  readonly bytes: boolean
}

const isLiteral = (server: Server, row: Row, shown: string): boolean =>
  server.flavour === 'mysql' ? !/DEFAULT_GENERATED/i.test(text(row, 'extra')) : /^'/.test(shown)

/** The columns whose default may be another one than the catalog says. */
function findDoubtfulDefaults(server: Server, rows: readonly Row[]): readonly DoubtfulDefault[] {
  return rows.flatMap((row) => {
    const shown = cell(row, 'default')
    if (shown === null || !isLiteral(server, row, shown)) return []
    const type = typesFor(server).fromSql(text(row, 'type'))
    const bytes = isBytes(type)
    return bytes || (isText(type) && shown.includes('?')) ? [{ name: text(row, 'name'), bytes }] : []
  })
}

/**
 * The defaults themselves, which need a row to be asked for: the first of the table, or the empty one of the join. There a column that
 * is NOT NULL has none, and is left out.
 */
async function readValues(
  session: Session,
  table: string,
  doubtfulDefaults: readonly DoubtfulDefault[],
): Promise<ReadonlyMap<string, Buffer>> {
  const values = doubtfulDefaults.map(({ name, bytes }, at) => {
    const value = `DEFAULT(t.${quote.identifier(name).text})`
    return `HEX(${bytes ? value : `CONVERT(${value} USING utf8mb4)`}) AS v${at}`
  })
  const [row = {}] = await session.query(
    `SELECT ${values.join(', ')} FROM (SELECT 1 AS one) AS x LEFT JOIN ${quote.identifier(table).text} AS t ON TRUE LIMIT 1`,
  )
  return new Map(
    doubtfulDefaults.flatMap(({ name }, at) => {
      const value = cell(row, `v${at}`)
      return value === null ? [] : [[name, Buffer.from(value, 'hex')]]
    }),
  )
}

/** MySQL's own text has such a default as a number: of the bytes, or of the characters in the column's character set. */
function valueFromText(
  { name, bytes }: DoubtfulDefault,
  row: Row,
  own: TableText,
): readonly (readonly [string, Buffer])[] {
  const shown = findPart(own.columns.get(name) ?? [], 'default')?.slice('DEFAULT '.length) ?? ''
  if (/^'/.test(shown)) return [[name, Buffer.from(stringValue(shown), 'utf8')]]
  const readable = bytes || /^utf8/.test(text(row, 'collation'))
  return readable && /^0x[0-9a-f]+$/i.test(shown) ? [[name, Buffer.from(shown.slice(2), 'hex')]] : []
}

const hex = (value: Buffer): string => value.toString('hex').toUpperCase()

const isUtf8 = (value: Buffer): boolean => Buffer.from(value.toString('utf8'), 'utf8').equals(value)

/** The default as the catalog of that flavour would write it, had it the characters. */
function written(server: Server, value: Buffer, bytes: boolean): string {
  if (server.flavour === 'mysql') return bytes ? `0x${hex(value)}` : value.toString('utf8')
  return bytes && !isUtf8(value) ? `x'${hex(value)}'` : quotedString(value.toString('utf8'))
}

const lostInExpression = /\?\?\?\?/

/** An expression with what is lost in it, to be told apart from another one that has question marks. */
const asShown = (expression: string): string => expression.replaceAll(/[\u{10000}-\u{10FFFF}]/gu, '????')

/** Behind the word, up to the parenthesis that closes last. */
const inside = (part: string): string => part.slice(part.indexOf('(') + 1, part.lastIndexOf(')'))

/** MariaDB: the expressions of a column as its own text has them. */
function fromText(row: Row, parts: ColumnText): Row {
  const generated = findPart(parts, 'generated')
  const value = findPart(parts, 'default')
  return {
    ...row,
    ...(generated !== undefined && lostInExpression.test(text(row, 'expression'))
      ? { expression: inside(generated) }
      : {}),
    ...(value !== undefined && lostInExpression.test(text(row, 'default'))
      ? { default: value.slice('DEFAULT '.length) }
      : {}),
  }
}

function checkFromText(row: Row, { columns, items }: TableText): Row {
  if (!lostInExpression.test(text(row, 'clause'))) return row
  const name = text(row, 'name')
  const start = `CONSTRAINT ${quote.identifier(name).text} CHECK `
  const own =
    text(row, 'level') === 'Column'
      ? findPart(columns.get(name) ?? [], 'check')
      : items.find((item) => item.startsWith(start))?.slice(start.length)
  return own === undefined ? row : { ...row, clause: inside(own) }
}

/** The parts of a column's text that are another thing than what it shows. */
function replaced(
  server: Server,
  row: Row,
  value: Buffer | undefined,
  parts: ColumnText,
): readonly (readonly [string, string])[] {
  return parts.flatMap((part): readonly (readonly [string, string])[] => {
    if (part.kind === 'default' && value !== undefined) {
      const [, shown, more] = significant(part.text)
      if (shown?.kind !== 'string' || more !== undefined) return []
      if (Buffer.from(stringValue(shown.text), 'utf8').equals(value)) return []
      return [[part.text, `DEFAULT ${isUtf8(value) ? quotedString(value.toString('utf8')) : `x'${hex(value)}'`}`]]
    }
    if (server.flavour === 'mariadb' || !lostInExpression.test(part.text)) return []
    if (part.kind !== 'default' && part.kind !== 'generated') return []
    const whole = storedText(text(row, part.kind === 'default' ? 'default' : 'expression'))
    const shown = inside(part.text)
    return asShown(whole) === shown ? [[part.text, part.text.replace(shown, () => whole)]] : []
  })
}

interface CatalogRows {
  readonly columns: readonly Row[]
  readonly checks: readonly Row[]
  readonly source: string | undefined
}

/** What was read of a table with what the server did not show put in; `readText` reads the table's text where it has to be known. */
export async function withLostCharacters(
  server: Server,
  session: Session,
  table: string,
  read: CatalogRows,
  readText: () => Promise<string>,
): Promise<CatalogRows> {
  const doubtfulDefaults = findDoubtfulDefaults(server, read.columns)
  let values =
    doubtfulDefaults.length === 0 ? new Map<string, Buffer>() : await readValues(session, table, doubtfulDefaults)
  const unknown = doubtfulDefaults.filter(({ name }) => !values.has(name))
  if (server.flavour === 'mysql' && unknown.length > 0) {
    const own = parseTableText(read.source ?? (await readText()))
    const rows = new Map(read.columns.map((row) => [text(row, 'name'), row]))
    values = new Map([...values, ...unknown.flatMap((each) => valueFromText(each, rows.get(each.name) ?? {}, own))])
  }
  const bytes = new Set(doubtfulDefaults.flatMap((each) => (each.bytes ? [each.name] : [])))
  let columns = read.columns.map((row) => {
    const value = values.get(text(row, 'name'))
    return value === undefined ? row : { ...row, default: written(server, value, bytes.has(text(row, 'name'))) }
  })
  let { checks, source } = read
  const lost = [
    ...columns.flatMap((row) => [text(row, 'expression'), text(row, 'default')]),
    ...checks.map((row) => text(row, 'clause')),
  ]
  if (server.flavour === 'mariadb' && lost.some((each) => lostInExpression.test(each))) {
    const own = parseTableText(source ?? (await readText()))
    columns = columns.map((row) =>
      values.has(text(row, 'name')) ? row : fromText(row, own.columns.get(text(row, 'name')) ?? []),
    )
    checks = checks.map((row) => checkFromText(row, own))
  }
  if (source !== undefined) {
    const own = parseTableText(source)
    for (const row of read.columns) {
      const name = text(row, 'name')
      const start = `\n  ${quote.identifier(name).text} `
      for (const [shown, whole] of replaced(server, row, values.get(name), own.columns.get(name) ?? [])) {
        // A line feed in a text is printed as `\n`: every line is one column.
        const from = source.indexOf(shown, source.indexOf(start) + start.length)
        if (from !== -1) source = source.slice(0, from) + whole + source.slice(from + shown.length)
      }
    }
  }
  return { columns, checks, source }
}
