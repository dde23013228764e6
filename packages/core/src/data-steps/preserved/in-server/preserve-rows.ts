import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import { findTable, tableKey } from '../../../model/edit.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import { type SqlFragment, sql } from '../../../sql/tag.ts'
import { baseText } from '../base-text.ts'
import { rowColumns } from '../digests.ts'
import { valueHash } from '../encode.ts'
import { takenTogether } from '../pages/taken-together.ts'
import type { PreservedOwner, PreservedStore } from '../store.ts'
import { incomplete, keyRanges, orderOf, whereOf } from './key-ranges.ts'
import {
  aliased,
  cellsText,
  columnOf,
  type FormedColumn,
  formed,
  printText,
  type TableForm,
  tableForm,
} from './table-form.ts'

interface PreserveRequest {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
  readonly breathe: () => Promise<void>
  readonly progress?: (done: number) => void
  readonly table: TableModel
  readonly step: string
  readonly key: readonly string[]
  /** Undefined: whole rows, of `columns`. */
  readonly column: string | undefined
  readonly columns: readonly string[]
  readonly condition: SqlFragment | undefined
  /** What decides over the values, where the downgrade leaves all rows but for the columns that it drops. */
  readonly base?: { readonly kind: 'none' | 'row'; readonly removedColumns: ReadonlySet<string> }
}

/** What the base of each value will be after the downgrade; undefined: the end of the downgrade finds out. */
function baseNow(
  of: TableForm,
  { kind, removedColumns }: NonNullable<PreserveRequest['base']>,
  keys: readonly FormedColumn[],
): SqlFragment | undefined {
  const { literal } = of.dialect.sql.quote
  if (kind === 'none') return literal(baseText.none)
  const names = new Set(keys.map(({ name }) => name))
  if ([...names].some((name) => removedColumns.has(name))) return undefined
  const remaining = rowColumns(of.table, names).filter((name) => !removedColumns.has(name))
  const print = printText(of, remaining)
  return print && of.preserving.concat([literal(baseText.row('')), print])
}

/**
 * Lets the server preserve rows of a table, or the values of a column, by itself. Gives false where core has to: a type whose text is
 * another one on the server, cells of which something is preserved already, or a page that the server refuses. A key that is NULL is
 * refused by its column.
 */
export async function preserveInServer(request: PreserveRequest): Promise<boolean> {
  const { dialect, session, preserved, owner, step, column, key, condition } = request
  const table = tableKey(request.table.ref)
  if (preserved.exists && (await preserved.hasValues(owner, { step, table, column: column ?? '' }))) return false
  const schema = await dialect.introspection.schema(session, { tables: [request.table.ref], only: 'tables' })
  const of = await tableForm(dialect, findTable(schema, request.table.ref))
  const keys = of && formed(of, [...key].sort())
  const [value] = of === undefined || column === undefined ? [] : (formed(of, [column]) ?? [])
  const whole = of === undefined || column !== undefined ? undefined : formed(of, [...request.columns].sort())
  if (of === undefined || keys === undefined || (value === undefined && whole === undefined)) return false
  const { literal } = dialect.sql.quote
  const cell = value && columnOf(of, value.name)
  const written =
    value === undefined || cell === undefined
      ? { encoding: literal('json'), value: cellsText(of, whole ?? []) }
      : {
          encoding: sql`CASE WHEN ${cell} IS NULL THEN ${literal('json')} ELSE ${literal(value.form.encoding)} END`,
          value: value.form.write(cell),
        }
  const base = request.base && baseNow(of, request.base, keys)
  const order = orderOf(of, key)
  const conditions = condition === undefined ? [] : [sql`(${condition})`]
  const select = { step, table, column: column ?? '' }

  await preserved.create()
  let total = 0
  const isTaken = await takenTogether(session, async () => {
    for await (const range of keyRanges(session, of, key, conditions)) {
      await request.breathe()
      const from = sql`${aliased(of)}${whereOf([...conditions, ...range.conditions])}`
      const values = { ...select, writtenHash: valueHash(null), key: cellsText(of, keys), ...written, order, from }
      const selected = { ...values, params: range.params, ...(base === undefined ? {} : { base }) }
      total += await preserved.putSelected(owner, selected, of.preserving)
      request.progress?.(total)
    }
    const [counted] = await session.query(
      sql`SELECT COUNT(*) AS n, COUNT(${cell ?? sql`*`}) AS present FROM ${aliased(of)}${whereOf(conditions)}`.text,
    )
    // A text that the server cannot write is NULL: what is larger than a packet of MySQL, or spelled otherwise in JSON.
    const rows = preserved.rows(owner, select)
    const [stored] = await session.query(
      sql`SELECT COUNT(*) AS n, COUNT(${rows.column('value')}) AS present FROM ${rows.table} WHERE ${rows.where}`.text,
    )
    const isSame = (['n', 'present'] as const).every((name) => Number(counted?.[name]) === Number(stored?.[name]))
    if (!isSame || Number(stored?.n) !== total) throw incomplete(dialect)
  })
  if (isTaken) preserved.countIn(total)
  return isTaken
}
