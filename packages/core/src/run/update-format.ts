import { updateJournal } from '../bookkeeping/journal-entries.ts'
import { type CompiledGroup, compileOperations } from '../compile/compile.ts'
import { executeStatement } from '../compile/execute-statement.ts'
import type { Dialect, ServerSession } from '../dialect/dialect.ts'
import { isOutdated, ownTables, readTableColumns, refuseNewer } from '../history/own-tables.ts'
import { inTransaction } from '../history/with-session.ts'
import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { Statement } from '../sql/statement.ts'

/** Existing rows are of format 1; the default goes again, so that a program that knows no format refuses the table. */
function formatOperations({ ref, columns }: TableModel): readonly Operation[] {
  const format = columns.find(({ name }) => name === 'format')
  if (format === undefined) return []
  return [
    { kind: 'addColumn', table: ref, column: { ...format, default: { kind: 'literal', value: 1 } } },
    { kind: 'alterColumn', table: ref, column: format.name, change: { default: null } },
  ]
}

function formatStatements(dialect: Dialect, before: SchemaModel, table: TableModel): readonly Statement[] {
  const recorded = formatOperations(table).map((operation) => ({ operation }))
  const groups: CompiledGroup[] = []
  let model = before
  for (let at = 0; at < recorded.length; ) {
    const compiled = compileOperations(dialect, model, recorded.slice(at))
    groups.push(...compiled.groups)
    model = compiled.after
    at += compiled.taken
  }
  return groups.flatMap((group) => group.statements)
}

async function addFormat(
  { dialect, waitMs }: ResolvedOptions,
  session: ServerSession,
  outdated: readonly TableModel[],
): Promise<void> {
  const before = await dialect.introspection.schema(session, { tables: outdated.map(({ ref }) => ref), whole: true })
  const statements = outdated.flatMap((table) => formatStatements(dialect, before, table))
  const send = async (): Promise<void> => {
    for (const statement of statements) {
      if (statement.copy !== undefined) await session.copy(statement.copy, {})
      else await executeStatement(session, statement)
    }
  }
  if (dialect.capabilities.transactionalDdl === 'implicitCommit') return send()
  const off = statements.some(({ foreignKeys }) => foreignKeys === 'off')
  return inTransaction(session, { waitMs, ...(off ? { foreignKeys: 'off' as const } : {}) }, send)
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
  const outdated = tables.filter((table) => {
    const actual = existing.get(table.ref.name)
    return actual !== undefined && isOutdated(table, actual)
  })
  if (outdated.length > 0) await addFormat(resolved, session, outdated)
  if (existing.has(names.journal)) await updateJournal(dialect, names, session)
}
