import type { ColumnModel, ColumnType, DefaultValue, Identity, SqlValue, TableModel } from '@org/migrate-core/dialect'
import { enclosed } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { type ColumnText, findPart, parseColumnText, partKinds, setPart } from '../sql/column-text.ts'
import { quote, quotedComment, unsupported } from '../sql/quote.ts'
import { collationOf, tableCollation } from '../types/canonicalise.ts'
import { isGeometry, isLarge, isTemporal, isText, precisionOf, toSql } from '../types/types.ts'
import { readSqlDefault } from './defaults.ts'
import { requireSize } from './type-limits.ts'

const literal = (value: SqlValue): string => quote.literal(value).text

function nowText(type: ColumnType): string {
  const precision = precisionOf(type)
  return precision === 0 ? 'CURRENT_TIMESTAMP' : `CURRENT_TIMESTAMP(${precision})`
}

const isPlainBits = (sql: string): boolean => /^(?:0x(?:[0-9a-f]{2})+|x'(?:[0-9a-f]{2})*'|b'[01]+')$/i.test(sql)

/** What stands after DEFAULT; undefined where nothing has to. */
function defaultText(server: Server, type: ColumnType, value: DefaultValue): string {
  // A literal of bits or bytes is a value: in parentheses it would be an expression.
  if (value.kind === 'expression') {
    // MySQL's `(CURRENT_TIMESTAMP)` has no fractions, whatever its column has; MariaDB's has those of its column.
    if (isTemporal(type) && readSqlDefault(type, value.sql)?.kind === 'now') return nowText(type)
    return isPlainBits(value.sql) && !isLarge(type) ? value.sql : enclosed(value.sql).text
  }
  // Only a column of the type may have the bare word: https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html
  if (value.kind === 'now') return isTemporal(type) ? nowText(type) : '(CURRENT_TIMESTAMP)'
  const text = typeof value.value === 'boolean' ? String(Number(value.value)) : literal(value.value)
  // "BLOB, TEXT, GEOMETRY, and JSON can be assigned a default value only if it is written as an expression" (MySQL manual).
  return server.flavour === 'mysql' && isLarge(type) && value.value !== null ? `(${text})` : text
}

/** ON UPDATE keeps up with the digits of its column: others are an error (1294). */
function onUpdateText(type: ColumnType): string {
  return `ON UPDATE ${nowText(type)}`
}

type Writers = {
  readonly [K in Exclude<(typeof partKinds)[number], 'type' | 'charset' | 'collate' | 'check'>]: (
    server: Server,
    column: ColumnModel,
  ) => string | undefined
}

const isTimestamp = (type: ColumnType): boolean => /^timestamp\b/i.test(toSql(type))

/** https://mariadb.com/kb/en/timestamp/#automatic-values */
function requireExplicit({ name, type, default: value, onUpdate, generated }: ColumnModel): void {
  if (value !== undefined || onUpdate !== undefined || generated !== undefined || !isTimestamp(type)) return
  throw unsupported(
    `NOT NULL of the column ${name} without a default`,
    'where explicit_defaults_for_timestamp is off, this server gives a TIMESTAMP a default of its own',
    'Give it a default, take DATETIME, or start the server with explicit_defaults_for_timestamp=ON.',
  )
}

function nullableText(server: Server, column: ColumnModel): string | undefined {
  if (!column.nullable) {
    if (server.implicitTimestamps) requireExplicit(column)
    // https://mariadb.com/kb/en/generated-columns/: NOT NULL is a syntax error there.
    if (column.generated === undefined || server.flavour === 'mysql') return 'NOT NULL'
    throw unsupported(
      `NOT NULL of the generated column ${column.name}`,
      'MariaDB has no NOT NULL for a generated column',
      'Let it be nullable, and add a check that it IS NOT NULL.',
    )
  }
  // Where explicit_defaults_for_timestamp is off, a TIMESTAMP that says nothing is NOT NULL.
  return isTimestamp(column.type) ? 'NULL' : undefined
}

/** Where AUTO_INCREMENT ends is where its type ends. */
function checkCounting(name: string, identity: Identity): void {
  const { mode: _, start: __, increment: ___, ...rest } = identity
  const [other] = Object.keys(rest)
  if (other === undefined) return
  throw unsupported(
    `${other} of the identity of column ${name}`,
    'AUTO_INCREMENT has no bounds, cache or cycle of its own',
    `Leave ${other} out, or say it for PostgreSQL alone with op.on().`,
  )
}

const writers: Writers = {
  generated: (_, { generated }) =>
    generated &&
    `GENERATED ALWAYS AS ${enclosed(generated.expression).text} ${generated.stored ? 'STORED' : 'VIRTUAL'}`,
  nullable: nullableText,
  default: (server, { type, default: value }) => value && `DEFAULT ${defaultText(server, type, value)}`,
  onUpdate(_, { name, type, onUpdate }) {
    if (onUpdate === undefined) return undefined
    if (isTemporal(type)) return onUpdateText(type)
    throw unsupported(
      `ON UPDATE of column ${name}`,
      'only DATETIME and TIMESTAMP columns are set to the time of an update',
      'Give it one of these types, or leave onUpdate out.',
    )
  },
  autoIncrement(_, { name, identity }) {
    if (identity === undefined) return undefined
    checkCounting(name, identity)
    if ((identity.increment ?? 1) === 1) return 'AUTO_INCREMENT'
    throw unsupported(
      `the increment of column ${name}`,
      'AUTO_INCREMENT counts by a setting of the server (auto_increment_increment), the same for all tables',
      'Leave the increment out.',
    )
  },
  comment: (_, { comment }) =>
    comment === undefined || comment === '' ? undefined : `COMMENT ${quotedComment(comment)}`,
}

