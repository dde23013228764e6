import type { Statement } from '../../sql/statement.ts'
import type { TableRestoreContext } from './pages/restore-context.ts'

/** What the transaction has put off to its end stands in the way of a change of the table. */
export async function change({ session }: TableRestoreContext, statements: readonly Statement[]): Promise<void> {
  if (statements.length > 0) await session.checkDeferred?.()
  for (const statement of statements) await session.execute(statement.sql, statement.params)
}

/** Switches the triggers of the tables off that values are restored to, where the server can; `restore` puts each back as it was. */
export async function silenceTriggers(
  context: TableRestoreContext,
): Promise<{ readonly restore: () => Promise<void> }> {
  const { dialect, session, model } = context
  const close: Statement[] = []
  for (const { ref } of dialect.rows?.silenceTriggers === undefined ? [] : model.tables.values()) {
    const switches = await dialect.rows?.silenceTriggers?.(session, ref)
    await change(context, switches?.open ?? [])
    close.push(...(switches?.close ?? []))
  }
  return { restore: () => change(context, close) }
}
