import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { findColumn, refText } from '../model/edit.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Outcome, Row, SqlValue } from '../model/sql-value.ts'
import type { UpdatedRow, UpdateEachOptions } from '../operations/step-database.ts'
import { enclosed } from '../sql/enclose.ts'
import { join, type SqlFragment, sql, verbatim } from '../sql/tag.ts'
import { hasMovedKey } from './moved-keys.ts'
import { valueText } from './preserved/encode.ts'
import { chunksOf } from './preserved/pages/chunks.ts'
import { placed } from './preserved/pages/conditions.ts'
import { rowWrite } from './preserved/pages/row-write.ts'
import { updateFrom } from './preserved/pages/update-from.ts'
import { valuesCondition } from './preserved/rows.ts'
import { haveSameKeys, keysAtOnce, type UpdateStatement } from './same-keys.ts'

/** A statement with its values stays well below what every server takes as one. */
const [bytesAtOnce, valuesAtOnce] = [1024 * 1024, 20_000]
/** A case that is a number is passed over sooner than one with a condition. */
const numbersAtOnce = 200

const textKinds: ReadonlySet<string> = new Set(['text', 'varchar', 'char'])

interface Update {
  readonly dialect: Dialect
  readonly table: TableModel
  readonly key: readonly string[]
  /** The columns that are set. */
  readonly columns: readonly string[]
  /** The column of the key, where it is one of whole numbers and so are its values: a choice by it is the shortest. */
  readonly number: string | undefined
  readonly where: SqlFragment | undefined
  readonly params: readonly SqlValue[]
}

/** A column of texts takes a whole number as its digits, as `execute` binds it: as a REAL, SQLite would write 5 as '5.0'. */
function cellOf({ dialect, table }: Update, name: string, value: SqlValue): ReturnType<typeof placed> {
  const kind = findColumn(table, name)?.type.kind ?? ''
  const digits = textKinds.has(kind) && typeof value === 'number' && Number.isSafeInteger(value)
  return placed(dialect, digits ? BigInt(value) : value)
}

interface UpdateCalls {
  query(statement: UpdateStatement): Promise<readonly Row[]>
  /** Its changes are the rows that it found. */
  execute(statement: UpdateStatement): Promise<Outcome>
}

function refused(table: TableModel, why: string): MigrateError {
  const message = `updateEach() of ${refText(table.ref)} cannot tell what to change: ${why}.`
  return new MigrateError('INVALID_OPTION', { option: 'rows', why }, message)
}

/** The keys are of one column, and different numbers of one type: so they are nearly always, and no text has to be made of each. */
function areDifferentNumbers([name, ...more]: readonly string[], rows: readonly UpdatedRow[]): boolean {
  if (name === undefined || more.length > 0) return false
  const type = typeof rows[0]?.key[name]
  if (type !== 'number' && type !== 'bigint') return false
  const numbers = new Set<SqlValue | undefined>()
  for (const { key } of rows) {
    if (typeof key[name] !== type) return false
    numbers.add(key[name])
  }
  return numbers.size === rows.length
}

/** Throws INVALID_OPTION. */
function checkRows(
  dialect: Dialect,
  table: TableModel,
  rows: readonly UpdatedRow[],
): { readonly key: string[]; readonly columns: string[]; readonly areDifferent: boolean } {
  const [key, columns] = [Object.keys(rows[0]?.key ?? {}), Object.keys(rows[0]?.set ?? {})]
  // `backfill` gives the hidden key of a row where there is no other.
  const hidden = dialect.rows?.identity?.(table)
  const isColumn = (name: string): boolean => findColumn(table, name) !== undefined
  const missing = [...key.filter((name) => name !== hidden), ...columns].find((name) => !isColumn(name))
  if (key.length === 0) throw refused(table, 'a key names no column')
  if (columns.length === 0) throw refused(table, 'a row gets no value')
  if (missing !== undefined) throw refused(table, `there is no column ${missing}`)
  const isOf = (names: readonly string[], of: UpdatedRow['set']): boolean =>
    Object.keys(of).length === names.length && names.every((name) => Object.hasOwn(of, name))
  const areDifferent = areDifferentNumbers(key, rows)
  const keys = new Set<string>()
  for (const row of rows) {
    if (!isOf(key, row.key) || !isOf(columns, row.set)) throw refused(table, 'the rows have different columns')
    if (areDifferent) continue
    const empty = key.find((name) => row.key[name] === null)
    if (empty !== undefined) throw refused(table, `the key ${empty} of a row is NULL`)
    const texts = key.map((name) => valueText(row.key[name] ?? null))
    const text = texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts)
    if (keys.has(text)) {
      const values = key.map((name) => `${name} = ${String(row.key[name]).slice(0, 100)}`)
      throw refused(table, `two rows have the key ${values.join(', ')}`)
    }
    keys.add(text)
  }
  return { key, columns, areDifferent }
}

