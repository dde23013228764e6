import type { PlannedLoss } from '../../compile/plan.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { counted } from '../../errors/count-text.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { findColumn, present, tableKey } from '../../model/edit.ts'
import { uniqueKeyOf } from '../../model/keys.ts'
import type { SchemaModel, TableModel } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import type { PreserveLimits } from '../../options/migrator-options.ts'
import { sumOf } from '../../sql/sum.ts'
import { type SqlFragment, sql } from '../../sql/tag.ts'
import { noUniqueKey, rowKeyOf } from '../paging.ts'
import { type DroppedObject, followNames } from './drops.ts'

/** The key by which rows are preserved: one that stands when they are restored, else a hidden one. */
export function preservedKeyOf(
  dialect: Dialect,
  { table, removedColumns }: DroppedObject,
): readonly string[] | undefined {
  return rowKeyOf(dialect, table, removedColumns) ?? uniqueKeyOf(table)
}

/**
 * Why the downgrade does not find the rows again whose values a conversion changes. Where it is not known which these are, a `char(n)` is taken
 * to lose what pads it, which leaves the key the same.
 */
export function onlyKeyChanges(
  dialect: Dialect,
  table: TableModel,
  column: string,
  isCounted: boolean,
): string | undefined {
  const isPadded = !isCounted && findColumn(table, column)?.type.kind === 'char'
  const key = preservedKeyOf(dialect, { table, removedColumns: new Set([column]) })
  return key?.includes(column) && !isPadded ? 'the conversion changes the only key of the rows' : undefined
}

export function storedColumns(table: TableModel): readonly string[] {
  return table.columns.filter((column) => column.generated === undefined).map((column) => column.name)
}

export const lossName = ({ table, column }: DroppedObject): string =>
  column === undefined ? `table ${tableKey(table.ref)}` : `column ${tableKey(table.ref)}.${column}`

/** That a column has a value in a row. */
export function presence(dialect: Dialect, column: SqlFragment): SqlFragment {
  return dialect.values.isPresent?.(column) ?? sql`${column} IS NOT NULL`
}

/** What stands beside each preserved value: its key, digests and names, with their index entries. */
const bytesPerRow = 250

/** Why rows, or the values that a column has in them, cannot be preserved; undefined: they can. */
export async function measurePreserved(
  dialect: Dialect,
  session: Session,
  dropped: DroppedObject,
  limits: PreserveLimits,
  present: { readonly table: TableModel; readonly column?: string; readonly condition?: SqlFragment | undefined },
): Promise<{ readonly rows: number; readonly bytes: number; readonly why: string | undefined }> {
  const { condition } = present
  const columns = present.column === undefined ? storedColumns(present.table) : [present.column]
  const size = sumOf(
    columns.map((column) => sql`COALESCE(${dialect.values.byteLength(dialect.sql.quote.identifier(column))}, 0)`),
  ).text
  const where = condition === undefined ? '' : sql` WHERE ${condition}`.text
  const target = dialect.sql.quote.table(present.table.ref).text
  const [measured] = await session.query(
    `SELECT COUNT(*) AS n, COALESCE(SUM(${columns.length === 0 ? '0' : size}), 0) AS bytes FROM ${target}${where}`,
  )
  const rows = Number(measured?.n ?? 0)
  const bytes = Number(measured?.bytes ?? 0) + rows * bytesPerRow
  if (rows === 0) return { rows, bytes, why: undefined }
  if (dialect.capabilities.statementList === true)
    return { rows, bytes, why: 'what a statement list reads it cannot write in the same list' }
  if (preservedKeyOf(dialect, dropped) === undefined) return { rows, bytes, why: noUniqueKey(present.table) }
  const refused = dialect.rows?.unpreservable?.(present.table)
  if (refused !== undefined) return { rows, bytes, why: refused }
  for (const name of columns) {
    const column = findColumn(present.table, name)
    const values = column && dialect.rows?.unpreservableValues?.(column, dialect.sql.quote.identifier(name))
    if (values === undefined) continue
    const [held] = await session.query(`SELECT COUNT(*) AS n FROM ${target} WHERE ${values.rows.text}`)
    if (Number(held?.n ?? 0) > 0) return { rows, bytes, why: `${name}: ${values.why}` }
  }
  return { rows, bytes, why: bytes > limits.maxBytes ? `more than ${limits.maxBytes} bytes` : undefined }
}

/** Counts what is dropped, in a table that may have another name than when the step begins. */
export async function countLoss(
  dialect: Dialect,
  session: Session,
  dropped: DroppedObject,
  limits: PreserveLimits,
  present: { readonly table: TableModel; readonly column?: string } = dropped,
): Promise<PlannedLoss> {
  const isWhole = present.column === undefined || dropped.withNull
  const condition = isWhole ? undefined : presence(dialect, dialect.sql.quote.identifier(present.column))
  const { rows, bytes, why } = await measurePreserved(dialect, session, dropped, limits, { ...present, condition })
  return {
    object: lossName(dropped),
    how: 'dropped',
    rows,
    preserved: why === undefined,
    ...(why === undefined ? (rows === 0 ? {} : { bytes }) : { why }),
  }
}

/**
 * Counts what a downgrade drops, before the first statement runs.
 *
 * @param live what stands there now
 * @param earlier the operations of the steps before this one, which may have renamed what it drops
 */
export async function plannedLosses(
  dialect: Dialect,
  session: Session,
  live: SchemaModel,
  drops: readonly DroppedObject[],
  limits: PreserveLimits,
  earlier: readonly Operation[],
): Promise<readonly PlannedLoss[]> {
  if (drops.length === 0) return []
  const names = followNames(earlier)
  const losses: PlannedLoss[] = []
  for (const dropped of drops) {
    const key = names.table(tableKey(dropped.table.ref))
    const table = key === undefined ? undefined : live.tables.get(key)
    // Made by an earlier step of this run: there is nothing to be counted yet. The step itself counts again.
    if (key === undefined || table === undefined) continue
    const column = dropped.column && names.column(key, dropped.column)
    if (dropped.column !== undefined && (column === undefined || findColumn(table, column) === undefined)) continue
    losses.push(await countLoss(dialect, session, dropped, limits, { table, ...present({ column }) }))
  }
  return losses
}

/** Throws DATA_LOSS for what cannot be preserved. */
export function refuseLosses(losses: readonly PlannedLoss[]): void {
  const lost = losses.filter((loss) => !loss.preserved)
  if (lost.length === 0) return
  const lines = lost.map(
    ({ object, rows, why = 'not preservable' }) =>
      `  - ${object}: ${rows === undefined ? 'some rows' : counted(rows, 'row')} (${why})`,
  )
  throw new MigrateError(
    'DATA_LOSS',
    {
      losses: lost.map(({ object, rows, why = 'not preservable' }) => ({
        table: object,
        ...(rows === undefined ? {} : { rows }),
        why,
      })),
    },
    `Rows would be lost that cannot be preserved:\n${lines.join('\n')}`,
  )
}

/** A loss whose rows an earlier step changes. */
export function withoutRows({ rows: _rows, ...loss }: PlannedLoss): PlannedLoss {
  return loss
}
