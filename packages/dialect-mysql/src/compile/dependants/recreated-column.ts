import {
  enclosed,
  join,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { readsColumn, renamedInExpression } from '../../ddl/rename-in-expression.ts'
import { columnLine, columnTextOf, unenforcedChecks } from '../../ddl/source.ts'
import type { Server } from '../../flavour.ts'
import { type ColumnText, findPart, setPart } from '../../sql/column-text.ts'
import { quote, unsupported } from '../../sql/quote.ts'
import { isWord, nameOf, significant } from '../../sql/tokens.ts'
import { alterTable, columnOf, positionClause, refText, statement } from '../statements.ts'
import { requireUnindexed } from './column-dependants.ts'

type Kind = 'plain' | 'virtual' | 'stored'

export const kindOf = (table: TableModel, name: string): Kind => {
  const { generated } = columnOf(table, name)
  return generated === undefined ? 'plain' : generated.stored ? 'stored' : 'virtual'
}

/** The column, and those that read it, also by what lies between: MySQL puts the expression of a virtual column into what reads that (3108). */
function withReaders(server: Server, table: TableModel, name: string): ReadonlySet<string> {
  const texts = table.columns.map((column) => ({
    name: column.name,
    expressions: columnTextOf(server, table, column.name)
      .filter(({ kind }) => kind === 'generated' || kind === 'default' || kind === 'check')
      .map(({ text }) => text),
  }))
  const names = new Set([name])
  // A set that grows is gone through to its end.
  for (const read of names) {
    for (const each of texts) if (each.expressions.some((text) => readsColumn(text, read))) names.add(each.name)
  }
  return names
}

/**
 * Functions that MySQL does not take in a statement that adds a column, whatever the format of its binary log (1674; measured on 9.7).
 * https://dev.mysql.com/doc/refman/8.4/en/replication-rbr-safe-unsafe.html
 */
const unsafeFunctions = new Set(
  'aes_decrypt aes_encrypt current_user rand random_bytes session_user sysdate system_user user uuid uuid_short'.split(
    ' ',
  ),
)

export function hasUnsafeDefault(server: Server, text: ColumnText): boolean {
  if (server.flavour === 'mariadb') return false
  const tokens = significant(findPart(text, 'default') ?? '')
  return tokens.some((token, at) => {
    const isCalled = tokens[at + 1]?.text === '(' || isWord(token, 'CURRENT_USER')
    return isCalled && unsafeFunctions.has(nameOf(token)?.toLowerCase() ?? '')
  })
}

interface DependantClauses {
  readonly before: readonly SqlFragment[]
  readonly behind: readonly SqlFragment[]
}

/**
 * What goes and comes in the statement that recreates a column. A check over it alone would go with it without a word, and what others read
 * MySQL does not change (3959, 3108): https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html. MariaDB leaves the
 * values of a stored generated column, and a check over others, as they are where the statement does not name them.
 */
function dependantClauses(server: Server, before: TableModel, after: TableModel, name: string): DependantClauses {
  const dropped = verbatim(server.flavour === 'mysql' ? 'DROP CHECK' : 'DROP CONSTRAINT')
  const names = withReaders(server, after, name)
  const enforced = before.constraints.flatMap((each) => {
    if (each.kind !== 'check' || each.name === undefined) return []
    const { expression } = each
    const constraint = quote.identifier(each.name)
    const text = sql`CONSTRAINT ${constraint} CHECK ${enclosed(expression)}`
    return [...names].some((column) => readsColumn(expression, column)) ? [{ constraint, text }] : []
  })
  const unenforced = unenforcedChecks(before, name).map((check) => {
    const constraint = quote.identifier(check.name)
    return { constraint, text: sql`CONSTRAINT ${constraint} CHECK ${verbatim(check.text)}` }
  })
  const checks = [...enforced, ...unenforced]
  const readers = after.columns.filter((column) => column.name !== name && names.has(column.name))
  return {
    before: checks.map(({ constraint }) => sql`${dropped} ${constraint}`),
    behind: [
      ...readers.map((column) => modification(server, after, column.name)),
      ...checks.map(({ text }) => sql`ADD ${text}`),
    ],
  }
}

const modification = (server: Server, table: TableModel, name: string): SqlFragment =>
  sql`MODIFY COLUMN ${verbatim(columnLine(name, columnTextOf(server, table, name)))}`

/** MariaDB gives a virtual column another expression without a look at the rows, which hold what stored columns have computed of it. */
export function recomputeVirtual(
  server: Server,
  before: TableModel,
  after: TableModel,
  name: string,
): readonly Statement[] | undefined {
  if (server.flavour !== 'mariadb' || kindOf(before, name) !== 'virtual' || kindOf(after, name) !== 'virtual')
    return undefined
  const [own, changed] = [columnTextOf(server, before, name), columnTextOf(server, after, name)]
  const isSame = (kind: 'type' | 'generated'): boolean => findPart(own, kind) === findPart(changed, kind)
  if (isSame('type') && isSame('generated')) return undefined
  const clauses = dependantClauses(server, before, after, name)
  return [alterTable(after.ref, [...clauses.before, modification(server, after, name), ...clauses.behind])]
}

/** A virtual column is in no row: MODIFY does not make one of it, nor one of a virtual column (3106, 1907). */
export function recreateColumn(
  server: Server,
  before: TableModel,
  after: TableModel,
  name: string,
): readonly Statement[] {
  requireUnindexed(before, name, 'making a virtual column')
  const clauses = dependantClauses(server, before, after, name)
  const recreate = (text: string): Statement =>
    alterTable(after.ref, [
      ...clauses.before,
      sql`DROP COLUMN ${quote.identifier(name)}`,
      sql`ADD COLUMN ${verbatim(text)} ${positionClause(after, name)}`,
      ...clauses.behind,
    ])
  const text = columnTextOf(server, after, name)
  if (kindOf(before, name) !== 'virtual' || kindOf(after, name) !== 'plain') return [recreate(columnLine(name, text))]
  // Its values stay: computed into the rows first, then the expression goes.
  const own = columnTextOf(server, before, name)
  const stored = setPart(own, 'generated', (findPart(own, 'generated') ?? '').replace(/(?:\s+VIRTUAL)?$/i, ' STORED'))
  return [
    recreate(columnLine(name, stored)),
    alterTable(after.ref, [sql`MODIFY COLUMN ${verbatim(columnLine(name, text))}`]),
  ]
}

/** Words before a parenthesis: of the language, of types, and of functions that a default may hold on every server. */
const allowed = new Set(
  `and as between binary case char cast decimal div else in interval is like mod not numeric or regexp rlike then varbinary varchar when xor
  abs ceil ceiling floor greatest least pow power round sign sqrt truncate
  ascii bin bit_length char_length character_length coalesce concat concat_ws conv convert elt field find_in_set format from_base64 hex if
  ifnull insert instr isnull lcase left length locate lower lpad ltrim md5 nullif octet_length ord position repeat replace reverse right rpad
  rtrim sha sha1 sha2 soundex space strcmp substr substring substring_index to_base64 trim ucase unhex upper
  adddate addtime date date_add date_format date_sub datediff day dayofmonth dayofweek dayofyear from_days from_unixtime hour last_day makedate
  maketime microsecond minute month period_add quarter sec_to_time second str_to_date subdate subtime time time_format time_to_sec timediff
  timestamp timestampadd timestampdiff to_days unix_timestamp week weekday year yearweek
  json_array json_extract json_object json_quote json_unquote json_valid json_value regexp_replace regexp_substr regexp_instr`.split(
    /\s+/,
  ),
)

/** It would take along what follows. */
const lineComment = /--|#/

/** Where an unquoted name may be a word of the language: a type, a unit, a character set. Renamed there it would be none. */
const ambiguous =
  /^(?:date|time|datetime|timestamp|year|quarter|month|week|day|hour|minute|second|microsecond|char|nchar|binary|signed|unsigned|decimal|double|float|real|integer|int|json|ascii|latin\w*|utf\w*|ucs\w*|cp\w*)$/i

/**
 * Whether the expression may be the default of a column that takes this one's place: no subquery, variable or stored function, and no
 * column that counts or is computed. What is not known is computed by an UPDATE, which takes all of it.
 * https://dev.mysql.com/doc/refman/8.4/en/data-type-default-values.html#data-type-defaults-explicit
 */
function isDefault(table: TableModel, column: string, expression: string): boolean {
  const readsComputed = table.columns.some(({ name, identity, generated, default: value }) => {
    const isDefaulted = identity !== undefined || (value !== undefined && value.kind !== 'literal')
    const isComputed = generated !== undefined || (isDefaulted && name !== column)
    return isComputed && readsColumn(expression, name)
  })
  if (readsComputed || ambiguous.test(column) || lineComment.test(expression)) return false
  const tokens = significant(expression)
  return tokens.every((token, at) => {
    if (isWord(token, 'SELECT', 'CURRENT_USER') || token.text === '@') return false
    const name = tokens[at + 1]?.text === '(' ? nameOf(token) : undefined
    return name === undefined || (allowed.has(name.toLowerCase()) && tokens[at - 1]?.text !== '.')
  })
}

function updateTriggers(model: SchemaModel, table: TableModel): readonly string[] {
  return [...model.triggers.values()].flatMap(({ name, table: { name: on }, definition }) => {
    const tokens = significant(definition)
    const event = tokens[tokens.findIndex((token) => isWord(token, 'ON')) - 1]
    return on === table.ref.name && isWord(event, 'UPDATE') ? [name] : []
  })
}

/** Sets a column in all rows. What the server would set by itself in an UPDATE stays as it is. */
export function updateOf(table: TableModel, column: SqlFragment, value: SqlFragment): SqlFragment {
  const untouched = table.columns.filter(({ onUpdate }) => onUpdate !== undefined).map((each) => each.name)
  const sets = [sql`${column} = ${value}`, ...untouched.map(quote.identifier).map((each) => sql`${each} = ${each}`)]
  return sql`UPDATE ${quote.table(table.ref)} SET ${join(sets)}`
}

/** A name for the column that is there only between two statements; names have at most 64 characters (1059). */
function temporaryName(table: TableModel, column: string, ending: '__old' | '__new'): string {
  const name = [...column].slice(0, 64 - ending.length).join('') + ending
  if (table.columns.every((each) => each.name.toLowerCase() !== name.toLowerCase())) return name
  throw unsupported(
    `a conversion by \`using\` of ${refText(table.ref)}.${column}`,
    `it makes a column ${name} for a time, and there is one`,
    `Rename the column ${name} first, and back afterwards.`,
  )
}

/** Gives a row where the table has the column. */
function columnQuery({ schema, name }: TableRef, column: string): string {
  const where = schema === undefined ? sql`DATABASE()` : quote.literal(schema)
  return sql`SELECT 1 AS found FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${where} AND TABLE_NAME = ${quote.literal(name)} AND COLUMN_NAME = ${quote.literal(column)}`
    .text
}

interface Conversion {
  readonly server: Server
  readonly model: SchemaModel
  readonly before: TableModel
  readonly after: TableModel
  readonly name: string
  readonly using: string
}

/**
 * The old values go through an expression. As the default of a new column, the server computes it while it copies the table: no trigger
 * runs, no ON UPDATE sets a time, and what others write before is converted, what they write afterwards is the new column's.
 */
export function convertColumn({ server, model, before, after, name, using }: Conversion): readonly Statement[] {
  requireUnindexed(before, name, 'a conversion by `using`')
  const clauses = dependantClauses(server, before, after, name)
  const text = columnTextOf(server, after, name)
  const column = quote.identifier(name)
  const note = `convert ${refText(after.ref)}.${name}`
  // The readers come in the statement that adds the column.
  const isUnsafe = [...withReaders(server, after, name)].some(
    (reader) => reader !== name && hasUnsafeDefault(server, columnTextOf(server, after, reader)),
  )
  if (!isUnsafe && isDefault(before, name, using)) {
    const old = temporaryName(before, name, '__old')
    const oldColumn = quote.identifier(old)
    const own = columnTextOf(server, before, name)
    // Its default goes: a statement that adds a column may name no `uuid()` in any (1674).
    const oldText = setPart(setPart(setPart(own, 'check', undefined), 'nullable', 'NULL'), 'default', undefined)
    const computed = setPart(text, 'default', `DEFAULT (${renamedInExpression(using, name, old)})`)
    return [
      alterTable(
        after.ref,
        [
          ...clauses.before,
          sql`CHANGE COLUMN ${column} ${verbatim(columnLine(old, oldText))}`,
          sql`ADD COLUMN ${verbatim(columnLine(name, computed))} AFTER ${oldColumn}`,
          ...clauses.behind,
        ],
        { note },
      ),
      alterTable(after.ref, [sql`DROP COLUMN ${oldColumn}`, sql`MODIFY COLUMN ${verbatim(columnLine(name, text))}`]),
    ]
  }
  const between = temporaryName(before, name, '__new')
  const newColumn = quote.identifier(between)
  const emptyText = setPart(setPart(text, 'nullable', 'NULL'), 'default', undefined)
  const update = updateOf(before, newColumn, verbatim(using))
  const triggers = updateTriggers(model, before)
  const runs = triggers.length === 0 ? '' : `, and its triggers run: ${triggers.join(', ')}`
  const interim = {
    find: columnQuery(after.ref, between),
    clear: alterTable(after.ref, [sql`DROP COLUMN ${newColumn}`]).sql,
    note: `drop ${refText(after.ref)}.${between}, in which the values were computed`,
  }
  return [
    alterTable(after.ref, [sql`ADD COLUMN ${verbatim(columnLine(between, emptyText))} AFTER ${column}`], { interim }),
    statement(update, [after.ref], {
      note,
      caution: `${refText(after.ref)}.${name} is converted by an UPDATE: what other sessions write to it until the column is replaced is lost${runs}`,
    }),
    alterTable(after.ref, [
      ...clauses.before,
      sql`DROP COLUMN ${column}`,
      sql`CHANGE COLUMN ${newColumn} ${verbatim(columnLine(name, text))}`,
      ...clauses.behind,
    ]),
  ]
}
