import { sql } from '../../../sql/tag.ts'
import { baseText } from '../base-text.ts'
import { type DigestContext, locateTable, noRow, rowColumns } from '../digests.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import { takenTogether } from '../pages/taken-together.ts'
import type { IdRange, PreservedRows, PreservedSelect } from '../preserved-types.ts'
import { keyOfValues } from './key-of-values.ts'
import { aliased, isRowOf, printText, tableForm } from './table-form.ts'

type BaseContext = Pick<RestoreContext, 'dialect' | 'session' | 'preserved' | 'owner' | 'breathe'>

/**
 * The base `row` of a preserved value by what its row is now; undefined where only core can tell. NULL is for core too: SQL finds no row by a
 * key that it can't write, and can't print each row.
 */
async function rowBase({ dialect, session }: BaseContext, below: DigestContext, table: string, rows: PreservedRows) {
  const located = locateTable(below, table)
  const of = await tableForm(dialect, located?.table)
  const key = of && located && (await keyOfValues(session, of, rows, located.column))
  if (of === undefined || key === undefined) return undefined
  const keys = new Set(key.columns.map(({ name }) => name))
  const print = printText(of, rowColumns(of.table, keys))
  if (print === undefined) return undefined
  const { literal } = dialect.sql.quote
  const isRow = isRowOf(of, key.columns, rows.column('key'), key.names)
  const base = of.preserving.concat([literal(baseText.row('')), print])
  return sql`(SELECT ${base} FROM ${aliased(of)} WHERE ${isRow})`
}

/** Writes beside preserved values what their rows are now, as far as the server can tell; what it refuses is left. */
export async function recordRowPrints(
  context: BaseContext,
  below: DigestContext,
  select: PreservedSelect & { readonly table: string },
): Promise<void> {
  const { session, preserved, owner, breathe } = context
  const undecided = { ...select, undecided: true } as const
  const rows = preserved.rows(owner, undecided)
  const base = await rowBase(context, below, select.table, rows)
  if (base === undefined) return
  await takenTogether(session, async () => {
    for await (const ids of preserved.ranges(owner, undecided)) {
      await breathe()
      const { table, where } = preserved.rows(owner, { ...undecided, ids })
      await session.execute(
        sql`UPDATE ${table} SET ${context.dialect.sql.quote.identifier('base')} = ${base} WHERE ${where}`.text,
      )
    }
  })
}

/** The ranges of preserved values, each with whether no value of it is held back, and their number. */
export async function* provenRanges(
  context: BaseContext,
  below: DigestContext,
  select: PreservedSelect & { readonly table: string },
): AsyncGenerator<{ readonly ids: IdRange; readonly values: number; readonly isProven: boolean }> {
  const { dialect, session, preserved, owner, breathe } = context
  const { identifier, literal } = dialect.sql.quote
  const rows = preserved.rows(owner, select)
  const now = await rowBase(context, below, select.table, rows)
  const base = rows.column('base')
  const isSame = now === undefined ? sql`1 = 0` : dialect.values.sameText(base, now)
  const isFree = sql`${base} IS NULL OR ${base} IN (${literal(baseText.none)}, ${literal(baseText.row(noRow))})`
  for await (const ids of preserved.ranges(owner, select)) {
    await breathe()
    const { table, where } = preserved.rows(owner, { ...select, ids })
    const held = sql`CASE WHEN ${isFree} THEN 0 WHEN SUBSTR(${base}, 1, ${baseText.row('').length}) = ${literal(baseText.row(''))} AND ${isSame} THEN 0 ELSE 1 END`
    const [counted] = await session.query(
      sql`SELECT COUNT(*) AS ${identifier('$values')}, COALESCE(SUM(${held}), 0) AS ${identifier('$held')} FROM ${table} WHERE ${where}`
        .text,
    )
    yield { ids, values: Number(counted?.$values ?? 0), isProven: Number(counted?.$held ?? 1) === 0 }
  }
}
