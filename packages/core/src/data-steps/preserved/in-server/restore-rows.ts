import { MigrateError } from '../../../errors/migrate-error.ts'
import { findColumn, findTable, refOfKey } from '../../../model/edit.ts'
import { type SqlFragment, sql } from '../../../sql/tag.ts'
import { baseText } from '../base-text.ts'
import type { TableRestoreContext } from '../pages/restore-context.ts'
import { takenTogether } from '../pages/taken-together.ts'
import { updateFrom } from '../pages/update-from.ts'
import type { IdRange, PreservedSelect } from '../preserved-types.ts'
import { keyOfValues } from './key-of-values.ts'
import { aliased, columnOf, formed, isRowOf, isText, rowAlias, tableForm } from './table-form.ts'

const unequal = (context: TableRestoreContext): MigrateError => {
  const details = { fault: 'constraint', database: context.dialect.connection.database } as const
  return new MigrateError('STATEMENT_FAILED', details, 'The table took other values than those that were restored.')
}

/**
 * Lets the server restore the values of a column, page by page, where the cells are NULL or hold them already, and forgets these. All
 * else stays for core: pages that the server refuses, cells that hold another value, rows that are gone.
 */
export async function restoreInServer(
  context: TableRestoreContext,
  select: PreservedSelect & { readonly table: string; readonly column: string },
): Promise<void> {
  const { dialect, session, preserved, owner, breathe, model } = context
  const of = await tableForm(dialect, findTable(model, refOfKey(select.table)))
  const rows = preserved.rows(owner, select)
  const key = of && (await keyOfValues(session, of, rows))
  const [column] = (of && findColumn(of.table, select.column) && formed(of, [select.column])) ?? []
  if (of === undefined || key === undefined || column === undefined || key.names.includes(select.column)) return
  const { identifier, literal, table: quoted } = dialect.sql.quote
  const cell = columnOf(of, column.name)
  const { form } = column
  const [value, encoding, base] = [rows.column('value'), rows.column('encoding'), rows.column('base')]
  const isRow = isRowOf(of, key.columns, rows.column('key'))
  // Core alone can tell whether what SQL computed is the same as directly after the downgrade.
  const replayed = baseText.replay('')
  const isFree = sql`${base} IS NOT NULL AND SUBSTR(${base}, 1, ${replayed.length}) <> ${literal(replayed)}`
  const isHeld = sql`(${value} IS NULL AND ${cell} IS NULL OR ${encoding} = ${literal(form.encoding)} AND ${isText(of, form, cell, value)})`
  const untouched = of.table.columns.filter((each) => each.onUpdate !== undefined && each.name !== column.name)
  const [source, preservedKey, restored] = ['$preserved', '$key', '$value'].map(identifier) as [
    SqlFragment,
    SqlFragment,
    SqlFragment,
  ]

  const statements = (ids: IdRange): { readonly update: SqlFragment; readonly forget: SqlFragment } => {
    const { table, where } = preserved.rows(owner, { ...select, ids })
    const isTextual = sql`${value} IS NOT NULL AND ${encoding} = ${literal(form.encoding)}`
    const update = updateFrom(dialect, of.table, {
      table: quoted(of.table.ref),
      alias: identifier(rowAlias),
      source: sql`SELECT ${rows.column('key')} AS ${preservedKey}, ${form.read(value)} AS ${restored} FROM ${table} WHERE ${where} AND ${isFree} AND ${isTextual}`,
      sourceAlias: source,
      sets: [
        { column: identifier(column.name), value: sql`${source}.${restored}` },
        ...untouched.map(({ name }) => ({ column: identifier(name), value: columnOf(of, name) })),
      ],
      where: sql`${isRowOf(of, key.columns, sql`${source}.${preservedKey}`)} AND ${cell} IS NULL`,
    })
    const forget = sql`DELETE FROM ${table} WHERE ${where} AND ${isFree} AND EXISTS (SELECT 1 FROM ${aliased(of)} WHERE ${isRow} AND ${isHeld})`
    return { update, forget }
  }

  const run = async (text: SqlFragment): Promise<number> => {
    await breathe()
    return (await session.execute(text.text)).changes
  }
  for await (const ids of preserved.ranges(owner, select)) {
    const { update, forget } = statements(ids)
    let values = 0
    const write = async (): Promise<void> => {
      const written = await run(update)
      // What was written is what stands there now, or a trigger, a rule or row security is in between.
      if (written !== (await run(forget))) throw unequal(context)
      values += written
    }
    if (!(await takenTogether(session, write)))
      // Cells that hold their value already are in none of the two numbers. What is refused again is left for core, which names it.
      await takenTogether(session, async () => {
        const held = await run(forget)
        await write()
        values += held
      })
    context.restored?.(values)
  }
}
