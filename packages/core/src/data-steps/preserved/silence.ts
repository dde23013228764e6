import { tableKey } from '../../model/edit.ts'
import { uniqueKeyOf } from '../../model/keys.ts'
import type { Statement } from '../../sql/statement.ts'
import { columnKey } from './drops.ts'
import type { TableRestoreContext } from './pages/restore-context.ts'

/** What the transaction has put off to its end stands in the way of a change of the table. */
async function change({ session }: TableRestoreContext, statements: readonly Statement[]): Promise<void> {
  if (statements.length > 0) await session.checkDeferred?.()
  for (const statement of statements) await session.execute(statement.sql, statement.params)
}

/** A column, or, where `column` is empty, whole rows of a table (its key). */
export interface WrittenPart {
  readonly table: string
  readonly column: string
}

/** Columns that the server numbers by itself and of which something is written: the statements that let them be written. */
function numbered({ dialect, model }: TableRestoreContext, written: readonly WrittenPart[]) {
  const { ownNumbers } = dialect.rows ?? {}
  const keys = new Set(written.map(({ table, column }) => columnKey(table, column)))
  return ownNumbers === undefined
    ? []
    : [...model.tables.values()].flatMap((table) =>
        table.columns
          .filter(({ name, identity }) => {
            if (identity?.mode !== 'always') return false
            const key = tableKey(table.ref)
            // A row that comes back whole is found by its key, so that only other columns of it may have to be rewritten.
            return (
              keys.has(columnKey(key, name)) || (keys.has(columnKey(key, '')) && !uniqueKeyOf(table)?.includes(name))
            )
          })
          .map(({ name }) => ownNumbers.column(table, name)),
      )
}

/**
 * Switches off what stands between values and the tables of the model: triggers, where the server can, and its own numbers in the columns
 * that are written. `restore` puts each back as it was.
 */
export async function makeWritable(
  context: TableRestoreContext,
  written: readonly WrittenPart[],
): Promise<{ readonly restore: () => Promise<void> }> {
  const { dialect, session, model } = context
  const close: Statement[] = []
  for (const { ref } of dialect.rows?.silenceTriggers === undefined ? [] : model.tables.values()) {
    const switches = await dialect.rows?.silenceTriggers?.(session, ref)
    await change(context, switches?.open ?? [])
    close.push(...(switches?.close ?? []))
  }
  const numbers = numbered(context, written)
  await change(
    context,
    numbers.map(({ open }) => open),
  )
  close.unshift(...numbers.map((each) => each.close))
  return { restore: () => change(context, close) }
}
