import { updateJournal } from '../bookkeeping/journal-entries.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import { isOutdated, lacksRun, ownTables, readTableColumns, refuseNewer } from '../history/own-tables.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { sendStatements, statementsOf } from './send-operations.ts'

/** Existing rows are of format 1; the default goes again, so that a program that knows no format refuses the table. */
function formatOperations({ ref, columns }: TableModel): readonly Operation[] {
  const format = columns.find(({ name }) => name === 'format')
  if (format === undefined) return []
  return [
    { kind: 'addColumn', table: ref, column: { ...format, default: { kind: 'literal', value: 1 } } },
    { kind: 'alterColumn', table: ref, column: format.name, change: { default: null } },
  ]
}

/** Nullable, so that a program that does not know it still writes the table. */
function runOperations({ ref, columns }: TableModel): readonly Operation[] {
  const run = columns.find(({ name }) => name === 'run')
  return run === undefined ? [] : [{ kind: 'addColumn', table: ref, column: run }]
}

async function addColumns(
  resolved: ResolvedOptions,
  session: ServerSession,
  outdated: readonly TableModel[],
  operationsOf: (table: TableModel) => readonly Operation[],
): Promise<void> {
  if (outdated.length === 0) return
  const { dialect } = resolved
  const before = await dialect.introspection.schema(session, { tables: outdated.map(({ ref }) => ref), whole: true })
  const statements = outdated.flatMap((table) => statementsOf(dialect, before, operationsOf(table)))
  await sendStatements(resolved, session, statements)
}

/**
 * Brings our tables to the current format, under the lock and before anything else is written. What has that format is left alone, so
 * a run that was stopped in between is repaired by the next one. Throws BOOKKEEPING_NEWER.
 */
export async function updateFormat(resolved: ResolvedOptions, session: ServerSession): Promise<void> {
  const { dialect, names } = resolved
  const numbered = [names.history, names.preserved, names.journal]
  const tables = ownTables(resolved).filter(({ ref }) => numbered.includes(ref.name))
  const existing = await readTableColumns(dialect, session, numbered)
  await refuseNewer(resolved, session, existing)
  const tablesWhere = (holds: typeof isOutdated): readonly TableModel[] =>
    tables.filter((table) => {
      const actual = existing.get(table.ref.name)
      return actual !== undefined && holds(table, actual)
    })
  await addColumns(resolved, session, tablesWhere(isOutdated), formatOperations)
  await addColumns(resolved, session, tablesWhere(lacksRun), runOperations)
  if (existing.has(names.journal)) await updateJournal(dialect, names, session)
}
