import { join, refText, type SqlFragment, sql, type TableRef, verbatim } from '@org/migrate-core/dialect'
import type { FillChange } from '../differences/change.ts'
import { inverseFills } from '../differences/inverse-fills.ts'
import { array, arrow, type Code, call, literal, object, string, template, verbatimCode } from './code.ts'
import { type Document, hardLine, indent, list } from './document.ts'
import { isFree } from './names.ts'
import { isIdentifier, stringLiteral, templateText } from './source-text.ts'
import { type Step, tableName } from './statement.ts'

/** Names as data steps write them for every server: in double quotes. */
const identifier = (name: string): SqlFragment => verbatim(`"${name.replaceAll('"', '""')}"`)

const tableOf = ({ schema, name }: TableRef): SqlFragment =>
  schema === undefined ? identifier(name) : sql`${identifier(schema)}.${identifier(name)}`

interface Filling {
  readonly fill: FillChange
  /** The statement up to the condition of the key, which is added to those that are there. */
  readonly update: SqlFragment
  /** Which rows, and the value that this asks for. */
  readonly condition: SqlFragment
  readonly conditionValues: readonly Code[]
  /** The values of the statement, in the order of their places. */
  readonly values: readonly Code[]
}

/** The statement that gives all rows of a fill their value, as portable SQL with its parameters. */
export function fillStatement(fill: FillChange): { readonly sql: string; readonly params: readonly string[] } {
  const { update } = fillingOf(fill, undefined)
  return { sql: update.text, params: fill.where.kind === 'null' ? [] : [fill.where.value] }
}

/** The rows are looked at again when they are written: what another session wrote meanwhile stays. */
function fillingOf(fill: FillChange, constant: string | undefined): Filling {
  const column = identifier(fill.column)
  const { where } = fill
  const condition = where.kind === 'null' ? sql`${column} IS NULL` : sql`${column} = ?`
  const conditionValues = where.kind === 'null' ? [] : [string(where.value)]
  const value = verbatim(constant === undefined ? (fill.value ?? 'NULL') : '?')
  const unchanged = (fill.unchangedColumns ?? []).map((name) => sql`, ${identifier(name)} = ${identifier(name)}`)
  const set = sql`${column} = ${value}${join(unchanged, '')}`
  const update = sql`UPDATE ${tableOf(fill.table)} SET ${set} WHERE ${condition}`
  const values = [...(constant === undefined ? [] : [verbatimCode(constant)]), ...conditionValues]
  return { fill, update, condition, conditionValues, values }
}

const awaited = (callee: string, given: readonly Code[]): Document => list('await ', call(callee, given).document)

/** `{ id = null }`: an absent value is none for the type checker. A name that would hide another gets a new one. */
function taken(column: string, name: string): string {
  if (column === name) return `{ ${column} = null }`
  return `{ ${isIdentifier(column) ? column : stringLiteral(column)}: ${name} = null }`
}

/** All rows of a batch in one statement. */
function byOneColumn({ update, values }: Filling, column: string): readonly Document[] {
  const name = isFree(column) ? column : 'key'
  const statement = `${templateText(sql`${update} AND ${identifier(column)} IN (`.text)}\${places})`
  return [
    `const keys = rows.map((${taken(column, name)}) => ${name})`,
    "const places = keys.map(() => '?').join(', ')",
    awaited('db.execute', [
      template(statement),
      values.length === 0 ? verbatimCode('keys') : array([...values, verbatimCode('...keys')]),
    ]),
  ]
}

/** Pairs in a list of values are no SQL that every server knows: row by row. */
function byColumns(
  { update, values }: Filling,
  columns: readonly string[],
  constant: string | undefined,
): readonly Document[] {
  const names = columns.map((column, at) => (isFree(column) && column !== constant ? column : `key${at + 1}`))
  const bound = columns.map((column, at) => taken(column, names[at] ?? '').slice(2, -2)).join(', ')
  const conditions = join(
    columns.map((column) => sql` AND ${identifier(column)} = ?`),
    '',
  )
  const given = [string(sql`${update}${conditions}`.text), array([...values, ...names.map(verbatimCode)])]
  return [list(`for (const { ${bound} } of rows) {`, indent(hardLine, awaited('db.execute', given)), hardLine, '}')]
}

function backfill(filling: Filling, key: readonly string[], constant: string | undefined): Document {
  const { fill, condition, conditionValues } = filling
  const [column = '', ...rest] = key
  const step = rest.length === 0 ? byOneColumn(filling, column) : byColumns(filling, key, constant)
  return awaited('db.backfill', [
    object({
      table: tableName(fill.table),
      key: literal(key),
      columns: array([]),
      where: string(condition.text),
      params: conditionValues.length === 0 ? undefined : array(conditionValues),
      step: arrow('async (rows)', step),
    }),
  ])
}

function workOf(fill: FillChange, constant: string | undefined): Document {
  const filling = fillingOf(fill, constant)
  if (fill.key !== undefined && fill.key.length > 0) return backfill(filling, fill.key, constant)
  const { update, values } = filling
  return awaited('db.execute', [string(update.text), ...(values.length === 0 ? [] : [array(values)])])
}

const waiting = 'PostgreSQL keeps readers and writers of the table waiting until the revision commits.'
const unneeded =
  'A constant needs no step: add the column NOT NULL with it as `default`, and take the default away after.'

/** To preserve each NULL would take a row of migrate_preserved for it, which may be most rows of a large table: that is for the author. */
const staying = [
  'A downgrade leaves the new values in these rows.',
  "To restore the old ones, call `db.preserve` for each row, and set `down: 'restore'`.",
]

const restoring = [
  'Or remove this function, and write `preserve: true` at the drop in `upgrade`: a derived downgrade restores the values.',
]

/** `users.name`, where a point separates names only. */
function columnOf(table: TableRef, column: string): Code {
  const hasPoint = [table.schema ?? '', table.name, column].some((name) => name.includes('.'))
  return hasPoint
    ? object({ table: tableName(table), columns: literal([column]) })
    : string(`${refText(table)}.${column}`)
}

interface FillWriting {
  readonly label: string
  /** Holds the value that its author fills in. */
  readonly constant: string | undefined
  readonly section: 'upgrade' | 'downgrade'
  /** The databases that it is for. */
  readonly dialects: readonly string[]
}

/** The data step of a fill. */
export function fillStep(fill: FillChange, { label, constant, section, dialects }: FillWriting): Step {
  const [back] = inverseFills(fill)
  const work = (each: FillChange): Code => arrow('async (db)', [workOf(each, constant)])
  const { table, column, why, sources, isNew, isDropped } = fill
  // The downgrade drops a new column.
  const stays = back === undefined && !isNew && section === 'upgrade'
  const added = [...(dialects.includes('postgres') ? [waiting] : []), unneeded]
  return {
    comments: [why, ...(isNew ? added : []), ...(stays ? staying : []), ...(isDropped ? restoring : [])],
    method: 'run',
    given: [
      string(label),
      object({
        up: work(fill),
        down: back === undefined ? string('none') : work(back),
        // By it a later upgrade decides whether preserved values come back.
        from: sources === undefined ? undefined : array(sources.map((each) => columnOf(table, each))),
        to: array([columnOf(table, column)]),
      }),
    ],
  }
}

/** What its author is asked for. */
export function questionOf({ table, column, where, why }: FillChange): string {
  const rows = where.kind === 'null' ? 'have none' : `hold '${where.value}'`
  return `the value of ${refText(table)}.${column} for rows that ${rows}: ${why}`
}