/** The rows as a table that is joined. */
function joined(update: Update, rows: readonly UpdatedRow[]): UpdateStatement {
  const { dialect, table, key, columns, where, params } = update
  const { identifier } = dialect.sql.quote
  const names = [...key, ...columns]
  const values: SqlValue[] = []
  // Rows of one form share its text.
  const forms = new Map<string, SqlFragment>()
  const lists = rows.map((row, at) => {
    const cells = names.map((name, index) => {
      const { text, param } = cellOf(update, name, (index < key.length ? row.key : row.set)[name] ?? null)
      values.push(param)
      const column = at === 0 ? findColumn(table, name) : undefined
      // The first row gives the columns of the list their types.
      return (column && dialect.rows?.typed?.(column)) || text
    })
    const form = join(cells)
    const known = forms.get(form.text) ?? sql`(${form})`
    forms.set(form.text, known)
    return known
  })
  const [target, source] = [identifier('$target'), identifier('$values')]
  const listed = names.map((_, at) => sql`${identifier(`column${at + 1}`)} AS ${identifier(`$${at}`)}`)
  const of = (at: number): SqlFragment => sql`${source}.${identifier(`$${at}`)}`
  const isRow = key.map((name, at) => sql`${target}.${identifier(name)} = ${of(at)}`)
  const text = updateFrom(dialect, table, {
    table: dialect.sql.quote.table(table.ref),
    alias: target,
    source: sql`SELECT ${join(listed)} FROM (VALUES ${join(lists)}) AS ${identifier('$list')}`,
    sourceAlias: source,
    sets: columns.map((name, at) => ({ column: identifier(name), value: of(key.length + at) })),
    where: join([...isRow, ...(where === undefined ? [] : [enclosed(where.text)])], ' AND '),
  })
  return { text, params: [...values, ...params] }
}

/** Each column as a choice by the key. Columns of the key come last: MySQL compares with what is set already. */
function chosen(update: Update, rows: readonly UpdatedRow[]): UpdateStatement {
  const { dialect, table, key, columns, number, where, params } = update
  const { identifier } = dialect.sql.quote
  const keys = rows.map((row) => new Map(key.map((name) => [name, row.key[name] ?? null] as const)))
  const caseOf = (row: UpdatedRow, at: number): ReturnType<typeof valuesCondition> => {
    if (number === undefined) return valuesCondition(dialect, table, keys.slice(at, at + 1))
    const { text, param } = placed(dialect, row.key[number] ?? null)
    return { where: text, params: [param] }
  }
  const values: SqlValue[] = []
  const last = columns.filter((name) => key.includes(name))
  const sets = [...columns.filter((name) => !key.includes(name)), ...last].map((name) => {
    const cases = rows.map((row, at) => {
      const cell = cellOf(update, name, row.set[name] ?? null)
      if (rows.length === 1) {
        values.push(cell.param)
        return cell.text
      }
      const when = caseOf(row, at)
      values.push(...when.params, cell.param)
      return sql`WHEN ${when.where} THEN ${cell.text}`
    })
    const chosenBy = number === undefined ? sql`` : sql`${identifier(number)} `
    return sql`${identifier(name)} = ${rows.length === 1 ? join(cases) : sql`CASE ${chosenBy}${join(cases, ' ')} END`}`
  })
  const found = valuesCondition(dialect, table, keys)
  const condition = where === undefined ? found.where : sql`(${found.where}) AND ${enclosed(where.text)}`
  const text = sql`${rowWrite('update', dialect, table)} ${dialect.sql.quote.table(table.ref)} SET ${join(sets)} WHERE ${condition}`
  return { text, params: [...values, ...found.params, ...params] }
}

/** A choice is of the type that all its values have in common, and compares with the key as it was. */
function isOneChoice({ key, columns }: Update, rows: readonly UpdatedRow[]): boolean {
  if (columns.filter((name) => key.includes(name)).length > 1) return false
  return columns.every((name) => {
    const values = rows.map(({ set }) => set[name] ?? null).filter((value) => value !== null)
    return new Set(values.map((value) => typeof value)).size <= 1
  })
}

/**
 * Gives rows their values, many with a statement. Gives the number of rows that were found. Throws INVALID_OPTION.
 */
export async function updateEach(
  dialect: Dialect,
  table: TableModel,
  { rows, where, params = [] }: UpdateEachOptions,
  { query, execute }: UpdateCalls,
): Promise<number> {
  if (rows.length === 0) return 0
  const { key, columns, areDifferent } = checkRows(dialect, table, rows)
  const condition = where === undefined ? undefined : verbatim(dialect.sql.portable(where))
  const [name = ''] = key
  const number = areDifferent && findColumn(table, name)?.type.kind === 'integer' ? name : undefined
  const update = { dialect, table, key, columns, number, where: condition, params }
  const isJoined = dialect.rows?.valuesAsTable === true
  const choices = number === undefined ? keysAtOnce : numbersAtOnce
  const atOnce = isJoined ? Math.max(1, Math.floor(valuesAtOnce / (key.length + columns.length))) : choices
  const valuesOf = (row: UpdatedRow): readonly SqlValue[] => [...Object.values(row.key), ...Object.values(row.set)]
  const statements = [...chunksOf(rows, valuesOf, { entries: atOnce, bytes: bytesAtOnce })].flatMap((some) => {
    // Without `rows` nothing says of what type a value inside an expression is.
    const isTogether = isJoined || (dialect.rows !== undefined && isOneChoice(update, some))
    return isTogether ? [some] : some.map((row) => [row])
  })
  if (hasMovedKey(table, statements)) {
    throw refused(
      table,
      'a row gets the key by which a later row is found. Let the later one come first, or give the rows keys in between',
    )
  }
  if (!areDifferent && (await haveSameKeys(update, rows, query)))
    throw refused(table, 'two rows have keys that the database takes for one')
  let found = 0
  for (const part of statements)
    found += (await execute(isJoined ? joined(update, part) : chosen(update, part))).changes
  return found
}