/** Type, character set and collation; the last two only where they are not the table's. */
function typeParts(server: Server, table: TableModel, column: ColumnModel): ColumnText {
  const parts = parseColumnText(toSql(column.type))
  const collation = collationOf(server, table, column)
  requireSize(server, column, collation)
  if (collation === undefined || collation === tableCollation(server, table)) return parts
  return setPart(parts, 'collate', `COLLATE ${collation}`)
}

/** The definition of a column of a canonical table, from the model alone. */
export function columnParts(server: Server, table: TableModel, column: ColumnModel): ColumnText {
  let parts = typeParts(server, table, column)
  for (const kind of partKinds) {
    if (!(kind in writers)) continue
    parts = setPart(parts, kind, writers[kind as keyof Writers](server, column))
  }
  return parts
}

/** A column on one side of a change: the model, and the table it stands in. */
interface TableColumn {
  readonly table: TableModel
  readonly column: ColumnModel
}

const isCompressed = ({ kind, text }: ColumnText[number]): boolean => kind === 'other' && /COMPRESSED/i.test(text)

/** MariaDB takes COMPRESSED for a word of the type, directly behind it: with another type it goes, or comes. */
const withCompression = (parts: ColumnText, written: ColumnText): ColumnText =>
  parts.filter((part) => !isCompressed(part)).toSpliced(1, 0, ...written.filter(isCompressed))

/** What the change that is taken back took away with the type. */
function removedParts(before: ColumnModel, after: ColumnModel, left: ColumnText): ColumnText {
  if (after.source === undefined || after.source === before.source) return []
  const present = new Set(left.map(({ text }) => text))
  return parseColumnText(after.source).filter(
    (part) => part.kind === 'other' && !isCompressed(part) && !present.has(part.text),
  )
}

function withType(server: Server, parts: ColumnText, from: TableColumn, to: TableColumn): ColumnText {
  const written = typeParts(server, to.table, to.column)
  const typed = toSql(from.column.type) !== toSql(to.column.type)
  let next = typed ? withCompression(setPart(parts, 'type', findPart(written, 'type')), written) : parts
  for (const kind of ['charset', 'collate'] as const) next = setPart(next, kind, findPart(written, kind))
  if (!typed) return next
  // MariaDB's JSON is a LONGTEXT with this check: what is no JSON any more has it no more.
  if (from.column.type.kind === 'json')
    next = next.filter(({ kind, text }) => kind !== 'check' || !/json_valid/i.test(text))
  if (!isGeometry(to.column.type))
    next = next.filter(({ kind, text }) => kind !== 'other' || !/SRID|REF_SYSTEM_ID/.test(text))
  next = next.toSpliced(1, 0, ...removedParts(from.column, to.column, next))
  if (findPart(next, 'onUpdate') !== undefined) {
    next = setPart(next, 'onUpdate', isTemporal(to.column.type) ? onUpdateText(to.column.type) : undefined)
  }
  return to.column.default === undefined ? next : setPart(next, 'default', writers.default(server, to.column))
}

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null)

/**
 * The definition with what is new in the model put in, and every other word of it left as it is: MODIFY takes a column's whole
 * definition, and what it does not say is gone.
 */
export function editColumn(server: Server, text: ColumnText, from: TableColumn, to: TableColumn): ColumnText {
  const [before, after] = [from.column, to.column]
  let parts = text
  const typed = toSql(before.type) !== toSql(after.type)
  const respelled =
    isText(after.type) &&
    (collationOf(server, from.table, before) !== collationOf(server, to.table, after) ||
      tableCollation(server, from.table) !== tableCollation(server, to.table))
  if (typed || respelled) parts = withType(server, parts, from, to)
  for (const kind of ['generated', 'default', 'onUpdate', 'autoIncrement', 'comment'] as const) {
    const fact = kind === 'autoIncrement' ? 'identity' : kind
    const changed =
      kind === 'autoIncrement'
        ? (before.identity === undefined) !== (after.identity === undefined)
        : differs(before[fact], after[fact])
    if (changed) parts = setPart(parts, kind, writers[kind](server, after))
  }
  // MariaDB shows a default, the time zero, that the column had only because an update sets it and it was NOT NULL.
  const forItself = after.onUpdate === undefined || (after.nullable && !before.nullable)
  if (before.onUpdate !== undefined && forItself && after.default === undefined)
    parts = setPart(parts, 'default', undefined)
  // A column that becomes computed keeps its NOT NULL, where the server has that.
  const computed = before.generated === undefined && after.generated !== undefined
  if (before.nullable !== after.nullable || computed)
    parts = setPart(parts, 'nullable', writers.nullable(server, after))
  const none = /^DEFAULT NULL$/i.test(findPart(parts, 'default') ?? '')
  return none && (!after.nullable || after.generated !== undefined) ? setPart(parts, 'default', undefined) : parts
}
