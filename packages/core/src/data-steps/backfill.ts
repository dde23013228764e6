import { tableRef } from '../declare/to-model.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { refText } from '../model/edit.ts'
import { primaryColumns } from '../model/keys.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Row } from '../model/sql-value.ts'
import type { BackfillOptions } from '../operations/step-database.ts'
import { enclosed } from '../sql/enclose.ts'
import { type ExactRow, noUniqueKey, pagesByKey, rowKeyOf } from './paging.ts'
import { isRawText } from './preserved/encode.ts'

/**
 * A row as a step gets it. SQLite stores bytes that are no text, and a string has U+FFFD in their place: as a key it would find no row, so it is
 * refused. Throws VALUE_INVALID.
 */
function stepRow(table: string, key: readonly string[], row: ExactRow): Row {
  for (const column of key) {
    const value = row[column] ?? null
    if (!isRawText(value)) continue
    const { rawText } = value
    const shown = `x'${Buffer.from(rawText).toString('hex')}'`
    const why = 'the text is not UTF-8, and no statement could name the row by it'
    throw new MigrateError(
      'VALUE_INVALID',
      { table, column, key: shown, why },
      `${table}.${column} of the row with ${column} ${shown}: ${why}.`,
      {
        remedy: `Give the row another ${column}; ${column} = CAST(${shown} AS TEXT) finds it. Then run the command again.`,
      },
    )
  }
  return row as Row
}

interface BackfillCalls {
  readonly dialect: Dialect
  readonly session: Session
  readonly progress: (what: string, done: number, total: number) => void
  readonly pause: () => Promise<void>
}

/** More rows than there were, for what other sessions add meanwhile. */
const mostAdded = 10_000

/** A step that raises the key of its rows, or adds rows behind them, gets new ones for ever. */
function endless(table: string, done: number, total: number): MigrateError {
  const why = 'its step raises the key of the rows that it gets, or adds rows behind them'
  const message = `backfill() of ${table} has passed ${done} rows of a table that had ${total}: ${why}.`
  const remedy =
    'Change the key with one statement (`db.execute`), or pass the rows by a key that the step leaves alone.'
  return new MigrateError('INVALID_OPTION', { option: 'step', why }, message, { remedy })
}

/**
 * Passes a table in pages by key. Throws INVALID_OPTION, and VALUE_INVALID for a key that no statement could name.
 */
export async function backfill(
  { dialect, session, progress, pause }: BackfillCalls,
  table: TableModel,
  options: BackfillOptions,
): Promise<number> {
  const named = refText(table.ref)
  // SQLite lets columns of a primary key be NULL: such rows are passed by their hidden key, or they would be passed over.
  const key = options.key ?? rowKeyOf(dialect, table)
  if (key === undefined || key.length === 0) {
    throw new MigrateError(
      'INVALID_OPTION',
      { option: 'key', why: `${named} has no key that is unique and never NULL` },
      `backfill() of ${named} needs a unique key: ${noUniqueKey(table)}.`,
      { remedy: 'Pass `key` with columns that are unique and never NULL.' },
    )
  }
  const target = dialect.sql.quote.table(tableRef(options.table))
  const where =
    options.where === undefined
      ? undefined
      : { text: dialect.sql.portable(options.where), params: options.params ?? [] }
  const due = where === undefined ? '' : `, COUNT(CASE WHEN ${enclosed(where.text).text} THEN 1 END) AS due`
  const [counted] = await session.query(`SELECT COUNT(*) AS n${due} FROM ${target.text}`, where?.params ?? [])
  const total = Number(counted?.n ?? 0)
  let done = 0
  const pages = pagesByKey(dialect, session, {
    table: target,
    model: table,
    key,
    columns: options.key === undefined ? [...new Set([...primaryColumns(table), ...options.columns])] : options.columns,
    rows: options.batch ?? 500,
    ending: dialect.rows?.lockRows,
    exact: (row) => stepRow(named, key, row),
    ...(where === undefined ? {} : { where }),
  })
  for await (const rows of pages) {
    await options.step(rows as readonly Row[])
    done += rows.length
    progress(named, done, where === undefined ? total : Number(counted?.due ?? 0))
    if (done > 2 * total + mostAdded) throw endless(named, done, total)
    await pause()
  }
  return done
}
